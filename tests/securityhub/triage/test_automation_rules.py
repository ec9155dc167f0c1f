"""Automation rules as resources: creating, listing, changing and deleting them."""

from datetime import datetime, timezone

import pytest
from botocore.config import Config

from tests.frozen_time import freeze_time
from tests.securityhub.samples import ADMIN, IRELAND, MEMBER, OHIO, accept, invite, refused
from tests.securityhub.triage.triage_samples import change_rule, equals, rule

LOW = {"SeverityLabel": equals("LOW")}
SUPPRESS = {
    "Type": "FINDING_FIELDS_UPDATE",
    "FindingFieldsUpdate": {"Workflow": {"Status": "SUPPRESSED"}},
}
VALID = {
    "RuleOrder": 1,
    "RuleName": "low",
    "Description": "Suppresses what is low",
    "Criteria": LOW,
    "Actions": [SUPPRESS],
}
UNKNOWN = f"arn:aws:securityhub:{IRELAND}:{ADMIN}:automation-rule/unknown"


def listed(client, **arguments):
    """Return the ARNs of the rules of one page."""
    answer = client.list_automation_rules(**arguments)
    return [one["RuleArn"] for one in answer["AutomationRulesMetadata"]]


def get(client, *arns):
    """Return rules."""
    return client.batch_get_automation_rules(AutomationRulesArns=list(arns))["Rules"]


@pytest.mark.parametrize("options", [{}, {"IsTerminal": True, "RuleStatus": "DISABLED"}])
def test_a_rule_reads_back_as_it_was_created(hub, options):
    with freeze_time("2026-03-01T12:00:00.250Z"):
        client = hub(ADMIN)
        arn = client.create_automation_rule(**VALID, **options)["RuleArn"]
        assert arn.startswith(f"arn:aws:securityhub:{IRELAND}:{ADMIN}:automation-rule/")
        now = datetime(2026, 3, 1, 12, 0, 0, 250000, tzinfo=timezone.utc)
        shown = {
            "RuleArn": arn,
            "RuleStatus": "ENABLED",
            "RuleOrder": 1,
            "RuleName": "low",
            "Description": "Suppresses what is low",
            "IsTerminal": False,
            "CreatedAt": now,
            "UpdatedAt": now,
            "CreatedBy": f"arn:aws:iam::{ADMIN}:root",
            **options,
        }
        assert client.list_automation_rules()["AutomationRulesMetadata"] == [shown]
        assert get(client, arn) == [{**shown, "Criteria": LOW, "Actions": [SUPPRESS]}]


def test_names_and_orders_may_repeat(admin):
    # documented
    arns = [admin.create_automation_rule(**VALID)["RuleArn"] for _ in range(2)]
    assert listed(admin) == arns


def test_rules_are_listed_by_order_page_by_page(admin):
    arns = {order: rule(admin, LOW, order, Confidence=1) for order in (3, 1, 1000, 2)}
    first = admin.list_automation_rules(MaxResults=3, NextToken="NULL")
    found = [one["RuleArn"] for one in first["AutomationRulesMetadata"]]
    second = admin.list_automation_rules(MaxResults=3, NextToken=first["NextToken"])
    found += [one["RuleArn"] for one in second["AutomationRulesMetadata"]]
    assert found == [arns[order] for order in sorted(arns)]
    assert "NextToken" not in second


def test_an_update_leaves_alone_what_it_does_not_name(hub):
    with freeze_time("2026-03-01T00:00:00Z") as clock:
        client = hub(ADMIN)
        arn = client.create_automation_rule(**VALID)["RuleArn"]
        (before,) = get(client, arn)
        clock.tick(60)
        change_rule(client, arn, RuleOrder=5, RuleStatus="DISABLED")
        (after,) = get(client, arn)
        assert after.pop("UpdatedAt") > before.pop("UpdatedAt")
        assert after == {**before, "RuleOrder": 5, "RuleStatus": "DISABLED"}


def test_criteria_and_actions_are_replaced_whole(admin):
    arn = admin.create_automation_rule(**VALID)["RuleArn"]
    action = {"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"Confidence": 7}}
    change_rule(
        admin, arn, Criteria={"Title": equals("t")}, Actions=[action], RuleName="n",
        Description="d", IsTerminal=True,
    )  # fmt: skip
    (after,) = get(admin, arn)
    assert (after["Criteria"], after["Actions"]) == ({"Title": equals("t")}, [action])
    assert (after["RuleName"], after["Description"], after["IsTerminal"]) == ("n", "d", True)


def test_unknown_rules_are_reported_beside_the_others(admin):
    arns = [rule(admin, LOW, Confidence=1) for _ in range(2)]
    missing = [{"RuleArn": UNKNOWN, "ErrorCode": 404, "ErrorMessage": "Automation rule not found"}]
    answer = admin.batch_get_automation_rules(AutomationRulesArns=[arns[0], UNKNOWN, arns[1]])
    assert [one["RuleArn"] for one in answer["Rules"]] == arns
    assert answer["UnprocessedAutomationRules"] == missing
    items = [{"RuleArn": arns[0], "RuleOrder": 2}, {"RuleArn": UNKNOWN, "RuleOrder": 2}]
    answer = admin.batch_update_automation_rules(UpdateAutomationRulesRequestItems=items)
    assert answer["ProcessedAutomationRules"] == [arns[0]]
    assert answer["UnprocessedAutomationRules"] == missing
    answer = admin.batch_delete_automation_rules(AutomationRulesArns=[arns[0], UNKNOWN])
    assert answer["ProcessedAutomationRules"] == [arns[0]]
    assert answer["UnprocessedAutomationRules"] == missing
    assert listed(admin) == [arns[1]]


def test_none_but_unknown_rules_are_not_found(admin):
    calls = [
        (admin.batch_get_automation_rules, {"AutomationRulesArns": [UNKNOWN]}),
        (admin.batch_delete_automation_rules, {"AutomationRulesArns": [UNKNOWN]}),
        (
            admin.batch_update_automation_rules,
            {"UpdateAutomationRulesRequestItems": [{"RuleArn": UNKNOWN}]},
        ),
    ]
    for call, arguments in calls:
        assert refused(call, **arguments)[:2] == ("ResourceNotFoundException", 404)


def test_a_rule_that_is_named_twice_is_refused(admin):
    arn = rule(admin, LOW, Confidence=1)
    code, _, _ = refused(admin.batch_delete_automation_rules, AutomationRulesArns=[arn, arn])
    assert code == "InvalidInputException"
    assert listed(admin) == [arn]


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"Criteria": {}}, "At least one criterion"),
        ({"Criteria": {"Title": []}}, "At least one criterion"),
        ({"Criteria": {"SeverityLabel": equals(*["LOW"] * 21)}}, "20 are the most"),
        ({"Criteria": {"Title": equals(*map(str, range(101)))}}, "100 are the most"),
        ({"Criteria": {"Title": [{"Comparison": "EQUALS"}]}}, "no Value"),
        ({"Criteria": {"Title": [{"Value": "x", "Comparison": "CONTAINS_WORD"}]}}, "CONTAINS_WORD"),
        ({"Criteria": {"Title": [*equals("x"), {"Value": "y", "Comparison": "CONTAINS"}]}}, "CONTAINS"),
        ({"Criteria": {"Title": [{"Value": "x", "Comparison": "CONTAINS"}, {"Value": "y", "Comparison": "NOT_CONTAINS"}]}}, "CONTAINS"),
        ({"Criteria": {"Title": [*equals("x"), {"Value": "y", "Comparison": "NOT_EQUALS"}]}}, "exclude"),
        ({"Criteria": {"Confidence": [{}]}}, "Confidence"),
        ({"Criteria": {"CreatedAt": [{"Start": "yesterday"}]}}, "yesterday"),
        ({"Actions": [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {}}]}, "at least one field"),
        ({"Actions": [{"Type": "FINDING_FIELDS_UPDATE"}]}, "at least one field"),
        ({"Actions": [{"FindingFieldsUpdate": {"Confidence": 1}}]}, "Type"),
        ({"Actions": [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"Types": ["a/b/c/d"]}}]}, "Types[0]"),
        ({"Actions": [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"Note": {"Text": "x" * 513, "UpdatedBy": "a"}}}]}, "512"),
    ],
)  # fmt: skip
def test_what_no_rule_can_have_is_refused(admin, arguments, word):
    arn = admin.create_automation_rule(**VALID)["RuleArn"]
    before = get(admin, arn)
    code, status, message = refused(admin.create_automation_rule, **{**VALID, **arguments})
    assert (code, status) == ("InvalidInputException", 400)
    (name,) = arguments
    assert message.startswith(f"Invalid parameter '{name}'. ")
    assert word in message
    item = {"RuleArn": arn, "RuleOrder": 9, **arguments}
    changed = refused(admin.batch_update_automation_rules, UpdateAutomationRulesRequestItems=[item])
    assert changed[2] == message
    assert get(admin, arn) == before


@pytest.mark.parametrize(
    ("order", "text"),
    [
        # the first is observed
        (1100, "Invalid parameter 'RuleOrder'. '1100' is greater than maximum value: 1000."),
        (0, "Invalid parameter 'RuleOrder'. '0' is less than minimum value: 1."),
    ],
)
def test_an_order_is_a_number_from_1_to_1000(membership_mock, admin, order, text):
    client = membership_mock.session(account=ADMIN, region=IRELAND).client(
        "securityhub", config=Config(parameter_validation=False)
    )
    given = {**VALID, "RuleOrder": order}
    assert refused(client.create_automation_rule, **given) == ("InvalidInputException", 400, text)
    assert listed(admin) == []


def test_many_values_of_some_attributes_are_taken(admin):
    # documented: 100 accounts, generators, resources and titles
    accounts = [f"{number:012d}" for number in range(100)]
    for name in ("AwsAccountId", "GeneratorId", "ResourceId", "Title"):
        rule(admin, {name: equals(*accounts)}, Confidence=1)
    assert len(listed(admin)) == 4


def test_an_account_has_100_rules_at_the_most(admin, hasty):
    for _ in range(100):
        rule(admin, LOW, Confidence=1)
    assert refused(hasty.create_automation_rule, **VALID)[:2] == ("LimitExceededException", 429)
    assert len(listed(admin)) == 100


def test_a_member_can_have_no_rules(admin, member):
    own = rule(member, LOW, Confidence=1)
    invite(admin, MEMBER)
    accept(member, ADMIN)
    text = f"Account {MEMBER} is not authorized to perform this operation"
    calls = [
        (member.create_automation_rule, VALID),
        (member.list_automation_rules, {}),
        (member.batch_get_automation_rules, {"AutomationRulesArns": [own]}),
        (member.batch_delete_automation_rules, {"AutomationRulesArns": [own]}),
        (
            member.batch_update_automation_rules,
            {"UpdateAutomationRulesRequestItems": [{"RuleArn": own}]},
        ),
    ]
    for call, arguments in calls:
        assert refused(call, **arguments) == ("AccessDeniedException", 403, text)
    assert listed(admin) == []
    member.disassociate_from_administrator_account()
    assert listed(member) == [own]


def test_rules_belong_to_one_account_in_one_region(admin, member, hub):
    arn = rule(admin, LOW, Confidence=1)
    for other in (member, hub(ADMIN, OHIO)):
        assert listed(other) == []
        assert refused(other.batch_delete_automation_rules, AutomationRulesArns=[arn])[0] == (
            "ResourceNotFoundException"
        )
    assert listed(admin) == [arn]


def test_rules_carry_tags(admin, membership_mock):
    arn = admin.create_automation_rule(**VALID, Tags={"team": "blue"})["RuleArn"]
    admin.tag_resource(ResourceArn=arn, Tags={"stage": "test"})
    assert admin.list_tags_for_resource(ResourceArn=arn)["Tags"] == {
        "team": "blue",
        "stage": "test",
    }
    admin.untag_resource(ResourceArn=arn, TagKeys=["team"])
    tagging = membership_mock.client("resourcegroupstaggingapi", account=ADMIN, region=IRELAND)
    found = tagging.get_resources(ResourceTypeFilters=["securityhub:automation-rule"])
    assert found["ResourceTagMappingList"] == [
        {"ResourceARN": arn, "Tags": [{"Key": "stage", "Value": "test"}]}
    ]


def test_a_rule_names_the_role_that_created_it(membership_mock, admin):
    sts = membership_mock.client("sts", account=ADMIN, region=IRELAND)
    keys = sts.assume_role(RoleArn=f"arn:aws:iam::{ADMIN}:role/Admin", RoleSessionName="ana")[
        "Credentials"
    ]
    client = membership_mock.session(account=ADMIN, region=IRELAND).client(
        "securityhub",
        aws_access_key_id=keys["AccessKeyId"],
        aws_secret_access_key=keys["SecretAccessKey"],
        aws_session_token=keys["SessionToken"],
    )
    client.create_automation_rule(**VALID)
    (found,) = admin.list_automation_rules()["AutomationRulesMetadata"]
    assert found["CreatedBy"] == f"arn:aws:sts::{ADMIN}:assumed-role/Admin/ana"


def test_a_rule_outlives_the_hub(admin):
    arn = rule(admin, LOW, Confidence=1)
    admin.disable_security_hub()
    assert refused(admin.list_automation_rules)[0] == "InvalidAccessException"
    admin.enable_security_hub()
    assert listed(admin) == [arn]
