"""An example of the arguments of each tool, for the schema and the reference page.

Text in angle brackets stands for an id that an earlier call has answered. The tests use every tool
with its example.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

ADMIN, MEMBER = "111122223333", "444455556666"
_RESOLUTION = f"arn:aws:entityresolution:eu-west-1:{ADMIN}"

EXAMPLES: Mapping[str, Mapping[str, Any]] = {
    # the world
    "restore": {"snapshot": "start"},
    "snapshot.forget": {"id": "<snapshot>"},
    "load": {"dump": "<dump>"},
    "show": {"account": ADMIN},
    "diagram": {"format": "svg", "service": "cleanrooms"},
    # calls and faults
    "calls": {"operation": "securityhub.*", "account": ADMIN, "limit": 20},
    "faults.fail": {"operation": "securityhub.CreateMembers", "error": "LimitExceededException"},
    "faults.refuse_accounts": {
        "operation": "CreateMembers",
        "accounts": [MEMBER],
        "reason": "The account is suspended.",
    },
    "faults.refuse_entries": {
        "operation": "securityhub.BatchImportFindings",
        "entries": ["finding-2"],
        "code": "InvalidInput",
        "skip": 1,
    },
    "faults.delay": {"operation": "security-ir.*", "seconds": 30, "times": None},
    "fault": {"id": "<fault>"},
    "fault.fired": {"id": "<fault>"},
    "fault.end": {"id": "<fault>"},
    "fault.cancel": {"id": "<fault>"},
    # canned answers, strict mode, events
    "answers.give": {
        "operation": "securityhub.GetInsightResults",
        "answer": [
            {
                "InsightResults": {
                    "InsightArn": "arn:aws:securityhub:::insight/securityhub/default/1",
                    "GroupByAttribute": "ResourceId",
                    "ResultValues": [],
                }
            }
        ],
        "account": ADMIN,
        "parameters": {"InsightArn": "arn:aws:securityhub:::insight/securityhub/default/1"},
    },
    "answer": {"id": "<canned answer>"},
    "answer.used": {"id": "<canned answer>"},
    "answer.end": {"id": "<canned answer>"},
    "answer.cancel": {"id": "<canned answer>"},
    "strict.start": {"allowed": ["securityhub.*", "cleanrooms.List*"]},
    "strict.stop": {"id": "<strict>"},
    "events": {"detail_type": "Security Hub Findings *", "account": ADMIN, "limit": 20},
    # clock and quotas
    "clock.freeze": {"at": "2040-01-31T12:00:00Z"},
    "clock.move_to": {"at": "2040-02-01"},
    "clock.advance": {"hours": 36},
    "quotas.states": {"service": "cleanrooms"},
    "quotas.get": {"service": "cleanrooms", "name": "members_per_collaboration"},
    "quotas.set": {"service": "cleanrooms", "name": "members_per_collaboration", "limit": 8},
    "quotas.unset": {"service": "cleanrooms"},
    # organizations and seeds
    "organization": {
        "tree": {"security": None, "Workloads": {"Prod": ["shop"]}},
        "management": "999988887777",
        "delegated": {"securityhub": "security"},
    },
    "given.world": {
        "mapping": {
            "accounts": {"brand": ADMIN, "publisher": MEMBER},
            "cleanrooms": [
                {"joined_collaboration": {"accounts": ["$brand", "$publisher"]}, "as": "room"},
                {"query": {"collaboration": "$room", "status": "SUBMITTED"}},
            ],
        }
    },
    "given.securityhub.aggregator": {"account": MEMBER, "linked_regions": ["us-east-1"]},
    "given.securityhub.automation_rule": {
        "account": ADMIN,
        "criteria": {"SeverityLabel": [{"Value": "LOW", "Comparison": "EQUALS"}]},
        "update": {"Workflow": {"Status": "SUPPRESSED"}},
    },
    "given.securityhub.automation_rule_v2": {"account": ADMIN, "severity": 1},
    "given.securityhub.central_configuration": {"administrator": ADMIN, "region": "us-east-1"},
    "given.securityhub.connector_v2": {"account": ADMIN, "name": "more-tickets"},
    "given.securityhub.control": {"control": "S3.1", "account": ADMIN, "status": "DISABLED"},
    "given.securityhub.finding": {"account": ADMIN, "Title": "A public bucket"},
    "given.securityhub.findings": {"findings": 3, "account": ADMIN},
    "given.securityhub.member": {
        "administrator": ADMIN,
        "account": "777788889999",
        "status": "Invited",
        "by": "invitation",
    },
    "given.securityhub.members": {
        "administrator": ADMIN,
        "accounts": ["777788889999", "777788880000"],
        "by": "invitation",
    },
    "given.securityhub.organization_admin": {"account": ADMIN},
    "given.securityhub.organization_admin_v2": {"account": ADMIN},
    "given.securityhub.organization_configuration": {"administrator": ADMIN, "auto_enable": False},
    "given.securityhub.product": {"product": "aws/guardduty", "account": ADMIN},
    "given.securityhub.standards": {
        "standards": ["nist-800-53/v/5.0.0"],
        "account": ADMIN,
    },
    "given.securityhub.ticket_v2": {"connector": "<connector>", "finding": "<finding>"},
    "given.cleanrooms.access_budget": {"table": "<table>", "budget": 5},
    "given.cleanrooms.associated_table": {
        "collaboration": "<room>",
        "account": ADMIN,
        "name": "ads",
    },
    "given.cleanrooms.collaboration": {"creator": ADMIN, "members": [MEMBER]},
    "given.cleanrooms.joined_collaboration": {"accounts": [ADMIN, MEMBER]},
    "given.cleanrooms.membership": {"collaboration": "<invitation>", "account": MEMBER},
    "given.cleanrooms.privacy_budget": {"collaboration": "<room>", "account": ADMIN},
    "given.cleanrooms.query": {"collaboration": "<room>", "status": "SUBMITTED"},
    "given.cleanrooms.table": {"account": ADMIN, "columns": ["customer_id", "amount"]},
    "given.security_ir.attachment": {"case": "<case>", "file_name": "flow.log", "account": ADMIN},
    "given.security_ir.case": {"account": ADMIN, "resolver": "AWS", "comments": ["Is it over?"]},
    "given.security_ir.comment": {
        "case": "<case>",
        "by": "AWS Responder",
        "asks_customer": True,
        "account": ADMIN,
    },
    "given.security_ir.investigation": {"account": ADMIN},
    "given.security_ir.membership": {"account": "666677778888", "name": "Response"},
    # AWS's side
    "aws_side.add_investigation_action": {
        "case_id": "<case>",
        "action_type": "Evidence",
        "title": "Flow logs",
        "content": "Nothing left the network.",
    },
    "aws_side.authorize_connector": {"connector_id": "<waiting connector>"},
    "aws_side.refuse_connector": {"connector_id": "<waiting connector>"},
    "aws_side.break_tickets": {"connector_id": "<connector id>", "trouble": "project"},
    "aws_side.mend_tickets": {"connector_id": "<connector id>"},
    "aws_side.set_connector_health": {
        "connector_id": "<connector id>",
        "status": "DEGRADED",
        "issues": [["AUTHENTICATION_FAILURE", "The secret has expired."]],
    },
    "aws_side.tickets": {"connector_id": "<connector id>"},
    "aws_side.close_case": {"case_id": "<case>", "closure_code": "False Positive"},
    "aws_side.close_ocsf_finding": {"uid": "<finding>"},
    "aws_side.comment": {"case_id": "<case>", "body": "When did it start?", "asks_customer": True},
    "aws_side.end_export": {"job_id": "<export job>", "status": "FAILED"},
    "aws_side.end_id_mapping_job": {"status": "FAILED"},
    "aws_side.end_investigation": {"case_id": "<case>", "results": {"Evidence": "It was a test."}},
    "aws_side.end_job": {"result": {"model.json": "{}"}},
    "aws_side.end_log_export": {"status": "FAILED"},
    "aws_side.end_query": {"result": [{"city": "Oslo", "visits": 3}]},
    "aws_side.end_recommended_policy": {
        "uid": "<finding>",
        "error": ["ACCESS_DENIED", "The role cannot be read."],
    },
    "aws_side.end_scan": {"case_id": "<case>", "attachment": "evidence.txt", "status": "Failed"},
    "aws_side.evaluate_control": {"control_id": "S3.1", "outcome": "FAILED"},
    "aws_side.fail_policy_association": {"account_id": MEMBER},
    "aws_side.id_mapping_workflow": {
        "arn": f"{_RESOLUTION}:idmappingworkflow/match",
        "source": f"{_RESOLUTION}:idnamespace/ours",
        "target": f"{_RESOLUTION}:idnamespace/target",
    },
    "aws_side.id_namespace": {"arn": f"{_RESOLUTION}:idnamespace/target", "type": "TARGET"},
    "aws_side.move_case": {"case_id": "<case>", "status": "Acknowledged"},
    "aws_side.ocsf_finding": {"kind": "exposure"},
    "aws_side.open_case": {"title": "Suspicious activity"},
    "aws_side.record_finding_metrics": {
        "membership_id": "<membership>",
        "day": "2026-01-31",
        "findings_triaged": 3,
    },
    "aws_side.record_resource": {"resource_id": "i-0123456789abcdef0"},
    "aws_side.record_software": {"name": "openssl", "version": "3.0.2", "on": ["i-0"]},
    "aws_side.record_trend": {"day": "2026-01-31", "severities": {"High": 4}, "resources": 120},
    "aws_side.release_control": {"control_id": "S3.999", "title": "Buckets should be tidy"},
    "aws_side.remediation_target": {"exposures": [["<exposure>", "High", None]]},
    "aws_side.resolve_remediation": {"target_uid": "<target>"},
    "aws_side.send_insight_results": {"action": "Triage", "insight_arn": "<insight>"},
    "aws_side.set_investigation_action": {
        "case_id": "<case>",
        "investigation_id": "<action>",
        "status": "Completed",
    },
    "aws_side.terminate_membership": {"membership_id": "<cancelled membership>"},
    "aws_side.update_case": {"case_id": "<case>", "title": "Closed key"},
    "aws_side.update_comment": {
        "case_id": "<case>",
        "comment_id": "<comment>",
        "body": "When did it end?",
    },
    "aws_side.use_custom_action": {"action": "Triage", "findings": ["<security finding>"]},
    "aws_side.wait_for_customer": {"case_id": "<case>"},
}

#: account and region of the side of AWS in the examples
SIDE = {"account": ADMIN, "region": "eu-west-1"}


def example_of(name: str) -> dict[str, Any]:
    """Return the arguments of the example of a tool; there are none where all have defaults."""
    return dict(EXAMPLES.get(name, {}))
