"""The requests of accounts to Service Quotas."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field
from datetime import datetime

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.state.summary import Summary, View, one
from membership_mock.engine.state.world import Scope, Store


@dataclass
class QuotaRequest:
    """A request for a higher quota, which is approved at once.

    Attributes:
        id: its id.
        service: the id of the quota's service.
        code: the code of the quota.
        value: the requested limit.
        at: its time, in UTC.
        requester: the ARN of the caller.
    """

    id: str
    service: str
    code: str
    value: float
    at: datetime
    requester: str


@dataclass
class QuotaRequestStore(Store, scope=Scope.ACCOUNT_REGION):
    """The requests of an account in a region, in order."""

    rank = 9
    requests: list[QuotaRequest] = field(default_factory=list)

    def summary(self, key: tuple[str, ...], view: View) -> Iterator[Summary]:
        """Yield a line for each request."""
        del view
        account_id, region = key
        for each in self.requests:
            text = f"asked for quota {each.code}: {each.value:g}"
            yield Summary(account_id, region, each.service, one(text))
