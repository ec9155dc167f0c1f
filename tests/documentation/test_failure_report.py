"""The picture of a failed test in the README is what pytest prints."""

from xml.etree import ElementTree as ET

import pytest

from tests.documentation.failure_report import EXAMPLE, PICTURE, shown


def test_the_picture_shows_what_pytest_prints(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_onboarding=EXAMPLE)
    printed = {" ".join(line.split()) for line in shown(pytester.runpytest("-q").stdout.str())}
    drawn = [
        " ".join("".join(each.itertext()).split())
        for each in ET.parse(PICTURE).iter("{http://www.w3.org/2000/svg}text")
    ]
    lines = [line for line in drawn if line not in ("", "pytest")]
    assert len(lines) > 15
    for line in lines:
        begun = line.removesuffix("…")
        assert any(each.startswith(begun) for each in printed), line
