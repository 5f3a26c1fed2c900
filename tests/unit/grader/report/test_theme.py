"""Decides that the report's colours can be read: WCAG 2.2 AA, in both schemes and on paper."""

import re
from itertools import product

import pytest
from viva_grader.report import stylesheet

TEXT = ("text", "muted", "accent", "good", "bad", "open")
GROUNDS = ("ground", "surface")


def schemes() -> dict[str, dict[str, str]]:
    blocks = re.findall(
        r"\.viva-report, \.viva-report-page \{([^}]*--vr-ground[^}]*)\}", stylesheet()
    )
    colours = [dict(re.findall(r"--vr-([\w-]+): (#[0-9a-f]{6})", block)) for block in blocks]
    return dict(zip(("light", "dark", "print"), colours, strict=True))


def luminance(colour: str) -> float:
    """Relative luminance by WCAG 2.2."""
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_text_contrasts_with_every_ground_it_stands_on(scheme: str) -> None:
    colours = schemes()[scheme]
    pairs = [*product(TEXT, GROUNDS), *((each, f"{each}-soft") for each in ("good", "bad", "open"))]
    for text, ground in pairs:
        assert contrast(colours[text], colours[ground]) >= 4.5, (text, ground)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
def test_bars_contrast_with_their_ground(scheme: str) -> None:
    colours = schemes()[scheme]
    assert contrast(colours["accent"], colours["line"]) >= 3
    assert contrast(colours["accent"], colours["surface"]) >= 3


def test_every_rule_stays_within_the_report() -> None:
    plain = re.sub(r"/\*.*?\*/", "", stylesheet(), flags=re.DOTALL)
    selectors = [
        each.strip()
        for block in re.findall(r"([^{}]+)\{", plain)
        for each in re.split(r",(?![^(]*\))", block)
        if not block.strip().startswith("@")
    ]
    assert selectors
    assert all(each.startswith((".viva-report", ":root:has")) for each in selectors)
