"""The quotas of Security Hub, for an account in a region.

Sources: the user guide, pages on quotas, on restrictions and on configuration policies; codes of
Service Quotas are not published there.
"""

from __future__ import annotations

from functools import partial

from membership_mock.engine.state.quotas import Quota

_quota = partial(Quota, service="securityhub", per="account")

MEMBERS = _quota(
    name="members",
    title="Member accounts",
    default=10_000,
    counts="accounts on the administrator's list, in any status",
)
INVITED_MEMBERS = _quota(
    name="invited_members",
    title="Member accounts by invitation",
    default=1_000,
    counts="accounts on the administrator's list that are not members by organization",
)
INVITATIONS = _quota(
    name="outstanding_invitations",
    title="Outstanding invitations",
    default=1_000,
    counts="accounts on the administrator's list that are Invited",
)
POLICIES = _quota(
    name="configuration_policies",
    title="Configuration policies",
    default=20,
    counts="configuration policies of the delegated administrator, in its home region",
)

INSIGHTS = _quota(
    name="insights",
    title="Custom insights",
    default=100,
    counts="custom insights",
)
ACTION_TARGETS = _quota(
    name="action_targets",
    title="Custom actions",
    default=50,
    counts="custom actions",
)
AUTOMATION_RULES = _quota(
    name="automation_rules",
    title="Automation rules",
    default=100,
    counts="automation rules, enabled or disabled",
    adjustable=False,
)
AUTOMATION_RULES_V2 = _quota(
    name="automation_rules_v2",
    title="Automation rules of Security Hub V2",
    default=100,
    counts="automation rules of V2, those on findings and those on resources",
)

QUOTAS = (
    MEMBERS,
    INVITED_MEMBERS,
    INVITATIONS,
    POLICIES,
    INSIGHTS,
    ACTION_TARGETS,
    AUTOMATION_RULES,
    AUTOMATION_RULES_V2,
)
