"""The tools that prepare a test: organizations, seeds, AWS's side, the clock and the quotas."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from membership_mock.engine.pipeline import caller
from membership_mock.testing.arguments import naming_arguments
from membership_mock.testing.running_mock import RunningMock

if TYPE_CHECKING:
    from membership_mock.testing.aws_side.aws_side import AwsSide
    from membership_mock.testing.clock import MockClock
    from membership_mock.testing.given.given import Given
    from membership_mock.testing.organization.organization import MockOrganization
    from membership_mock.testing.organization.tree import Tree
    from membership_mock.testing.quotas import MockQuotas


@naming_arguments
class SetupTools(RunningMock):
    """The tools of a mock that prepare a test; each is imported when it is first used."""

    def aws_side(self, account: str | None = None, region: str | None = None) -> AwsSide:
        """Return an object that does what AWS does by itself in an account, e.g. end a query.

        Args:
            account: 12 digits; the mock's default account when None.
            region: the region; the mock's default region when None.

        Raises:
            NotRunning: the mock is not running.
            UsageError: ``account`` is not 12 digits, or ``region`` cannot be a region.
        """
        from membership_mock.testing.aws_side.aws_side import AwsSide
        from membership_mock.testing.given.setup import Setup

        setup = Setup(self)
        return AwsSide(setup.running, setup.account(account), setup.region(region))

    def organization(
        self,
        tree: Tree = (),
        *,
        management: str | None = None,
        delegated: Mapping[str, str | Sequence[str]] | None = None,
        trusted: Sequence[str] = (),
        regions: Sequence[str] | None = None,
    ) -> MockOrganization:
        """Return a new organization of AWS Organizations, built from names.

        Args:
            tree: accounts and units by name. In a mapping, the value of an account is its id as 12
                digits, or None for a random one; the value of a unit is again a mapping, or a list
                of names of accounts. Accounts and units at the top of the tree are directly below
                the root.
            management: the account that owns it, 12 digits; the mock's default account when None.
            delegated: the name of the account, or a list of them, that is the delegated
                administrator of a service, by the service's id (``securityhub``) or principal.
            trusted: services with trusted access, which those of ``delegated`` have anyway.
            regions: where Security Hub's delegated administrator is designated, since that is done
                per region; the mock's default region when None. They also decide the partition.

        Raises:
            NotRunning: the mock is not running.
            UsageError: an argument is not valid; nothing was built.
        """
        from membership_mock.testing.organization.build import build

        running = self._running()
        return build(
            running,
            tree,
            management=caller.account_id(
                running.pipeline.default_account if management is None else management
            ),
            delegated={} if delegated is None else delegated,
            trusted=trusted,
            regions=[self._region()] if regions is None else regions,
            session=self.session,
        )

    @property
    def given(self) -> Given:
        """The seeds: each creates a wanted state with one call, by the rules of the API.

        Raises:
            NotRunning: the mock is not running.
        """
        from membership_mock.testing.given.given import Given

        self._running()
        return Given(self, self.organization)

    @property
    def clock(self) -> MockClock:
        """The clock of the mocked services, to freeze and to move.

        Raises:
            NotRunning: the mock is not running.
        """
        from membership_mock.testing.clock import MockClock

        return self._running().tool(MockClock)

    @property
    def quotas(self) -> MockQuotas:
        """The quotas of the mocked services, to read and to set."""
        from membership_mock.testing.quotas import MockQuotas

        return MockQuotas(self._running, self._region)
