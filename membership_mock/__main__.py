"""The command line: ``python -m membership_mock demo``, ``operations`` or ``serve``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m membership_mock",
        description="Mocks of AWS memberships with two sides.",
    )
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("demo", help="print a story on the mock, call by call")
    operations = commands.add_parser("operations", help="list the mocked operations")
    operations.add_argument("service", nargs="?", help="only this service, e.g. security-ir")
    operations.add_argument(
        "--markdown", action="store_true", help="as the page of the documentation"
    )
    serve = commands.add_parser(
        "serve", help="serve the mock over HTTP (needs moto's server extra)"
    )
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on")
    serve.add_argument(
        "--port", type=int, default=5000, help="port to listen on; 0 takes a free one"
    )
    serve.add_argument(
        "--keep-calls",
        type=int,
        default=1_000,
        metavar="N",
        help="how many of the latest calls the record keeps (default: 1000)",
    )
    chosen = parser.parse_args(arguments)

    if chosen.command == "demo":
        from membership_mock.demo import run

        run(sys.stdout)
        return 0
    if chosen.command == "operations":
        from membership_mock.operations_page import markdown, text
        from membership_mock.services import SERVICES

        if chosen.service is not None and chosen.service not in SERVICES:
            parser.error(
                f"{chosen.service} is not mocked; the mocked services are: {', '.join(SERVICES)}"
            )
        sys.stdout.write(markdown() if chosen.markdown else text(chosen.service))
        return 0
    from membership_mock.serve import serve_forever

    if chosen.keep_calls < 0:
        parser.error(f"--keep-calls is a number from 0 on, not {chosen.keep_calls}")
    return serve_forever(chosen.host, chosen.port, chosen.keep_calls)


if __name__ == "__main__":
    sys.exit(main())
