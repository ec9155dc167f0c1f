"""Look at the built site in a browser: `python .ci/check_site.py SITE SCREENSHOTS`.

Opens every page, at the width of a phone and of a desktop. Fails if a diagram is not drawn, a page
is wider than its window, or the browser reports an error. Needs playwright and Debian's chromium.
"""

from __future__ import annotations

import functools
import http.server
import sys
import threading
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

WIDTHS = {"phone": 390, "desktop": 1280}
#: pages whose screenshots are kept
KEPT = ("index", "tutorial/first-test", "reference/securityhub", "how-to/inject-faults")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]


def problems(page: Page, address: str) -> list[str]:
    """Return what is wrong with a page, in words."""
    errors: list[str] = []

    def note(error: object) -> None:
        errors.append(str(error))

    page.on("pageerror", note)
    page.set_viewport_size({"width": WIDTHS["phone"], "height": 900})
    page.goto(address, wait_until="load")
    if page.locator("pre.mermaid").count():
        try:
            page.wait_for_function(
                "[...document.querySelectorAll('pre.mermaid')].every(e => e.querySelector('svg'))",
                timeout=20_000,
            )
        except Exception:  # noqa: BLE001  whatever it is, the diagram is not there
            errors.append("a diagram is not drawn")
        if page.locator("text=Syntax error").count():
            errors.append("a diagram has a syntax error")
    for title, width in WIDTHS.items():
        page.set_viewport_size({"width": width, "height": 900})
        wider = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if wider > 0:
            errors.append(f"on a {title}, the page is {wider} pixels wider than the window")
    page.remove_listener("pageerror", note)
    return errors


def main() -> int:
    """Check the site, and return the exit status."""
    site, pictures = Path(sys.argv[1]), Path(sys.argv[2])
    pictures.mkdir(parents=True, exist_ok=True)
    handler = functools.partial(QuietHandler, directory=str(site))
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    names = sorted(
        str(path.relative_to(site).with_suffix(""))
        for path in site.rglob("*.html")
        if path.name not in ("genindex.html", "search.html", "py-modindex.html")
    )
    failed = 0
    with sync_playwright() as browsers:
        browser = browsers.chromium.launch(executable_path="/usr/bin/chromium", args=ARGUMENTS)
        window = browser.new_page()
        for name in names:
            found = problems(window, f"http://127.0.0.1:{server.server_port}/{name}.html")
            for each in found:
                print(f"{name}: {each}")
            failed += len(found)
            if name in KEPT:
                for title, width in WIDTHS.items():
                    window.set_viewport_size({"width": width, "height": 900})
                    window.screenshot(path=pictures / f"{name.replace('/', '-')}-{title}.png")
        browser.close()
    print(f"{len(names)} pages at {len(WIDTHS)} widths: {failed} problems")
    return int(failed > 0)


class QuietHandler(http.server.SimpleHTTPRequestHandler):
    """Serves files, and logs nothing."""

    def log_message(self, *arguments: object) -> None:
        """Log nothing."""


if __name__ == "__main__":
    sys.exit(main())
