"""Sample resources of Security Incident Response."""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

import requests

from tests.contract.sample_resources import ACCOUNT, REGION
from tests.contract.samples_from_model import Break
from tests.samples import new_case, new_membership

#: by the kind of a violation, what the message says; inferred from Smithy's protocol tests
_WORDS = {
    "required": "Member must not be null",
    "length": r"Member must have length (between \d+ and \d+, inclusive|\w+ than or equal to \d+)",
    "range": r"Member must be (between \d+ and \d+, inclusive|\w+ than or equal to \d+)",
    "pattern": "Member must satisfy regular expression pattern: ",
    "enum": r"Member must satisfy enum value set: \[",
    "unique": "Member must have unique values",
}


def furnish(mock: Any) -> dict[str, Any]:
    """Make a membership, a self-managed case with a comment and a file, and an investigated one."""
    client = mock.client("security-ir", account=ACCOUNT, region=REGION)
    membership_id = new_membership(client, tags={"team": "blue"})
    case_id = new_case(client)
    comment = client.create_case_comment(caseId=case_id, body="Seen again.")
    return {
        "MembershipId": membership_id,
        "Arn": client.get_membership(membershipId=membership_id)["membershipArn"],
        "CaseId": case_id,
        "CommentId": comment["commentId"],
        "AttachmentId": _upload(client, case_id),
        "ResultId": _result(client, new_case(client, resolverType="AWS")),
    }


def call_everything(mock: Any) -> None:
    """Call all operations."""
    client = mock.client("security-ir", account=ACCOUNT, region=REGION)
    membership_id = new_membership(client)
    client.update_membership(membershipId=membership_id, membershipName="Another name")
    client.batch_get_member_account_details(membershipId=membership_id, accountIds=[ACCOUNT])
    day = datetime(2026, 1, 1, tzinfo=timezone.utc)
    if hasattr(client, "get_finding_metrics"):  # newer than the oldest supported botocore
        client.get_finding_metrics(membershipId=membership_id, startDate=day, endDate=day)
    arn = client.get_membership(membershipId=membership_id)["membershipArn"]
    client.tag_resource(resourceArn=arn, tags={"team": "blue"})
    client.untag_resource(resourceArn=arn, tagKeys=["team"])
    client.list_tags_for_resource(resourceArn=arn)
    client.list_memberships()

    case_id = new_case(client)
    client.get_case(caseId=case_id)
    client.list_cases()
    client.update_case(caseId=case_id, title="Another title")
    client.update_case_status(caseId=case_id, caseStatus="Detection and Analysis")
    comment = client.create_case_comment(caseId=case_id, body="Seen again.")
    client.update_case_comment(caseId=case_id, commentId=comment["commentId"], body="Not seen.")
    client.list_comments(caseId=case_id)
    client.list_case_edits(caseId=case_id)
    client.get_case_attachment_download_url(caseId=case_id, attachmentId=_upload(client, case_id))
    client.update_resolver_type(caseId=case_id, resolverType="AWS")
    client.send_feedback(caseId=case_id, resultId=_result(client, case_id), usefulness="USEFUL")
    client.close_case(caseId=case_id)
    client.cancel_membership(membershipId=membership_id)


def assert_refusal(response: dict[str, Any], broken: Break) -> None:
    """Check status, code, reason, the field that is named, and the words of the message."""
    assert response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert response["Error"]["Code"] == "ValidationException"
    message = response["Error"]["Message"]
    place = "/".join(map(str, broken.path))
    if broken.kind == "type":
        assert response["reason"] == "CANNOT_PARSE"
        assert f"'/{place}'" in message
        return
    assert response["reason"] == "FIELD_VALIDATION_FAILED"
    assert [entry["name"] for entry in response["fieldList"]] == [broken.path[0]]
    assert message == f"1 validation error detected. {response['fieldList'][0]['message']}"
    assert f" at '/{place}' failed to satisfy constraint: " in message
    assert re.search(_WORDS[broken.kind], message)


def _upload(client: Any, case_id: str) -> str:
    answer = client.get_case_attachment_upload_url(
        caseId=case_id, fileName="log.txt", contentLength=3
    )
    requests.put(answer["attachmentPresignedUrl"], data=b"log", timeout=5).raise_for_status()
    return str(client.get_case(caseId=case_id)["caseAttachments"][0]["attachmentId"])


def _result(client: Any, case_id: str) -> str:
    actions = client.list_investigations(caseId=case_id)["investigationActions"]
    return str(actions[0]["investigationId"])
