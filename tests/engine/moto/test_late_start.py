"""moto is started when a process first imports it, and the mock that runs does not notice.

Each test runs a program in a fresh process, because a test's own process has imported moto long
ago.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.engine.moto.fresh_processes import FreshProcesses

Run = Callable[..., str]


@pytest.fixture(scope="module")
def run() -> Iterator[Run]:
    """Run a program in a fresh process, and return what it prints; see `FreshProcesses.run`."""
    processes = FreshProcesses()
    yield processes.run
    processes.close()


def test_a_test_of_our_services_does_not_import_moto(run: Run) -> None:
    run("""
        before = boto3.DEFAULT_SESSION
        for _ in range(2):
            with mock_membership() as mock:
                client("securityhub").enable_security_hub()
                client("security-ir").list_memberships()
                client("cleanrooms").list_collaborations()
                mock.given.security_ir.membership("111122223333")
                mock.given.cleanrooms.collaboration()
                assert mock.calls and mock.report()
                assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
            assert os.environ["AWS_ACCESS_KEY_ID"] == "mine"
            assert boto3.DEFAULT_SESSION is before
        assert not moto_is_imported()
        watches = [each for each in sys.meta_path if "Watch" in type(each).__name__]
        assert len(watches) == 1  # which waits for moto's import, and belongs to no mock
    """)


def test_a_call_to_a_service_of_motos_starts_it_and_both_know_each_other(run: Run) -> None:
    run("""
        with mock_membership() as mock:
            hub = client("securityhub")
            hub.enable_security_hub(Tags={"team": "red"})
            assert not moto_is_imported()
            organizations = client("organizations")
            organizations.create_organization(FeatureSet="ALL")
            new = organizations.create_account(AccountName="a", Email="a@example.com")
            account = new["CreateAccountStatus"]["AccountId"]
            organizations.enable_aws_service_access(ServicePrincipal="securityhub.amazonaws.com")
            hub.enable_organization_admin_account(AdminAccountId=account)
            found = hub.list_organization_admin_accounts()["AdminAccounts"]
            assert [each["AccountId"] for each in found] == [account]
            # the hub was there before moto
            tagged = client("resourcegroupstaggingapi").get_resources()["ResourceTagMappingList"]
            assert [each["Tags"] for each in tagged] == [[{"Key": "team", "Value": "red"}]], tagged
            assert len(mock.calls.filter("securityhub.EnableSecurityHub")) == 1
            assert len(mock.calls.filter("organizations.CreateAccount")) == 1
            # a change in moto reaches our service
            organizations.deregister_delegated_administrator(
                AccountId=account, ServicePrincipal="securityhub.amazonaws.com")
            assert hub.list_organization_admin_accounts()["AdminAccounts"] == []
        assert os.environ["AWS_ACCESS_KEY_ID"] == "mine"
        with mock_membership():  # moto is started at once now, and is empty
            assert client("resourcegroupstaggingapi").get_resources()["ResourceTagMappingList"] == []
    """)


def test_what_a_test_does_with_motos_own_objects_counts_from_their_import_on(run: Run) -> None:
    run("""
        with mock_membership():
            client("security-ir").list_memberships()
            from moto.core.models import botocore_stubber
            assert botocore_stubber.enabled
            from moto.backends import get_backend
            backend = get_backend("organizations")["123456789012"]["aws"]
            backend.create_organization("us-east-1", FeatureSet="ALL")
            assert client("organizations").describe_organization()["Organization"]
            hub = client("securityhub")
            hub.enable_security_hub()
            hub.enable_organization_admin_account(AdminAccountId="123456789012")
        assert not botocore_stubber.enabled
        assert backend.org is None
    """)


def test_moto_is_not_started_by_an_import_after_the_mock(run: Run) -> None:
    run("""
        with mock_membership():
            client("security-ir").list_memberships()
        import moto
        from moto.core.models import MockAWS, botocore_stubber
        assert not botocore_stubber.enabled
        assert MockAWS._nested_count == 0
    """)


def test_a_mock_aws_inside_the_mock_shares_its_state_and_leaves_it_running(run: Run) -> None:
    run("""
        with mock_membership():
            client("securityhub").enable_security_hub()
            from moto import mock_aws
            with mock_aws():
                assert client("securityhub").describe_hub()["HubArn"]
                client("sns").create_topic(Name="alarms")
            assert client("securityhub").describe_hub()["HubArn"]
            assert len(client("sns").list_topics()["Topics"]) == 1
    """)


SEEDED = """
    if {first}:
        import moto
    with mock_membership(seed=7):
        ir = client("security-ir")
        team = [dict(name=n, jobTitle="Lead", email=n + "@example.com") for n in ("Ann", "Bob")]
        print(ir.create_membership(membershipName="Example", incidentResponseTeam=team)["membershipId"])
        print(client("organizations").create_organization(FeatureSet="ALL")["Organization"]["Id"])
        print(client("cleanrooms").create_collaboration(
            name="c", description="d", members=[], creatorMemberAbilities=["CAN_QUERY", "CAN_RECEIVE_RESULTS"],
            creatorDisplayName="e",
            queryLogStatus="DISABLED")["collaboration"]["id"])
    import moto.moto_api._internal as source
    state = source.mock_random.getstate()
    with mock_membership(seed=7):
        client("sts").get_caller_identity()
    assert source.mock_random.getstate() == state
"""


def test_a_seed_gives_the_same_ids_whenever_moto_is_imported(run: Run) -> None:
    late, early = (run(SEEDED.format(first=first)) for first in (False, True))
    assert late == early
    assert len(set(late.split())) == 3


def test_credentials_of_the_test_stay_when_moto_starts_and_the_users_come_back(run: Run) -> None:
    run("""
        mine = boto3.Session(region_name="eu-west-1")
        boto3.DEFAULT_SESSION = mine
        with mock_membership():
            os.environ["AWS_ACCESS_KEY_ID"] = "of-the-test"
            session = boto3.DEFAULT_SESSION
            assert session is None
            client("sts").get_caller_identity()
            assert os.environ["AWS_ACCESS_KEY_ID"] == "of-the-test"
            assert os.environ["AWS_SECRET_ACCESS_KEY"] == "FOOBARSECRET"
            assert boto3.DEFAULT_SESSION not in (None, mine)
            del os.environ["AWS_SECRET_ACCESS_KEY"]
        assert os.environ["AWS_ACCESS_KEY_ID"] == "mine"
        assert os.environ["AWS_SECRET_ACCESS_KEY"] == "secret"
        assert boto3.DEFAULT_SESSION is mine
    """)


@pytest.mark.parametrize("library", ["urllib.request", "requests"])
def test_plain_http_is_served_whatever_imports_it(run: Run, library: str) -> None:
    run(f"""
        LIBRARY = {library!r}
        def put(url, body):
            if LIBRARY == "requests":
                import requests
                return requests.put(url, data=body).status_code
            import urllib.request
            return urllib.request.urlopen(urllib.request.Request(url, body, method="PUT")).status

        with mock_membership() as mock:
            mock.given.security_ir.membership()
            ir = client("security-ir")
            case = mock.given.security_ir.case()
            upload = ir.get_case_attachment_upload_url(
                caseId=getattr(case, "case_id", case), fileName="a.txt", contentLength=3)
            assert put(upload["attachmentPresignedUrl"], b"abc") == 200
    """)


@pytest.mark.parametrize(
    ("first", "options"),
    [
        ("", "config={'core': {'service_whitelist': ['securityhub']}}"),
        ("os.environ['MOTO_ALLOW_NONEXISTENT_REGION'] = 'true'", ""),
        ("import requests", ""),
        ("import moto.core", ""),
    ],
    ids=["a configuration", "a setting", "requests", "moto"],
)
def test_moto_starts_with_the_mock_where_that_makes_a_difference(
    run: Run, first: str, options: str
) -> None:
    run(f"""
        {first}
        with mock_membership({options}):
            from moto.core.models import MockAWS
            assert MockAWS._nested_count == 1
            client("securityhub").enable_security_hub()
    """)


def test_an_inner_mock_with_a_configuration_starts_moto_for_the_time_of_the_mock(run: Run) -> None:
    run("""
        with mock_membership():
            client("securityhub").enable_security_hub()
            with mock_membership(config={"core": {"service_whitelist": ["sts"]}}):
                try:
                    client("securityhub").describe_hub()
                except Exception as refused:
                    assert "not whitelisted" in str(refused).lower(), refused
                else:
                    raise AssertionError("the configuration has no effect")
            assert client("securityhub").describe_hub()["HubArn"]
    """)


def test_a_client_from_before_moto_is_served_by_a_later_mock_aws(run: Run) -> None:
    run("""
        made_outside = client("sns")
        with mock_membership():
            made_inside = client("securityhub")
            made_inside.enable_security_hub()
        from moto import mock_aws
        with mock_aws():
            assert made_outside.list_topics()["Topics"] == []
            made_inside.enable_security_hub()  # which moto answers
            assert made_inside.describe_hub()["HubArn"]
        from botocore.handlers import BUILTIN_HANDLERS
        assert [each[0] for each in BUILTIN_HANDLERS].count("before-send") == 1
    """)


def test_the_tools_work_in_a_world_without_moto_and_with_it(run: Run) -> None:
    run("""
        with mock_membership(account="111122223333") as mock:
            client("securityhub").enable_security_hub()
            assert "securityhub" in str(mock)
            mock.reset()
            assert not moto_is_imported()
            hub = client("securityhub")
            hub.enable_security_hub()
            before = mock.snapshot()
            hub.disable_security_hub()
            client("organizations").create_organization(FeatureSet="ALL")
            mock.restore(before)
            assert hub.describe_hub()["HubArn"]
            dump = mock.dump()
        with mock_membership(account="111122223333") as mock:
            mock.load(dump)
            assert client("securityhub").describe_hub()["HubArn"]
            mock.organization({"a": None})
            assert len(client("organizations").list_accounts()["Accounts"]) == 2
    """)


def test_threads_may_import_moto_while_others_call_and_the_mock_ends(run: Run) -> None:
    run("""
        import threading
        failed = []

        def call(service, operation):
            try:
                getattr(client(service), operation)()
            except Exception as error:
                failed.append(repr(error))

        def import_moto():
            import moto.organizations.models, moto.backends

        with mock_membership():
            hub = client("securityhub")
            hub.enable_security_hub()
            threads = [threading.Thread(target=import_moto) for _ in range(4)]
            threads += [
                threading.Thread(target=call, args=each) for each in (
                    ("securityhub", "describe_hub"), ("sts", "get_caller_identity"),
                    ("security-ir", "list_memberships"), ("s3", "list_buckets"),
                ) * 3
            ]
            for each in threads: each.start()
            for each in threads: each.join()
            assert client("organizations").create_organization(FeatureSet="ALL")
        assert not failed, failed
        from moto.core.models import MockAWS
        assert MockAWS._nested_count == 0
    """)


@pytest.mark.parametrize("made", ["before", "after"])
def test_a_mock_aws_after_the_mock_serves_each_request_once(run: Run, made: str) -> None:
    run(f"""
        with mock_membership():
            client("security-ir").list_memberships()
        if {made == "before"}:
            sqs = client("sqs")
        from moto import mock_aws
        from moto.core import patch_client
        if {made == "after"}:
            sqs = client("sqs")
        with mock_aws():
            patch_client(sqs)
            queue = sqs.create_queue(QueueName="jobs")["QueueUrl"]
            sqs.send_message(QueueUrl=queue, MessageBody="once")
            found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])["Attributes"]
            assert found["ApproximateNumberOfMessages"] == "1", found
        assert not any("Watch" in type(each).__name__ for each in sys.meta_path)
    """)


@pytest.mark.parametrize("library", ["responses", "requests_mock"])
def test_a_library_that_replaces_requests_may_be_imported_in_the_mock(
    run: Run, library: str
) -> None:
    run(f"""
        with mock_membership():
            client("security-ir").list_memberships()
            import {library}
            import requests
            if "{library}" == "responses":
                with responses.RequestsMock() as mocked:
                    mocked.get("http://example.com/", body="mocked")
                    assert requests.get("http://example.com/").text == "mocked"
            else:
                with requests_mock.Mocker() as mocked:
                    mocked.get("http://example.com/", text="mocked")
                    assert requests.get("http://example.com/").text == "mocked"
            from moto.core.models import MockAWS
            assert MockAWS._nested_count == 1
    """)


def test_the_default_session_comes_back_when_the_last_of_overlapping_mocks_ends(run: Run) -> None:
    run("""
        mine = boto3.DEFAULT_SESSION = boto3.Session(region_name="eu-west-1")
        first = mock_membership()
        first.start()
        client("securityhub").enable_security_hub()
        from moto import mock_aws
        second = mock_aws()
        second.start()
        first.stop()
        assert boto3.DEFAULT_SESSION is not mine  # which may have been made without moto's handler
        assert client("sns").list_topics()["Topics"] == []
        second.stop()
    """)


def test_other_finders_that_ask_all_finders_do_not_ask_each_other_for_ever(run: Run) -> None:
    run("""
        class Finder:
            @classmethod
            def find_spec(cls, name, path=None, target=None):
                for each in sys.meta_path:
                    if each is not cls and name == "moto":
                        spec = each.find_spec(name, path, target)
                        if spec is not None:
                            return spec
                return None

        sys.meta_path.insert(0, Finder)
        with mock_membership():
            client("securityhub").enable_security_hub()
            assert client("sts").get_caller_identity()["Account"]
            from moto.core.models import MockAWS
            assert MockAWS._nested_count == 1
    """)


def test_a_mock_that_ends_waits_for_a_thread_that_starts_moto(run: Run) -> None:
    run("""
        import threading
        from membership_mock.engine.moto.presence import ImportWatch
        from membership_mock.engine.moto_of_mock import MotoOfMock

        end, put = ImportWatch.end, MotoOfMock._put
        starts, ends = threading.Event(), threading.Event()

        def end_from_now_on(watch):
            if threading.current_thread() is threading.main_thread():
                ends.set()
            end(watch)

        def put_while_it_ends(moto, **others):
            starts.set()
            assert ends.wait(30)
            put(moto, **others)

        def import_moto():
            try:
                import moto
            except Exception as error:
                failed.append(repr(error))

        failed = []
        thread = threading.Thread(target=import_moto)
        with mock_membership():
            client("securityhub").enable_security_hub()
            ImportWatch.end, MotoOfMock._put = end_from_now_on, put_while_it_ends
            thread.start()
            assert starts.wait(30)
        thread.join()
        assert not failed, failed
        from moto.core.models import MockAWS
        assert MockAWS._nested_count == 0
        assert os.environ["AWS_ACCESS_KEY_ID"] == "mine"
    """)


@pytest.mark.parametrize("imported", ["before", "after"])
def test_a_thread_may_import_moto_while_a_mock_starts(run: Run, imported: str) -> None:
    run(f"""
        import threading
        import membership_mock.engine.running
        from membership_mock.engine.moto.presence import ImportWatch

        begin = ImportWatch.begin
        thread = threading.Thread(target=__import__, args=("moto",))

        def begin_beside_an_import(watch):
            if {imported == "after"}:
                begin(watch)
            thread.start()
            thread.join()
            if {imported == "before"}:
                begin(watch)

        mine = boto3.DEFAULT_SESSION = boto3.Session(region_name="eu-west-1")
        ImportWatch.begin = begin_beside_an_import
        with mock_membership():
            from moto.core.models import MockAWS
            assert MockAWS._nested_count == 1
            assert os.environ["AWS_ACCESS_KEY_ID"] == "FOOBARKEY"
            assert boto3.DEFAULT_SESSION is None
            client("securityhub").enable_security_hub()
            assert client("sts").get_caller_identity()["Account"] == "123456789012"
        assert MockAWS._nested_count == 0
        assert os.environ["AWS_ACCESS_KEY_ID"] == "mine"
        assert boto3.DEFAULT_SESSION is mine
        assert not any("Watch" in type(each).__name__ for each in sys.meta_path)
    """)


def test_a_mock_in_which_moto_cannot_be_imported_says_why_and_ends(run: Run) -> None:
    run("""
        class Broken:
            @staticmethod
            def find_spec(name, path=None, target=None):
                if name == "moto.core":
                    raise ImportError("moto is broken")

        sys.meta_path.insert(0, Broken)
        with mock_membership():
            hub = client("securityhub")
            hub.enable_security_hub()
            try:
                client("sts").get_caller_identity()
            except ImportError as error:
                assert "moto is broken" in str(error), error
            else:
                raise AssertionError("moto has been imported")
            assert hub.describe_hub()["HubArn"]
        assert os.environ["AWS_ACCESS_KEY_ID"] == "mine"
        sys.meta_path.remove(Broken)
        with mock_membership():
            assert client("sts").get_caller_identity()["Account"]
    """)
