"""A mock in a process of its own, so that the process which calls AWS has none.

It has no credentials and no settings of the user: the variables of AWS are taken from its
environment. Both processes talk in lines of JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

from membership_mock.errors import UsageError
from membership_mock.mock import mock_membership
from membership_mock.parity.plain_form import call_of, entry_of
from membership_mock.parity.playback import Playback
from membership_mock.parity.recorded_call import RecordedCall
from membership_mock.parity.results import ABSENT, Difference, Outcome, Result


class MockProcess:
    """A mock in a process of its own that checks calls one by one.

    Args:
        region: the region of the mock.
        world: the state that it begins with, as `mock.given.world` takes it.
        ignore: paths that are not compared.
        any_order: whether the order of lists is left out of account.
    """

    def __init__(
        self,
        *,
        region: str,
        world: Mapping[str, Any],
        ignore: Sequence[str] = (),
        any_order: bool = False,
    ) -> None:
        self._options = {
            "region": region,
            "world": dict(world),
            "ignore": list(ignore),
            "any_order": any_order,
        }
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> MockProcess:  # noqa: PYI034  Self came with Python 3.11
        environment = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "MOTO_", "BOTO_"))
        }
        # nothing of the user's files either
        environment.update(AWS_CONFIG_FILE=os.devnull, AWS_SHARED_CREDENTIALS_FILE=os.devnull)
        start = "from membership_mock.parity.mock_process import answer_calls; answer_calls()"
        self._process = subprocess.Popen(  # noqa: S603  this Python, and a constant
            [sys.executable, "-c", start],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment,
        )
        try:
            self._ask(self._options)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *raised: object) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.communicate()  # closes its input, which ends it

    def check(self, call: RecordedCall) -> Result:
        """Make a call on the mock, and return how it has answered.

        Raises:
            UsageError: the process has ended.
        """
        found = self._ask({"place": call.place, **entry_of(call)})
        return Result(
            call,
            Outcome(found["outcome"]),
            [
                Difference(
                    each["path"],
                    each.get("expected", ABSENT),
                    each.get("got", ABSENT),
                    each.get("note", ""),
                )
                for each in found["differences"]
            ],
            account=found["account"],
            region=found["region"],
            note=found.get("note", ""),
        )

    def _ask(self, question: Mapping[str, Any]) -> Any:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise UsageError("The process of the mock is not running: use it in a `with` block.")
        try:
            process.stdin.write(f"{json.dumps(question)}\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        if not line:
            raise UsageError("The process of the mock has ended; its errors are above.")
        found = json.loads(line)
        if "usage_error" in found:
            raise UsageError(found["usage_error"])
        return found


def answer_calls(source: TextIO = sys.stdin, out: TextIO = sys.stdout) -> None:
    """Check the calls that come in, line by line, until there are no more."""
    first = source.readline()
    if not first:
        return
    options = json.loads(first)
    with mock_membership(region=options["region"], unmocked_calls="ignore") as mock:
        playback = Playback(mock, ignore=options["ignore"], any_order=options["any_order"])
        try:
            playback.presume("the story", options["world"], {})
        except UsageError as error:
            _say(out, {"usage_error": str(error)})
            return
        _say(out, {})
        for line in source:
            entry = json.loads(line)
            try:
                result = playback.check(call_of(entry.pop("place"), entry))
            except UsageError as error:
                _say(out, {"usage_error": str(error)})
            else:
                _say(out, result.as_json())


def _say(out: TextIO, value: Mapping[str, Any]) -> None:
    out.write(f"{json.dumps(value)}\n")
    out.flush()
