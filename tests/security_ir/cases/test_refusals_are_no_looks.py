"""A refused call completes no scan, writes down no step of an investigation, and closes nothing."""

from datetime import timedelta

import pytest
import requests

from tests.security_ir.scenes import START, code, new_case, refusal

UPLOAD = {"If-None-Match": "*", "Content-Type": "application/octet-stream"}


def upload(client, case_id, name, content):
    url = client.get_case_attachment_upload_url(
        caseId=case_id, fileName=name, contentLength=len(content)
    )["attachmentPresignedUrl"]
    requests.put(url, data=content, headers=UPLOAD, timeout=5)


REFUSED = {
    "UpdateCaseStatus": (
        lambda client, case: client.update_case_status(caseId=case, caseStatus="Submitted"),
        "ValidationException",
    ),
    "UpdateResolverType": (
        lambda client, case: client.update_resolver_type(caseId=case, resolverType="AWS"),
        "ValidationException",
    ),
    "GetCaseAttachmentUploadUrl": (
        lambda client, case: client.get_case_attachment_upload_url(
            caseId=case, fileName="log.bin", contentLength=3
        ),
        "ConflictException",
    ),
    "GetCaseAttachmentDownloadUrl": (
        lambda client, case: client.get_case_attachment_download_url(
            caseId=case, attachmentId="00000000-0000-0000-0000-000000000000"
        ),
        "ResourceNotFoundException",
    ),
    "UpdateCaseComment": (
        lambda client, case: client.update_case_comment(
            caseId=case, commentId="000099", body="text"
        ),
        "ResourceNotFoundException",
    ),
    "UpdateCase": (
        lambda client, case: client.update_case(
            caseId=case, impactedAwsRegionsToDelete=[{"region": "eu-west-1"}]
        ),
        "ValidationException",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_refused_call_leaves_the_world_as_it_was(security_ir, membership_mock, clock, name):
    case_id = new_case(security_ir, "AWS", impactedAwsRegions=[{"region": "eu-west-1"}])
    upload(security_ir, case_id, "log.bin", b"abc")
    clock.move_to(START + timedelta(hours=1))
    call, error = REFUSED[name]
    before = membership_mock.dump()

    assert code(refusal(lambda: call(security_ir, case_id))) == error

    assert membership_mock.dump() == before
    assert security_ir.list_comments(caseId=case_id)["total"] == 1  # now it is written down


@pytest.mark.newest_model
def test_feedback_that_is_refused_leaves_the_world_as_it_was(security_ir, membership_mock, clock):
    case_id = new_case(security_ir, "AWS")
    upload(security_ir, case_id, "log.bin", b"abc")
    clock.move_to(START + timedelta(hours=1))
    before = membership_mock.dump()

    refused = refusal(
        security_ir.send_feedback,
        caseId=case_id,
        resultId="inv-0000000000",
        usefulness="USEFUL",
    )

    assert code(refused) == "ResourceNotFoundException"
    assert membership_mock.dump() == before


def test_an_attachment_that_a_refused_call_has_not_looked_at_is_scanned_by_the_next_read(
    security_ir,
):
    case_id = new_case(security_ir)
    upload(security_ir, case_id, "log.bin", b"abc")
    refusal(security_ir.update_case_status, caseId=case_id, caseStatus="Submitted")

    (attachment,) = security_ir.get_case(caseId=case_id)["caseAttachments"]

    assert attachment["attachmentStatus"] == "Verified"
