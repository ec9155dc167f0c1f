"""The guard of a whole run: what it refuses, what it lets pass, what it reports."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import boto3
import pytest
from botocore.endpoint import Endpoint

from membership_mock import RequestBlocked, UsageError, mock_membership, real_aws
from membership_mock.engine.adapters.suite_guard import decision, installation

CALLS = """
import boto3

CLIENT = boto3.client("s3", region_name="us-east-1")

def call():
    return boto3.client("sts", region_name="us-east-1").get_caller_identity()
"""


@pytest.fixture
def run(pytester: pytest.Pytester):
    """Run one test file with the guard; it can import `call` and `CLIENT` from `calls`."""
    pytester.makepyfile(calls=CALLS)

    def runs(text: str, *arguments: str, conftest: str = "") -> pytest.RunResult:
        pytester.makepyfile(test_it=textwrap.dedent(text))
        if conftest:
            pytester.makeconftest(textwrap.dedent(conftest))
        return pytester.runpytest_subprocess("--membership-mock-guard", "-rA", *arguments)

    return runs


def test_a_call_without_a_mock_fails_and_the_message_names_all_that_is_needed(run) -> None:
    result = run(
        """
        from calls import CLIENT

        def test_orders():
            CLIENT.list_buckets()
        """
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "*RequestBlocked: s3.ListBuckets was called in test_it.py::test_orders, but no mock is*",
            "*the fixture `membership_mock`*",
            "*@pytest.mark.membership_mock_real_aws('s3.ListBuckets')",
            "*python -m membership_mock docs guard-a-suite",
        ]
    )


def test_every_way_to_reach_aws_is_refused(run) -> None:
    result = run(
        """
        import asyncio, threading, unittest, urllib.request
        import aiohttp, boto3, httpx, pytest, requests, urllib3
        from calls import call

        URL = "https://bucket.s3.eu-west-1.amazonaws.com/key"

        def test_thread():
            thread = threading.Thread(target=call)
            thread.start()
            thread.join()

        def test_urllib():
            urllib.request.urlopen(URL)

        def test_urllib3():
            urllib3.PoolManager(retries=False).request("GET", URL)

        def test_requests():
            requests.get(URL)

        def test_httpx():
            httpx.get(URL)

        def test_aiohttp():
            async def get():
                async with aiohttp.ClientSession() as session:
                    await session.get(URL)

            asyncio.run(get())

        def test_plain_http_over_a_proxy():
            proxies = {"http": "http://127.0.0.1:1"}
            requests.get("http://bucket.s3.amazonaws.com/key", proxies=proxies)

        def test_presigned():
            client = boto3.client("s3", region_name="eu-west-1")
            requests.get(client.generate_presigned_url("list_buckets"))

        def test_service_outside_amazonaws_com():
            boto3.client("security-ir", region_name="eu-west-1").list_memberships()

        def test_metadata_service():
            urllib.request.urlopen("http://169.254.169.254/latest/meta-data")

        @pytest.fixture
        def prepared():
            call()

        def test_fixture(prepared): ...

        @pytest.fixture
        def tidied():
            yield
            call()

        def test_tear_down(tidied): ...

        class TestCase(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                call()

            def test_one(self): ...
            def test_two(self): ...
        """
    )
    result.assert_outcomes(failed=10, passed=1, errors=4)
    for expected in (
        "*GET /key was sent in test_it.py::test_urllib, *",
        "*An HTTP client or a socket looked up a host in test_it.py::test_requests, *",
        "*GET http://bucket.s3.amazonaws.com/key was sent in test_it.py::test_plain_http_over*",
        "*security-ir.ListMemberships was called in *(security-ir.eu-west-1.api.aws)*",
        "*sts.GetCallerIdentity was called in the set-up of test_it.py::test_fixture, *",
        "*sts.GetCallerIdentity was called in the tear-down of test_it.py::test_tear_down, *",
        "*sts.GetCallerIdentity was called in the set-up of test_it.py::TestCase::test_one, *",
    ):
        result.stdout.fnmatch_lines([expected])


def test_what_answers_in_the_process_or_beside_aws_is_left_alone(run) -> None:
    result = run(
        """
        import json, threading, unittest
        from http.server import BaseHTTPRequestHandler, HTTPServer
        import boto3, pytest
        from botocore.awsrequest import AWSResponse
        from botocore.stub import Stubber
        from moto import mock_aws
        from calls import CLIENT, call
        from membership_mock import mock_membership

        def test_fixture(membership_mock):
            assert CLIENT.list_buckets()["Buckets"] == []
            assert call()["Account"] == "123456789012"

        @mock_membership
        def test_decorator():
            call()

        @pytest.mark.membership_mock
        def test_marker():
            call()

        class TestCase(unittest.TestCase):
            @classmethod
            def setUpClass(cls):
                cls.mock = mock_membership().start()
                cls.addClassCleanup(cls.mock.stop)

            def test_call(self):
                call()

        @mock_aws
        def test_moto():
            assert boto3.client("s3", region_name="us-east-1").list_buckets()["Buckets"] == []
            assert CLIENT.list_buckets()["Buckets"] == []

        def test_stubber():
            client = boto3.client("dynamodb", region_name="us-east-1")
            with Stubber(client) as stubber:
                stubber.add_response("list_tables", {"TableNames": ["orders"]})
                assert client.list_tables()["TableNames"] == ["orders"]

        class Raw:
            def stream(self, *args, **kwargs):
                yield b'{"TableNames": ["of a handler"]}'

        def test_event_handler():
            client = boto3.client("dynamodb", region_name="us-east-1")
            client.meta.events.register(
                "before-send.dynamodb", lambda request, **_: AWSResponse("", 200, {}, Raw())
            )
            assert client.list_tables()["TableNames"] == ["of a handler"]

        def test_presigning_alone():
            client = boto3.client("s3", region_name="us-east-1")
            assert "Signature" in client.generate_presigned_url("list_buckets")

        class Server(BaseHTTPRequestHandler):
            def do_POST(self):
                signed = self.headers["Authorization"]
                body = json.dumps({"TableNames": [signed.split("Credential=")[1].split("/")[0]]})
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body.encode())

        def test_loopback_endpoint_with_its_own_credentials():
            server = HTTPServer(("127.0.0.1", 0), Server)
            thread = threading.Thread(target=server.handle_request)
            thread.start()
            client = boto3.client(
                "dynamodb",
                region_name="us-east-1",
                endpoint_url=f"http://127.0.0.1:{server.server_port}",
            )
            assert client.list_tables()["TableNames"] == ["AKIDOFTHEUSER"]
            thread.join()
            server.server_close()

        class TestShared:
            def test_wider_scope(self, membership_mock_module):
                call()
        """,
        conftest="""
        import os
        import pathlib
        path = pathlib.Path(__file__).with_name("credentials")
        path.write_text("[default]\\naws_access_key_id=AKIDOFTHEUSER\\naws_secret_access_key=s")
        os.environ["AWS_SHARED_CREDENTIALS_FILE"] = str(path)
        """,
    )
    result.assert_outcomes(passed=10)


def test_no_credentials_are_looked_up_until_a_marker_allows_the_call(
    run, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    script, ran = pytester.path / "process.py", pytester.path / "ran"
    script.write_text(
        f"open({str(ran)!r}, 'a').write('x')\n"
        'print(\'{"Version": 1, "AccessKeyId": "AKIDPROCESS", "SecretAccessKey": "s"}\')\n'
    )
    config = pytester.path / "config"
    config.write_text(f"[default]\ncredential_process = {sys.executable} {script}\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(config))
    result = run(
        f"""
        import pathlib, boto3, pytest
        from botocore.awsrequest import AWSResponse
        from calls import CLIENT
        from membership_mock import RequestBlocked, real_aws

        RAN = pathlib.Path({str(ran)!r})
        SEEN = []

        class Raw:
            def stream(self, *args, **kwargs):
                yield b"<ListAllMyBucketsResult/>"

        def answer(request, **_):
            SEEN.append(request.headers["Authorization"])
            return AWSResponse("", 200, {{}}, Raw())

        def test_refused():
            session = boto3.Session()
            session.client("s3", region_name="us-east-1").list_buckets()

        def test_placeholders():
            assert boto3.Session().get_credentials().access_key == "FOOBARKEY"
            assert not RAN.exists()

        @pytest.mark.membership_mock_real_aws("sts.*")
        def test_other_operation():
            CLIENT.list_buckets()

        def test_still_no_look_up():
            assert not RAN.exists()

        @pytest.mark.membership_mock_real_aws("s3.List*")
        def test_allowed_client_of_the_import():
            CLIENT.meta.events.register("before-send.s3", answer, unique_id="answer")
            CLIENT.list_buckets()
            CLIENT.list_buckets()
            assert b"AKIDPROCESS" in SEEN[-1]
            assert RAN.read_text() == "x"

        def test_mocked_after_it(membership_mock):
            del SEEN[:]
            CLIENT.list_buckets()
            assert b"FOOBARKEY" in SEEN[-1]

        def test_block():
            with real_aws():
                CLIENT.list_buckets()
            assert b"AKIDPROCESS" in SEEN[-1]

        def test_new_session_in_a_block():
            with real_aws():
                assert boto3.Session().get_credentials().access_key == "AKIDPROCESS"
        """
    )
    result.assert_outcomes(passed=6, failed=2)
    result.stdout.fnmatch_lines(["*s3.ListBuckets was called in test_it.py::test_refused*"])
    result.stdout.fnmatch_lines(["*s3.ListBuckets was called in *::test_other_operation*"])


def test_an_error_that_the_code_swallows_is_reported_at_the_end_of_the_test(run) -> None:
    result = run(
        """
        import unittest, pytest
        from calls import call

        def swallow():
            try:
                call()
            except Exception:
                return None

        def test_swallowed():
            swallow()

        def test_turned_into_another_error():
            try:
                call()
            except Exception:
                raise LookupError("no account") from None

        class TestCase(unittest.TestCase):
            def test_of_unittest(self):
                swallow()

        @pytest.fixture
        def prepared():
            swallow()

        def test_set_up(prepared): ...

        def test_next(): ...

        @pytest.mark.xfail(strict=True)
        def test_expected_to_fail():
            swallow()
        """
    )
    result.assert_outcomes(failed=3, errors=1, passed=1, xfailed=1)
    result.stdout.fnmatch_lines(
        [
            "*sts.GetCallerIdentity was called in test_it.py::test_swallowed,*",
            "*has caught the error and gone on*",
        ]
    )
    result.stdout.fnmatch_lines(
        [
            "*LookupError: no account*",
            "*- membership_mock_guard -*",
            "sts.GetCallerIdentity was called in test_it.py::test_turned_into_another_error,*",
        ]
    )


def test_a_call_that_a_conftest_swallows_is_an_error_of_the_collection(run) -> None:
    result = run(
        "def test_it(): ...",
        conftest="import calls\ntry:\n    calls.call()\nexcept Exception: pass",
    )
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*sts.GetCallerIdentity was called before any test, but no mock*"])


def test_a_call_at_import_is_an_error_of_the_collection(run, pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_swallowing="from calls import call\ntry:\n call()\nexcept Exception: pass"
    )
    result = run("from calls import call\ncall()\ndef test_it(): ...")
    result.assert_outcomes(errors=2)
    for file in ("test_it.py", "test_swallowing.py"):
        result.stdout.fnmatch_lines(
            [f"*sts.GetCallerIdentity was called at the import of {file}, but no mock is running*"]
        )


@pytest.mark.parametrize(
    ("marker", "message"),
    [
        ("('nosuch.Thing')", "'nosuch.Thing' names no service of AWS*"),
        ("('ListBuckets*')", "'ListBuckets*' names no service: *"),
        (
            "(reason='x')",
            "@pytest.mark.membership_mock_real_aws takes operations only, e.g. 's3.GetObject', not reason='x'.*",
        ),
    ],
)
def test_a_wrong_marker_is_a_usage_error_of_its_test(run, marker: str, message: str) -> None:
    result = run(
        f"""
        import pytest

        @pytest.mark.membership_mock_real_aws{marker}
        def test_marked(): ...

        def test_other(): ...
        """
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([f"*UsageError: {message}"])


def test_a_guarded_worker_of_xdist_imports_botocore_no_sooner_than_the_code_does(
    tmp_path: Path,
) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\nmembership_mock_guard = true\n")
    (tmp_path / "test_it.py").write_text(
        textwrap.dedent(
            """
            import sys, pytest

            def test_nothing_is_imported():
                assert not {"boto3", "botocore", "moto"} & set(sys.modules)

            def test_a_client_that_is_imported_later_is_guarded():
                import boto3
                from membership_mock import RequestBlocked
                client = boto3.client("s3", region_name="us-east-1")
                with pytest.raises(RequestBlocked):
                    client.list_buckets()
                assert "moto" not in sys.modules
            """
        )
    )
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "1"],
        cwd=tmp_path,
        check=False,
        capture_output=True,
        text=True,
    )
    assert "1 failed, 1 passed" in done.stdout, done.stdout  # the refusal was caught by the test
    assert "has caught the error and gone on" in done.stdout


# --- in this process ---


@pytest.fixture
def guard():
    guard = decision.SuiteGuard()
    installation.put(guard)
    yield guard
    installation.remove(guard)
    guard.take_refused()


def _list_buckets() -> None:
    boto3.client("s3", region_name="us-east-1").list_buckets()


def test_the_guard_is_back_after_a_mock_has_ended(guard: decision.SuiteGuard) -> None:
    with mock_membership():
        _list_buckets()
    with pytest.raises(RequestBlocked):
        _list_buckets()
    assert len(guard.take_refused()) == 1


def test_a_client_that_outlives_its_mock_is_noted_as_well(guard: decision.SuiteGuard) -> None:
    with mock_membership() as mock:
        client = mock.client("security-ir")
    with pytest.raises(UsageError, match="made inside a mock"):
        client.list_memberships()
    (noted,) = guard.take_refused()
    assert "security-ir.ListMemberships" in str(noted)


def test_what_a_running_mock_aws_does_not_answer_is_refused_with_the_reason(
    guard: decision.SuiteGuard,
) -> None:
    from moto import mock_aws
    from moto.core.models import botocore_stubber

    client = boto3.client("s3", region_name="us-east-1")
    # as in a session that is older than the import of moto
    client.meta.events.unregister("before-send", botocore_stubber)
    with mock_aws(), pytest.raises(RequestBlocked) as refused:
        client.list_buckets()
    happened, to_mock = str(refused.value).splitlines()[:2]
    assert "s3.ListBuckets was called" in happened
    assert "but moto's mock_aws, which is running, does not answer it, and the guard" in happened
    assert "or start `mock_membership()`: it answers clients of any age" in to_mock


def test_a_passthrough_of_moto_is_not_refused(guard: decision.SuiteGuard) -> None:
    from moto import mock_aws

    passthrough = {"core": {"passthrough": {"urls": ["https://s3.amazonaws.com"]}}}
    with mock_aws(config=passthrough):
        assert not decision.is_refused("https://s3.amazonaws.com/")
        assert decision.is_refused("https://sts.amazonaws.com/")


def test_nothing_is_left_of_the_guard_at_its_end() -> None:
    before = vars(Endpoint)["_send"], vars(Endpoint)["make_request"]
    guard = decision.SuiteGuard()
    installation.put(guard)
    assert vars(Endpoint)["_send"] is not before[0]
    installation.remove(guard)
    installation.remove(guard)
    assert (vars(Endpoint)["_send"], vars(Endpoint)["make_request"]) == before


def test_the_block_checks_its_operations() -> None:
    with pytest.raises(UsageError, match="names no service of AWS; nearest: 's3"):
        real_aws("s33.GetObject")
    with pytest.raises(UsageError, match="'CreateCase' names no service"):
        real_aws("CreateCase")
