"""The command line: ``python -m membership_mock`` with a command; ``--help`` lists them."""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

from membership_mock.server import command_line as serve_command

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m membership_mock",
        description="Mocks of AWS memberships with two sides.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("demo", help="print an example with two accounts, call by call")
    operations = commands.add_parser("operations", help="list the mocked operations")
    operations.add_argument("service", nargs="?", help="only this service, e.g. security-ir")
    operations.add_argument(
        "--markdown", action="store_true", help="as the page of the documentation"
    )
    explained = commands.add_parser(
        "explain", help="tell what the mock does for an operation, and how that is known"
    )
    explained.add_argument("operation", help="e.g. securityhub.CreateMembers")
    documentation = commands.add_parser("docs", help="print a page of the documentation")
    documentation.add_argument(
        "topic", nargs="?", help="its name, e.g. inject-faults; without it, all pages are listed"
    )
    documentation.add_argument(
        "--llms", action="store_true", help="list all pages for language models, as llms.txt"
    )
    serve = commands.add_parser(
        "serve", help="serve the mock over HTTP (needs moto's server extra)"
    )
    serve_command.add_options(serve)
    parity = commands.add_parser("parity", help="compare the mock with recordings, or with AWS")
    wanted = sys.argv[1:] if arguments is None else arguments
    if "parity" in wanted[:1]:  # the others need not import it
        from membership_mock.parity import command_line

        command_line.add_arguments(parity)
        return command_line.run(parser.parse_args(arguments))
    chosen = parser.parse_args(arguments)

    if chosen.command == "demo":
        from membership_mock.demo import run

        run(sys.stdout)
        return 0
    if chosen.command == "operations":
        from membership_mock.operations_page import markdown, text
        from membership_mock.services import SERVICES
        from membership_mock.testing.names import nearest_to

        if chosen.service is not None and chosen.service not in SERVICES:
            parser.error(
                f"{chosen.service} is not mocked{nearest_to(chosen.service, SERVICES)} The mocked"
                f" services are {', '.join(SERVICES)}."
            )
        sys.stdout.write(markdown() if chosen.markdown else text(chosen.service))
        return 0
    if chosen.command in ("explain", "docs"):
        return _print_manual(chosen)
    return serve_command.run(chosen, serve)


def _print_manual(chosen: argparse.Namespace) -> int:
    """Print a page, or what an operation does; what does not exist is told on stderr."""
    from membership_mock.errors import UsageError

    try:
        if chosen.command == "explain":
            from membership_mock.manual.explanation import explain

            text = explain(chosen.operation)
        elif chosen.llms:
            from membership_mock.manual.llms import llms_text

            text = llms_text()
        else:
            from membership_mock.manual.pages import page
            from membership_mock.manual.terminal import contents, rendered

            text = rendered(page(chosen.topic)) if chosen.topic else contents()
    except UsageError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write(text)
    return 0


class _Pipe(io.FileIO):
    """An open file that drops what is written to it after its reader has gone."""

    def write(self, data: ReadableBuffer, /) -> int:
        """Write as `io.FileIO` does; drop ``data`` if the reader has closed the pipe."""
        try:
            return super().write(data) or 0
        except BrokenPipeError:
            return memoryview(data).nbytes


def _let_readers_go() -> None:
    """Let the command finish, and its exit status count, after ``| head`` has read enough.

    A command that ended there would leave its work half done: ``parity run`` removes at its end
    what it has created.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if isinstance(stream, io.TextIOWrapper) and not stream.isatty():
            stream.flush()
            pipe = _Pipe(stream.fileno(), "w", closefd=False)
            setattr(
                sys,
                name,
                io.TextIOWrapper(
                    pipe if stream.write_through else io.BufferedWriter(pipe),
                    encoding=stream.encoding,
                    errors=stream.errors,
                    line_buffering=stream.line_buffering,
                    write_through=stream.write_through,
                ),
            )


if __name__ == "__main__":
    _let_readers_go()
    sys.exit(main())
