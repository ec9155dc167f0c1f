"""Attachments of a case: the upload URL, the scan, the download URL, the deletion.

Source: API pages GetCaseAttachmentUploadUrl, GetCaseAttachmentDownloadUrl; user guide,
"Attachments" (deleted seven days after the case is closed). Clients of the live service show the
headers of the upload and the refusal of a download while the scan is pending.
Inferred [IR-71, IR-96]: the record exists from the moment the URL is issued, and the scan is over
at the next read of the case, or a minute after the upload with `settle="clock"`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.operation import operation
from membership_mock.engine.state.lifecycle import is_over
from membership_mock.engine.state.quotas import QuotaUse
from membership_mock.engine.state.world import World
from membership_mock.security_ir.attachments import attachment_storage
from membership_mock.security_ir.attachments.attachment_storage import AttachmentStore
from membership_mock.security_ir.cases.case_families import CaseChange, CaseFamily
from membership_mock.security_ir.cases.case_store import Case, CaseAttachment, writable_cases
from membership_mock.security_ir.cases.cases import Cases
from membership_mock.security_ir.errors import (
    ConflictException,
    ResourceNotFoundException,
    ValidationException,
)
from membership_mock.security_ir.quotas import ATTACHMENTS, Quotas

#: how long attachments stay after their case was closed (documented)
LIFE_AFTER_CLOSING = timedelta(days=7)
#: the harmless test file of eicar.org, which scanners report as a virus
_EICAR = b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!"

#: by the status before the scan of new bytes: the status afterwards if clean, if infected
SCAN: Mapping[str, tuple[str, str]] = {
    "Pending": ("Verified", "Failed"),
    "Verified": ("Verified", "Failed"),
    "Failed": ("Verified", "Failed"),
}

#: why an attachment with this status cannot be downloaded
_UNAVAILABLE: Mapping[str, str] = {
    "Pending": "is still pending, so it cannot be downloaded yet",
    "Failed": "failed its scan, so it cannot be downloaded",
}


class Attachments(CaseFamily):
    """The attachments of every case."""

    @classmethod
    def quota_uses(cls, world: World, now: datetime) -> Iterator[QuotaUse]:
        """Yield how many attachments each case has to which some may be added."""
        del now
        for region, case in writable_cases(world):
            number = len(case.case_attachments)
            yield QuotaUse(ATTACHMENTS, case.account_id, region, number, case.case_id)

    def catch_up(self, case: Case, now: datetime) -> None:
        """Scan what was uploaded, and delete attachments seven days after the end of their case."""
        if not case.case_attachments:
            return
        objects = self.store(AttachmentStore).objects
        if case.closed_date is not None and now >= case.closed_date + LIFE_AFTER_CLOSING:
            for attachment in case.case_attachments:
                objects[attachment.attachment_id].content = None
            case.case_attachments = []
        for attachment in case.case_attachments:
            stored = objects[attachment.attachment_id]
            if (
                stored.content is not None
                and stored.uploaded_at is not None
                and not stored.scanned
                and is_over(stored.uploaded_at, now, self.backend.world)
            ):
                stored.scanned = True
                clean, infected = SCAN[attachment.attachment_status]
                found = stored.verdict or ("Failed" if _EICAR in stored.content else "Verified")
                attachment.attachment_status = infected if found == "Failed" else clean

    def keep(self, case: Case) -> Callable[[], None] | None:
        """Return a function that restores the bytes of a case and their scans."""
        objects = self.store(AttachmentStore).objects
        stored = [objects[each.attachment_id] for each in case.case_attachments]
        held = [(each, each.content, each.scanned) for each in stored]

        def put_back() -> None:
            for each, content, scanned in held:
                each.content, each.scanned = content, scanned

        return put_back if held else None

    def end_scan(self, attachment: CaseAttachment, status: str) -> None:
        """Set the result of an attachment's scan, for present bytes and for a later upload."""
        stored = self.store(AttachmentStore).objects[attachment.attachment_id]
        stored.verdict = status
        if stored.content is not None:
            stored.scanned = True
            attachment.attachment_status = SCAN[attachment.attachment_status][status == "Failed"]

    def changed(self, change: CaseChange) -> None:
        """Set when the bytes are deleted, once their case is closed."""
        if change.case.closed_date is not None:
            objects = self.store(AttachmentStore).objects
            for attachment in change.case.case_attachments:
                stored = objects[attachment.attachment_id]
                stored.deleted_at = change.case.closed_date + LIFE_AFTER_CLOSING

    @operation(
        "GetCaseAttachmentUploadUrl",
        differs="the scan is over at the first read of the case after the upload, or a minute after"
        " it; it fails for the EICAR test file, or when the test says so",
    )
    def get_case_attachment_upload_url(
        self, ctx: Context, case_id: str, file_name: str, content_length: int
    ) -> dict[str, Any]:
        """Add a pending attachment to an open case, and return the URL for its bytes.

        A URL that was issued before the case was closed accepts an upload until it expires, because
        the storage does not know cases (inferred [IR-74]).

        Raises:
            ConflictException: the case is closed, or has an attachment with this name.
            ServiceQuotaExceededException: the case has the highest number of attachments.
        """
        cases = self.of(Cases)
        case = cases.for_writing(ctx, case_id)
        if any(attachment.file_name == file_name for attachment in case.case_attachments):
            raise ConflictException(
                f"Case {case_id} already has an attachment with this file name.", case_id, "Case"
            )
        self.of(Quotas).require_room_in_case(ATTACHMENTS, case_id, len(case.case_attachments))
        attachment = CaseAttachment(ctx.world.uuid(), file_name, "Pending", ctx.account_id, ctx.now)
        stored = attachment_storage.new_object(ctx.world)
        self.store(AttachmentStore).objects[attachment.attachment_id] = stored
        case.case_attachments.append(attachment)
        cases.note(
            CaseChange(
                case,
                ctx.now,
                ctx.account_id,
                "Add attachment",
                f"Added attachment {attachment.attachment_id}.",
            )
        )
        url = attachment_storage.upload_url(ctx, stored, _key(case, attachment), content_length)
        return {"attachmentPresignedUrl": url}

    @operation("GetCaseAttachmentDownloadUrl")
    def get_case_attachment_download_url(
        self, ctx: Context, case_id: str, attachment_id: str
    ) -> dict[str, Any]:
        """Return the URL of an attachment's bytes.

        Raises:
            ResourceNotFoundException: the case does not have this attachment, or does not have it
                any more.
            ValidationException: the attachment is not scanned yet, or the scan failed.
        """
        case = self.of(Cases).for_reading(ctx, case_id)
        for attachment in case.case_attachments:
            if attachment.attachment_id == attachment_id.lower():
                break
        else:
            raise ResourceNotFoundException(
                f"Attachment {attachment_id} of case {case_id} was not found."
            )
        why = _UNAVAILABLE.get(attachment.attachment_status)
        if why is not None:
            raise ValidationException(
                f"Attachment {attachment_id} of case {case_id} {why}.", field="attachmentId"
            )
        stored = self.store(AttachmentStore).objects[attachment.attachment_id]
        url = attachment_storage.download_url(ctx, stored, _key(case, attachment))
        return {"attachmentPresignedUrl": url}


def _key(case: Case, attachment: CaseAttachment) -> str:
    return f"{case.account_id}/{case.case_id}/{attachment.attachment_id}/{attachment.file_name}"
