"""Answers requests: context, parse, validate, authorize, handler, serialize, call record.

Every adapter passes requests to `RequestPipeline`, whether they come from botocore's clients or
from moto's response handlers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from email.utils import formatdate
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from membership_mock.engine.lazy_dataclasses import dataclass
from membership_mock.engine.pipeline import idempotency, page_tokens
from membership_mock.engine.pipeline.authorization import Authorization, demands
from membership_mock.engine.pipeline.backends import Backends
from membership_mock.engine.pipeline.call_record import Entry, RecordedRequest
from membership_mock.engine.pipeline.caller import caller_of, signing_key
from membership_mock.engine.pipeline.context import Context
from membership_mock.engine.pipeline.hooks import HookChain, InterceptedCall
from membership_mock.engine.pipeline.other_pipeline import OtherPipeline
from membership_mock.engine.pipeline.setup_calls import is_setup_call
from membership_mock.engine.pipeline.unmocked import refusal_of_unmocked
from membership_mock.engine.protocol.codec import (
    Invalid,
    OperationCodec,
    Unparsable,
    codec,
    service_error_response,
)
from membership_mock.engine.protocol.http import HttpAnswer, HttpRequest
from membership_mock.engine.protocol.model import declared_errors, service_model
from membership_mock.engine.protocol.pagination import Listing
from membership_mock.engine.protocol.regions import partition_of
from membership_mock.engine.protocol.router import router
from membership_mock.errors import OperationNotMocked, ServiceError

if TYPE_CHECKING:
    from membership_mock.engine.pipeline.call_record import Record
    from membership_mock.engine.pipeline.handlers import Handler
    from membership_mock.engine.pipeline.operation import Backend, Family
    from membership_mock.engine.protocol.refusals import Refusals
    from membership_mock.engine.state.world import World


@dataclass(slots=True)
class MockedOperation:
    """What requests for one operation share: its handler, its codec and its refusals."""

    handler: Handler
    codec: OperationCodec
    refusals: Refusals
    unused: frozenset[str]  # fields newer than this package, which the handler does not take


class RequestPipeline:
    """Answers the requests to one running mock.

    Args:
        backends: the backends of all services.
        authorization: finds the account of an access key, and applies IAM policies.
        world: their state.
        record: stores every call.
        default_account: the account of requests that name none.

    Attributes:
        hooks: what the test author does to calls.
        let_pass: called with the seconds that a client would have waited for an answer.
        unmocked: how often each operation was called that no mock answers, e.g.
            ``securityhub.CreateInsight``; also those of services that moto does not have.
        other: answers the requests to moto's services.
    """

    def __init__(
        self,
        backends: Backends,
        authorization: Authorization,
        world: World,
        record: Record,
        default_account: str,
    ) -> None:
        self.services = backends.services
        self.default_account = default_account
        self.hooks = HookChain()
        self.let_pass: Callable[[float], None] = lambda _: None
        self.unmocked: Counter[str] = Counter()
        self._backends = backends
        self._authorization = authorization
        self._world = world
        self._record = record
        self._operations: dict[tuple[str, str], MockedOperation] = {}
        self.other = OtherPipeline(world, record, self.hooks, self.caller_of, self._arrive)

    def serve(self, service: str, operation: str | None, request: HttpRequest) -> HttpAnswer:
        """Answer a request.

        Args:
            service: the service's id.
            operation: the operation's name; None when only method and path are known.
            request: what was sent.

        Raises:
            OperationNotMocked: the operation exists but is not mocked.
            Exception: what a hook raises.
        """
        world = self._world
        account, region = self.caller_of(request)
        now = world.clock.now()
        request_id = world.uuid()
        name = (
            operation or router(service).match(request.method, request.path) or "UnknownOperation"
        )
        context = Context(
            world,
            service,
            name,
            account,
            region,
            partition_of(region),
            now,
            request_id,
            signing_key(request.headers),
            request.invoked_by,
        )
        is_setup = is_setup_call()
        if is_setup or self.hooks.is_empty_outside:
            return self._serve(context, request, is_setup=is_setup)
        is_known = name in service_model(service).operation_names
        layout = codec(service, name, frozenset()) if is_known else None
        self._arrive(Entry(context, RecordedRequest.of(request, layout), None, None))
        try:
            return self._serve(context, request, is_setup=False)
        finally:
            self.hooks.end(context)

    def _arrive(self, entry: Entry) -> None:
        """Let each hook inspect a call that has arrived; record it if one refuses it."""
        try:
            self.hooks.arrive(entry)
        except Exception as raised:
            entry.error = raised
            with self._world.lock:
                self._record.add(entry)
            raise

    def _serve(self, context: Context, request: HttpRequest, *, is_setup: bool) -> HttpAnswer:
        """Answer a request that has arrived, and record it."""
        world, service, name = context.world, context.service, context.operation
        now, request_id = context.now, context.request_id
        backend_class = self.services[service]
        mocked = None
        error: Exception | None = None
        with world.lock:
            try:
                try:
                    mocked = self._mocked_operation(context, backend_class, request)
                except OperationNotMocked as refusal:
                    answer = self._answer_unmocked(context, request, refusal)
                else:
                    answer = self._answer(mocked, backend_class, context, request)
            except ServiceError as refusal:
                error = refusal
                if mocked is None:
                    answer = HttpAnswer(*service_error_response(service, refusal))
                else:
                    answer = HttpAnswer(*mocked.codec.serialize_error(refusal), refusal.delay)
            except Exception as raised:
                if not is_setup:
                    self._record.add(Entry(context, _recorded(request, mocked), None, raised))
                    if isinstance(raised, OperationNotMocked):
                        self.unmocked[f"{service}.{name}"] += 1
                raise
            if not is_setup:
                self._record.add(Entry(context, _recorded(request, mocked), answer, error))
        second = int(now.timestamp())
        headers = {
            **answer.headers,
            "content-length": str(len(answer.body)),
            "date": _http_date(second),
            "x-amzn-requestid": request_id,
            "x-amz-apigw-id": f"{request_id[:8]}{request_id[-7:]}=",
            "x-amzn-trace-id": (
                f"Root=1-{second:08x}-{request_id[-12:]}{request_id[:8]}{request_id[9:13]}"
            ),
        }
        # A new object: the stored answer to an idempotency token must not change.
        return HttpAnswer(answer.status, headers, answer.body, answer.delay)

    def caller_of(self, request: HttpRequest) -> tuple[str, str]:
        """Return account and region of the caller of a request."""
        return caller_of(request, self.default_account, self._authorization.account_of_access_key)

    def new_context(self, service: str, operation: str, account_id: str, region: str) -> Context:
        """Return a context of this moment, for code that runs without a request."""
        world = self._world
        return Context(
            world,
            service,
            operation,
            account_id,
            region,
            partition_of(region),
            world.clock.now(),
            world.uuid(),
        )

    def forget_operations(self) -> None:
        """Check moto's configuration again at the next request for each operation."""
        self._operations.clear()

    def call(self, backend: Backend, operation: str, arguments: dict[str, Any]) -> Any:
        """Call a handler for moto's Tagging API: no hook sees it, and it is not recorded."""
        context = self.new_context(
            backend.service, operation, backend.account_id, backend.region_name
        )
        with self._world.lock:
            handler = self.services[backend.service].handlers[operation]
            return handler.method(backend.family(handler.family), context, **arguments)

    def _mocked_operation(
        self, context: Context, backend_class: type[Backend], request: HttpRequest
    ) -> MockedOperation:
        key = (context.service, context.operation)
        mocked = self._operations.get(key)
        if mocked is not None:
            return mocked
        self._authorization.check_service(context.service)
        handler = backend_class.handlers.get(context.operation)
        if handler is None:
            raise refusal_of_unmocked(context, backend_class, request)
        compiled = codec(*key, backend_class.unique_lists, backend_class.unchecked_shapes)
        paging = compiled.paging
        taken = {compiled.token_field, *((paging.limit_key, paging.input_token) if paging else ())}
        unused = frozenset(compiled.fields) - taken - set(handler.accepts)
        refusals = backend_class.refusals.for_operation(declared_errors(compiled.model))
        mocked = self._operations[key] = MockedOperation(handler, compiled, refusals, unused)
        return mocked

    def _answer_unmocked(
        self, context: Context, request: HttpRequest, refusal: OperationNotMocked
    ) -> HttpAnswer:
        """Let hooks answer an operation of our services that is not mocked.

        Raises:
            OperationNotMocked: none of them does.
        """
        if self.hooks.is_empty_around or is_setup_call():
            raise refusal
        model = service_model(context.service).operation_model(context.operation)
        call = InterceptedCall(context, request, model, True, {}, RecordedRequest.of(request))

        def proceed() -> HttpAnswer:
            raise refusal

        return self.hooks.run(call, proceed)

    def _answer(
        self,
        mocked: MockedOperation,
        backend_class: type[Backend],
        context: Context,
        request: HttpRequest,
    ) -> HttpAnswer:
        refusals, compiled = mocked.refusals, mocked.codec
        if len(request.body) > refusals.body_limit:
            raise refusals.too_large()
        try:
            arguments = compiled.parse(request.path, request.query, request.headers, request.body)
        except Invalid as invalid:
            raise refusals.invalid(invalid.violations) from None
        except Unparsable as unparsable:
            raise refusals.unparsable(str(unparsable)) from None
        if is_setup_call():
            return self._take(mocked, backend_class, context, arguments, request)
        self._authorization.authorize(
            request,
            context.account_id,
            lambda: demands(
                backend_class.iam_resources,
                mocked.handler.mark.action or context.operation,
                context,
                arguments,
                self._backends.tags_of,
            ),
            refusals,
        )
        if self.hooks.is_empty_around:
            return self._take(mocked, backend_class, context, arguments, request)
        return self.hooks.run(
            InterceptedCall(
                context, request, compiled.model, True, arguments, _recorded(request, mocked)
            ),
            lambda: self._take(mocked, backend_class, context, arguments, request),
        )

    def _take(
        self,
        mocked: MockedOperation,
        backend_class: type[Backend],
        context: Context,
        arguments: dict[str, Any],
        request: HttpRequest,
    ) -> HttpAnswer:
        """Answer a valid call: call its handler, unless it repeats an idempotency token."""
        compiled = mocked.codec
        for name in mocked.unused & arguments.keys():
            del arguments[name]
        token = arguments.pop(compiled.token_field, None) if compiled.token_field else None
        if token is None:
            return HttpAnswer(
                *compiled.serialize(self._perform(mocked, backend_class, context, arguments))
            )
        return self._once(token, mocked, backend_class, context, arguments, request)

    def _once(
        self,
        token: str,
        mocked: MockedOperation,
        backend_class: type[Backend],
        context: Context,
        arguments: dict[str, Any],
        request: HttpRequest,
    ) -> HttpAnswer:
        """Answer a call with an idempotency token: only the first call reaches the handler."""
        here = (context.account_id, context.region)
        store = self._world.store_at(idempotency.TokenStore, here)
        resources = [str(arguments.get(name, "")) for name in mocked.codec.labels]
        key = (context.service, context.operation, *resources, token)
        first = store.find(key, context.now)
        if first is not None:
            parse = mocked.codec.parse
            sent = parse(request.path, request.query, request.headers, request.body)
            if sent == parse(first.path, first.query, {}, first.body):
                return first.answer
            raise mocked.refusals.token_reused(str(mocked.codec.token_name), token)
        answer = HttpAnswer(
            *mocked.codec.serialize(self._perform(mocked, backend_class, context, arguments))
        )
        store.used[key] = idempotency.Remembered(
            request.path, request.query, request.body, answer, context.now
        )
        return answer

    def _perform(
        self,
        mocked: MockedOperation,
        backend_class: type[Backend],
        context: Context,
        arguments: dict[str, Any],
    ) -> Any:
        """Call the handler, and cut one page if it returns a list."""
        backend = self._backends.of(context.service, context.account_id, context.region)
        handler, paging = mocked.handler, mocked.codec.paging
        family = backend.family(handler.family)
        if paging is None:
            return _handle(handler, family, context, arguments)
        size = arguments.pop(paging.limit_key, handler.mark.page_size or paging.page_size)
        token = arguments.pop(paging.input_token, None)
        after = None
        if token and token not in backend_class.first_page_tokens:
            # before the handler runs, because a read may settle states
            after = page_tokens.read(token, context, arguments)
            if after is None:
                raise mocked.refusals.bad_page_token(paging.token_name)
        answer = _handle(handler, family, context, arguments)
        listing = answer[paging.result_key]
        if not isinstance(listing, Listing):
            return answer
        entries, following = listing.page(size, after)
        shown = {**answer, paging.result_key: entries}
        if following is not None:
            shown[paging.output_token] = page_tokens.write(following, context, arguments)
        return shown


def _handle(handler: Handler, family: Family, context: Context, arguments: dict[str, Any]) -> Any:
    """Call a handler; one that raises has changed nothing, nor looked at anything."""
    world = context.world
    outer, world.undone_if_refused = world.undone_if_refused, context.undone_if_refused
    try:
        return handler.method(family, context, **arguments)
    except Exception:
        context.refused()
        raise
    finally:
        world.undone_if_refused = outer


def _recorded(request: HttpRequest, mocked: MockedOperation | None) -> RecordedRequest:
    return RecordedRequest.of(request, mocked.codec if mocked is not None else None)


@lru_cache(maxsize=8)
def _http_date(seconds: int) -> str:
    return formatdate(seconds, usegmt=True)
