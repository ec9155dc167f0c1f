"""Attachments of a case, with real bytes behind presigned URLs."""

import re
from datetime import timedelta
from hashlib import md5
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.security_ir.scenes import START, code, member_client, new_case, refusal

UPLOAD = {"If-None-Match": "*", "Content-Type": "application/octet-stream"}
#: taken apart, so that no scanner mistakes this file for a virus
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-" + b"ANTIVIRUS-TEST-FILE!$H+H*"
BYTES = bytes(range(256))


def attachments(client, case_id):
    return client.get_case(caseId=case_id)["caseAttachments"]


def upload_url(client, case_id, name="log.bin", length=256):
    return client.get_case_attachment_upload_url(
        caseId=case_id, fileName=name, contentLength=length
    )["attachmentPresignedUrl"]


def download_url(client, case_id):
    attachment_id = attachments(client, case_id)[0]["attachmentId"]
    return client.get_case_attachment_download_url(caseId=case_id, attachmentId=attachment_id)[
        "attachmentPresignedUrl"
    ]


def upload(client, case_id, name="log.bin", content=BYTES):
    url = upload_url(client, case_id, name, len(content))
    answer = requests.put(url, data=content, headers=UPLOAD, timeout=5)
    assert answer.status_code == 200
    return url


def assert_refused(answer, status, error):
    assert answer.status_code == status
    assert answer.headers["Content-Type"] == "application/xml"
    assert f"<Code>{error}</Code>" in answer.text


# GetCaseAttachmentUploadUrl


def test_upload_url_adds_a_pending_attachment(security_ir):
    case_id = new_case(security_ir)
    upload_url(security_ir, case_id)
    (attachment,) = attachments(security_ir, case_id)
    assert re.fullmatch(
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", attachment.pop("attachmentId")
    )
    assert attachment == {
        "fileName": "log.bin",
        "attachmentStatus": "Pending",
        "creator": "111111111111",
        "createdDate": START,
    }


def test_upload_url_dates_the_case_to_its_issue(security_ir, clock):
    case_id = new_case(security_ir)
    clock.tick(60)
    upload_url(security_ir, case_id)
    case = security_ir.get_case(caseId=case_id)
    assert case["lastUpdatedDate"] == START + timedelta(seconds=60)


def test_upload_url_looks_like_one_of_s3(security_ir):
    case_id = new_case(security_ir)
    url = urlsplit(upload_url(security_ir, case_id))
    attachment_id = attachments(security_ir, case_id)[0]["attachmentId"]
    assert url.scheme == "https"
    assert url.netloc == "security-ir-attachments-eu-west-1.s3.eu-west-1.amazonaws.com"
    assert url.path == f"/111111111111/{case_id}/{attachment_id}/log.bin"
    query = {name: value for name, (value,) in parse_qs(url.query).items()}
    assert re.fullmatch(r"[0-9a-f]{64}", query.pop("X-Amz-Signature"))
    credential = query.pop("X-Amz-Credential")
    assert re.fullmatch(r"ASIA[A-Z0-9]{16}/20260302/eu-west-1/s3/aws4_request", credential)
    assert query == {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Date": "20260302T090000Z",
        "X-Amz-Expires": "900",
        "X-Amz-SignedHeaders": "content-length;host",
    }


def test_upload_url_refuses_a_name_that_the_case_has(security_ir):
    case_id = new_case(security_ir)
    upload_url(security_ir, case_id)
    response = refusal(
        security_ir.get_case_attachment_upload_url,
        caseId=case_id,
        fileName="log.bin",
        contentLength=1,
    )
    assert code(response) == "ConflictException"
    assert "log.bin" not in response["message"]
    assert len(attachments(security_ir, case_id)) == 1


def test_upload_url_accepts_a_name_that_another_case_has(security_ir):
    upload_url(security_ir, new_case(security_ir))
    case_id = new_case(security_ir)
    upload_url(security_ir, case_id)
    assert len(attachments(security_ir, case_id)) == 1


def test_upload_url_with_the_same_token_is_the_same(security_ir):
    arguments = {"caseId": new_case(security_ir), "fileName": "a", "contentLength": 1}
    urls = {
        security_ir.get_case_attachment_upload_url(**arguments, clientToken="x")[
            "attachmentPresignedUrl"
        ]
        for _ in range(2)
    }
    assert len(urls) == 1


def test_upload_url_refuses_the_fifty_first_attachment(security_ir):
    case_id = new_case(security_ir)
    for number in range(50):
        upload_url(security_ir, case_id, f"{number}.log")
    response = refusal(
        security_ir.get_case_attachment_upload_url,
        caseId=case_id,
        fileName="more.log",
        contentLength=1,
    )
    assert code(response) == "ServiceQuotaExceededException"
    assert (response["resourceId"], response["resourceType"]) == (case_id, "Case")
    assert response["serviceCode"] == "security-ir"


def test_upload_url_refuses_a_closed_case(security_ir):
    case_id = new_case(security_ir)
    security_ir.close_case(caseId=case_id)
    response = refusal(
        security_ir.get_case_attachment_upload_url, caseId=case_id, fileName="a", contentLength=1
    )
    assert code(response) == "ConflictException"


# the upload


def test_upload_answers_like_s3(security_ir):
    url = upload_url(security_ir, new_case(security_ir))
    answer = requests.put(url, data=BYTES, headers=UPLOAD, timeout=5)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["ETag"] == f'"{md5(BYTES).hexdigest()}"'


def test_upload_makes_the_attachment_verified(security_ir):
    case_id = new_case(security_ir)
    upload(security_ir, case_id)
    assert attachments(security_ir, case_id)[0]["attachmentStatus"] == "Verified"


@pytest.mark.parametrize("content", [BYTES[:-1], BYTES + b"!", b""], ids=["short", "long", "empty"])
def test_upload_refuses_another_length_than_announced(security_ir, content):
    case_id = new_case(security_ir)
    url = upload_url(security_ir, case_id)
    answer = requests.put(url, data=content, headers=UPLOAD, timeout=5)
    assert_refused(answer, 403, "SignatureDoesNotMatch")
    assert attachments(security_ir, case_id)[0]["attachmentStatus"] == "Pending"


def test_upload_refuses_to_overwrite_when_it_must_not(security_ir):
    case_id = new_case(security_ir)
    url = upload(security_ir, case_id)
    answer = requests.put(url, data=BYTES[::-1], headers=UPLOAD, timeout=5)
    assert_refused(answer, 412, "PreconditionFailed")
    assert requests.get(download_url(security_ir, case_id), timeout=5).content == BYTES


def test_upload_overwrites_when_it_may(security_ir):
    case_id = new_case(security_ir)
    url = upload(security_ir, case_id)
    assert requests.put(url, data=BYTES[::-1], timeout=5).status_code == 200
    assert requests.get(download_url(security_ir, case_id), timeout=5).content == BYTES[::-1]


def test_upload_that_overwrites_is_scanned_again(security_ir):
    case_id = new_case(security_ir)
    clean = bytes(len(EICAR))
    url = upload(security_ir, case_id, content=clean)
    for content, status in ((EICAR, "Failed"), (clean, "Verified")):
        assert attachments(security_ir, case_id)[0]["attachmentStatus"] != status
        assert requests.put(url, data=content, timeout=5).status_code == 200
        assert attachments(security_ir, case_id)[0]["attachmentStatus"] == status


def test_upload_url_works_for_900_seconds(security_ir, clock):
    url = upload_url(security_ir, new_case(security_ir))
    clock.tick(900)
    assert requests.put(url, data=BYTES, headers=UPLOAD, timeout=5).status_code == 200


def test_upload_url_expires_after_900_seconds(security_ir, clock):
    url = upload_url(security_ir, new_case(security_ir))
    clock.tick(901)
    answer = requests.put(url, data=BYTES, headers=UPLOAD, timeout=5)
    assert_refused(answer, 403, "AccessDenied")
    assert "Request has expired" in answer.text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        pytest.param("X-Amz-Expires=900", "X-Amz-Expires=9000", id="life"),
        pytest.param("20260302T090000Z", "20260302T090001Z", id="date"),
        pytest.param("20260302T090000Z", "yesterday", id="no date"),
        pytest.param("log.bin", "other.bin", id="name"),
        pytest.param("/111111111111/", "/222222222222/", id="account"),
        pytest.param("X-Amz-Signature=", "X-Amz-Signature=0", id="signature"),
        pytest.param("X-Amz-Algorithm", "extra=1&X-Amz-Algorithm", id="one more parameter"),
    ],
)
def test_upload_refuses_a_url_that_was_tampered_with(security_ir, old, new):
    url = upload_url(security_ir, new_case(security_ir))
    assert old in url
    answer = requests.put(url.replace(old, new), data=BYTES, headers=UPLOAD, timeout=5)
    assert_refused(answer, 403, "SignatureDoesNotMatch")


def test_upload_refuses_a_url_without_its_signature(security_ir):
    url = upload_url(security_ir, new_case(security_ir)).partition("?")[0]
    assert_refused(requests.put(url, data=BYTES, timeout=5), 403, "AccessDenied")


def test_upload_is_taken_after_the_case_is_closed_while_the_url_lives(security_ir, clock):
    case_id = new_case(security_ir)
    url = upload_url(security_ir, case_id)
    clock.tick(60)
    security_ir.close_case(caseId=case_id)
    assert requests.put(url, data=BYTES, headers=UPLOAD, timeout=5).status_code == 200
    assert requests.get(download_url(security_ir, case_id), timeout=5).content == BYTES


# GetCaseAttachmentDownloadUrl


def test_download_url_leads_to_the_bytes(membership_mock, security_ir):
    american = member_client(membership_mock, account="222222222222", region="us-west-2")
    for client, content in ((security_ir, b"one"), (american, b"two!")):
        case_id = new_case(client)
        upload(client, case_id, content=content)
        answer = requests.get(download_url(client, case_id), timeout=5)
        assert (answer.status_code, answer.content) == (200, content)
        assert answer.headers["Content-Type"] == "application/octet-stream"


def test_download_url_is_answered_with_created(security_ir):
    case_id = new_case(security_ir)
    upload(security_ir, case_id)
    answer = security_ir.get_case_attachment_download_url(
        caseId=case_id, attachmentId=attachments(security_ir, case_id)[0]["attachmentId"]
    )
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 201


def test_download_url_accepts_either_letter_case(security_ir):
    case_id = new_case(security_ir)
    upload(security_ir, case_id)
    attachment_id = attachments(security_ir, case_id)[0]["attachmentId"].upper()
    url = security_ir.get_case_attachment_download_url(caseId=case_id, attachmentId=attachment_id)
    assert requests.get(url["attachmentPresignedUrl"], timeout=5).content == BYTES


def test_download_url_is_refused_while_the_attachment_is_pending(security_ir):
    case_id = new_case(security_ir)
    upload_url(security_ir, case_id)
    response = refusal(
        security_ir.get_case_attachment_download_url,
        caseId=case_id,
        attachmentId=attachments(security_ir, case_id)[0]["attachmentId"],
    )
    assert code(response) == "ValidationException"
    assert response["reason"] == "OTHER"
    assert "still pending" in response["message"]


def test_download_url_is_refused_when_the_scan_failed(security_ir):
    case_id = new_case(security_ir)
    upload(security_ir, case_id, "virus.com", EICAR)
    (attachment,) = attachments(security_ir, case_id)
    assert attachment["attachmentStatus"] == "Failed"
    response = refusal(
        security_ir.get_case_attachment_download_url,
        caseId=case_id,
        attachmentId=attachment["attachmentId"],
    )
    assert code(response) == "ValidationException"


def test_download_url_is_refused_for_an_unknown_attachment(security_ir):
    case_id, other = new_case(security_ir), new_case(security_ir)
    upload(security_ir, other)
    response = refusal(
        security_ir.get_case_attachment_download_url,
        caseId=case_id,
        attachmentId=attachments(security_ir, other)[0]["attachmentId"],
    )
    assert code(response) == "ResourceNotFoundException"


def test_download_url_expires_after_900_seconds(security_ir, clock):
    case_id = new_case(security_ir)
    upload(security_ir, case_id)
    url = download_url(security_ir, case_id)
    clock.tick(901)
    assert_refused(requests.get(url, timeout=5), 403, "AccessDenied")


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_download_url_serves_no_other_method(security_ir, method):
    case_id = new_case(security_ir)
    upload(security_ir, case_id)
    answer = requests.request(method, download_url(security_ir, case_id), timeout=5)
    assert_refused(answer, 403, "SignatureDoesNotMatch")


def test_download_url_answers_head_without_a_body(security_ir):
    case_id = new_case(security_ir)
    upload(security_ir, case_id)
    answer = requests.head(download_url(security_ir, case_id), timeout=5)
    assert (answer.status_code, answer.content) == (403, b"")


def test_upload_url_cannot_be_used_for_a_download(security_ir):
    url = upload(security_ir, new_case(security_ir))
    assert_refused(requests.get(url, timeout=5), 403, "SignatureDoesNotMatch")


# the end


def test_attachments_stay_for_seven_days_after_the_case_is_closed(security_ir, clock):
    case_id = new_case(security_ir)
    upload(security_ir, case_id)
    security_ir.close_case(caseId=case_id)
    clock.tick(timedelta(days=7, seconds=-1))
    assert requests.get(download_url(security_ir, case_id), timeout=5).content == BYTES


def test_attachments_are_gone_seven_days_after_the_case_is_closed(security_ir, clock):
    case_id = new_case(security_ir)
    upload(security_ir, case_id)
    attachment_id = attachments(security_ir, case_id)[0]["attachmentId"]
    security_ir.close_case(caseId=case_id)
    clock.tick(timedelta(days=7))
    assert attachments(security_ir, case_id) == []
    response = refusal(
        security_ir.get_case_attachment_download_url, caseId=case_id, attachmentId=attachment_id
    )
    assert code(response) == "ResourceNotFoundException"


def test_attachments_are_gone_from_storage_although_nobody_looked_at_the_case(security_ir, clock):
    case_id = new_case(security_ir)
    upload(security_ir, case_id)
    security_ir.close_case(caseId=case_id)
    clock.tick(timedelta(days=7, minutes=-1))
    url = download_url(security_ir, case_id)
    clock.tick(60)
    assert_refused(requests.get(url, timeout=5), 404, "NoSuchKey")
