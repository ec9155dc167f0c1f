"""Seeds of Security Incident Response: cases, and what belongs to a case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from membership_mock.engine.pipeline.plain_http import PlainHttpRequest
from membership_mock.errors import SeedRefused, UsageError
from membership_mock.security_ir.attachments import attachment_storage
from membership_mock.security_ir.cases.case_status import CLOSED, READY, Transitions
from membership_mock.testing.aws_side.security_ir import named_fields
from membership_mock.testing.given.case_paths import route, table_with
from membership_mock.testing.given.security_ir_memberships import MembershipSeeds
from membership_mock.testing.given.security_ir_results import (
    SeededAttachment,
    SeededCase,
    SeededComment,
    SeededMembership,
)

#: who writes a comment, and the creator that the comment shows for AWS
_AUTHORS: Mapping[str, Literal["", "AWS Responder", "security-ir.amazonaws.com"]] = {
    "customer": "",
    "AWS Responder": "AWS Responder",
    "security-ir.amazonaws.com": "security-ir.amazonaws.com",
}


class CaseSeeds(MembershipSeeds):
    """Seeds of cases, each with the membership that it needs."""

    def case(
        self,
        account: str | None = None,
        region: str | None = None,
        *,
        resolver: Literal["Self", "AWS"] = "Self",
        status: str = "Submitted",
        title: str = "Unknown key",
        description: str = "An access key nobody knows was used.",
        watchers: Sequence[str | Mapping[str, Any]] = (),
        comments: Sequence[str | Mapping[str, Any]] = (),
        attachments: Sequence[str | Mapping[str, Any]] = (),
        handed_over: bool = False,
        waits_for_customer: bool | None = None,
        closure_code: str | None = None,
        membership: SeededMembership | str | None = None,
        **fields: Any,
    ) -> SeededCase:
        """Return a new case with this status, under the account's active membership.

        The customer moves a self-managed case, and AWS an AWS-supported one, on the shortest route.
        An AWS-supported case is Ready to Close before it is closed.

        Args:
            account: 12 digits; the mock's default account when None.
            region: the membership's region; the mock's default region when None.
            resolver: ``Self`` or ``AWS``.
            status: any that a case with this resolver can have.
            title: up to 300 characters.
            description: up to 8,000 characters.
            watchers: e-mail addresses, or mappings as boto3 takes them.
            comments: bodies of the customer's comments, or mappings of what `comment` takes.
            attachments: names of files, or mappings of what `attachment` takes.
            handed_over: whether an AWS-supported case was a self-managed one first.
            waits_for_customer: whether AWS waits for the customer; None leaves it as it is by
                itself.
            closure_code: the reason that AWS gives when it closes the case; when None, the customer
                closes it.
            membership: a seeded one, instead of account and region; or the id that the active one
                there must have.
            **fields: what boto3's ``create_case`` takes besides, in snake case, too.

        Raises:
            SeedRefused: no case with this resolver has that status, or AWS refuses a call.
            UsageError: no case has this status, a value is not valid, or two arguments contradict
                each other.
        """
        table = table_with(resolver, status)
        more = named_fields("CreateCase", fields)
        if "resolverType" in more:
            raise UsageError("Name the resolver of the case as resolver=, not as resolverType=.")
        watching = _mappings("watchers", watchers, "email")
        to_write = _mappings("comments", comments, "body", ("by", "asks_customer"))
        to_attach = _mappings("attachments", attachments, "file_name", ("content", "status"))
        if closure_code is not None and (resolver != "AWS" or status != CLOSED):
            raise UsageError(
                "Only AWS gives a closure code, when it closes an AWS-supported case: ask for"
                f" resolver='AWS' and status='{CLOSED}' as well, or leave closure_code out."
            )
        if resolver != "AWS" and (handed_over or waits_for_customer is not None):
            raise UsageError(
                "handed_over and waits_for_customer are for AWS-supported cases: ask for"
                " resolver='AWS' as well, or leave them out."
            )
        if status == CLOSED and waits_for_customer:
            raise UsageError(
                "AWS does not wait for the customer in a closed case: leave one of the two out."
            )
        with self._setup.seed("security_ir.case"):
            wanted = membership
            if isinstance(membership, SeededMembership):
                wanted = membership.membership_id
                account = _agreed("account", membership.account, account)
                region = _agreed("region", membership.region, region)
            who, where = self._setup.account(account), self._setup.region(region)
            held = self.membership(who, where)
            if wanted is not None and held.membership_id != wanted:
                raise SeedRefused(
                    f"Membership {wanted} is not the active one of account {who} in {where}, so no"
                    " case can be added to it: leave membership out, or name the active one."
                )
            defaults = {
                "engagementType": "Security Incident",
                "reportedIncidentStartDate": self._setup.running.world.clock.now(),
                "impactedAccounts": [who],
            }
            created = self._call(
                "CreateCase",
                who,
                where,
                **{
                    **defaults,
                    **more,
                    "resolverType": "Self" if handed_over else resolver,
                    "title": title,
                    "description": description,
                    "watchers": watching,
                },
            )
            case_id = str(created["caseId"])
            if handed_over:
                self._call("UpdateResolverType", who, where, caseId=case_id, resolverType=resolver)
            open_case = self._seeded(case_id, who, where, held.membership_id)
            written = tuple(self.comment(open_case, **each) for each in to_write)
            added = tuple(self.attachment(open_case, **each) for each in to_attach)
            self._walk(open_case, table, status, closure_code)
            if waits_for_customer is not None and status != CLOSED:
                self._aws(who, where).wait_for_customer(case_id, waits_for_customer)
            return self._seeded(case_id, who, where, held.membership_id, written, added)

    def comment(
        self,
        case: SeededCase | str | None = None,
        body: str = "When did you first see it?",
        *,
        by: Literal["customer", "AWS Responder", "security-ir.amazonaws.com"] = "customer",
        asks_customer: bool = False,
        account: str | None = None,
        region: str | None = None,
    ) -> SeededComment:
        """Return a new comment on a case, a new case if none is given.

        Args:
            case: a case that was seeded, or the id of one of the account.
            body: the text, up to 12,000 characters.
            by: ``customer``, ``AWS Responder`` or ``security-ir.amazonaws.com``; AWS writes to
                AWS-supported cases only.
            asks_customer: whether AWS waits for the customer from now on.
            account: the owner of the case, if only its id is given; the mock's default account when
                None.
            region: likewise; the mock's default region when None.

        Raises:
            SeedRefused: AWS refuses the comment; the case is closed, for instance.
            UsageError: the author or the arguments are not valid.
        """
        if by not in _AUTHORS:
            raise UsageError(
                f"{by!r} is not an author of comments; the authors are:"
                f" {', '.join(map(repr, _AUTHORS))}."
            )
        if asks_customer and by == "customer":
            raise UsageError("Only AWS asks the customer: pass by='AWS Responder'.")
        with self._setup.seed("security_ir.comment", atomic=case is not None):
            resolver = "Self" if by == "customer" else "AWS"
            case_id, who, where = self._case_of(case, account, region, resolver)
            creator = _AUTHORS[by]
            if creator:
                comment_id = self._aws(who, where).comment(
                    case_id, body, asks_customer=asks_customer, creator=creator
                )
            else:
                created = self._call("CreateCaseComment", who, where, caseId=case_id, body=body)
                comment_id = str(created["commentId"])
            return SeededComment(comment_id, case_id, who, where, creator or who)

    def attachment(
        self,
        case: SeededCase | str | None = None,
        file_name: str = "evidence.txt",
        content: str | bytes = "Who was it?",
        *,
        status: Literal["Pending", "Verified", "Failed"] = "Verified",
        account: str | None = None,
        region: str | None = None,
    ) -> SeededAttachment:
        """Return a new attachment of a case, a new case if none is given.

        Args:
            case: a case that was seeded, or the id of one of the account.
            file_name: letters, digits, ``.``, ``_`` and ``-``; new to the case.
            content: what is uploaded; text as UTF-8, at least one byte.
            status: ``Verified``; ``Failed``, when the scan has found malicious content; or
                ``Pending``, when nothing has been uploaded yet.
            account: the owner of the case, if only its id is given; the mock's default account when
                None.
            region: likewise; the mock's default region when None.

        Raises:
            SeedRefused: AWS refuses the attachment; the case is closed, for instance.
            UsageError: no attachment has that status.
        """
        if status not in ("Pending", "Verified", "Failed"):
            raise UsageError(
                f"An attachment cannot be {status!r}; it can be: Pending, Verified, Failed."
            )
        body = content.encode() if isinstance(content, str) else content
        with self._setup.seed("security_ir.attachment"):
            case_id, who, where = self._case_of(case, account, region, "Self")
            answer = self._call(
                "GetCaseAttachmentUploadUrl",
                who,
                where,
                caseId=case_id,
                fileName=file_name,
                contentLength=len(body),
            )
            if status != "Pending":
                url = str(answer["attachmentPresignedUrl"])
                headers = {"If-None-Match": "*", "Content-Type": "application/octet-stream"}
                attachment_storage.ENDPOINT.serve(
                    self._setup.running.world, PlainHttpRequest("PUT", url, headers, body)
                )
                self._aws(who, where).end_scan(case_id, file_name, status)
            found = self._call("GetCase", who, where, caseId=case_id)["caseAttachments"]
            shown = next(one for one in found if one["fileName"] == file_name)
            return SeededAttachment(
                shown["attachmentId"], case_id, who, where, file_name, shown["attachmentStatus"]
            )

    # --- steps ---

    def _case_of(
        self, case: SeededCase | str | None, account: str | None, region: str | None, resolver: str
    ) -> tuple[str, str, str]:
        """Return id, account and region of a case, of a new one if none is given."""
        if isinstance(case, SeededCase):
            return (
                case.case_id,
                _agreed("account", case.account, account),
                _agreed("region", case.region, region),
            )
        if case is None:
            made = self.case(account, region, resolver="AWS" if resolver == "AWS" else "Self")
            return made.case_id, made.account, made.region
        return case, self._setup.account(account), self._setup.region(region)

    def _walk(
        self, case: SeededCase, table: Transitions, status: str, closure_code: str | None
    ) -> None:
        """Bring a Submitted case to a status; AWS or the customer makes each step."""
        aws = self._aws(case.account, case.region)
        by_aws = case.resolver == "AWS"
        open_end = (READY if by_aws else case.status) if status == CLOSED else status
        for step in route(table, case.status, open_end):
            if by_aws:
                aws.move_case(case.case_id, step)  # type: ignore[arg-type]  # the table's
            else:
                self._call(
                    "UpdateCaseStatus",
                    case.account,
                    case.region,
                    caseId=case.case_id,
                    caseStatus=step,
                )
        if status == CLOSED and closure_code is not None:
            aws.close_case(case.case_id, closure_code)  # type: ignore[arg-type]  # it checks
        elif status == CLOSED:
            self._call("CloseCase", case.account, case.region, caseId=case.case_id)

    def _seeded(
        self,
        case_id: str,
        account: str,
        region: str,
        membership_id: str,
        comments: tuple[SeededComment, ...] = (),
        attachments: tuple[SeededAttachment, ...] = (),
    ) -> SeededCase:
        found = self._call("GetCase", account, region, caseId=case_id)
        return SeededCase(
            case_id,
            found["caseArn"],
            account,
            region,
            membership_id,
            found["resolverType"],
            found["caseStatus"],
            comments,
            attachments,
        )


def _agreed(what: str, of_object: str, said: str | None) -> str:
    if said is not None and said != of_object:
        raise UsageError(
            f"The {what} of the seeded object is {of_object}, not {said}: leave {what} out."
        )
    return of_object


def _mappings(
    what: str, given: Sequence[object], text_is: str = "", others: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Return the entries of a list, which are text or mappings, as mappings.

    Args:
        what: the name of the list.
        given: the list.
        text_is: the key that an entry of mere text stands for; empty if entries must be mappings.
        others: the other keys that an entry may have; empty for any keys.
    """
    entries: list[dict[str, Any]] = []
    for each in given:
        if not isinstance(each, Mapping):
            entries.append({text_is: each})
            continue
        unknown = [key for key in each if others and key not in (text_is, *others)]
        if unknown:
            raise UsageError(
                f"An entry of {what} has no {unknown[0]!r}; it has:"
                f" {', '.join((text_is, *others))}."
            )
        entries.append(dict(each))
    return entries
