"""The checkout test's data: the same rows everywhere, and the edge cases that it promises."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from viva_grader.domain.fixture import Tables, Variant
from viva_grader.library.shelf import Shelf

CHECKOUT = Shelf(Path(__file__).parents[2]).fixture("checkout_test")
VARIANTS = {variant.name: variant for variant in (CHECKOUT.sample, *CHECKOUT.hidden)}
WINDOW = timedelta(hours=168)

# The rows as they were when this was written: another Python, hash seed or time zone changes none.
DIGESTS = {
    "sample": "759078fab7e4a8c2",
    "copies": "64c7c090b56193c1",
    "both": "22e3eea5792751a4",
    "bots": "fa84e26790624535",
    "refunds": "33eaafa416bf8174",
    "early": "ea610417b34b488a",
    "borders": "c1943a767e1bfbda",
    "quiet": "18e53c96f3cdfe50",
    "one_row": "99b0e2321a0e1732",
    "nobody": "b48e941acaa33124",
    "rush": "54f136c1786b6854",
}


def tables(name: str) -> Tables:
    return CHECKOUT.generate(VARIANTS[name])


def bare() -> Tables:
    return CHECKOUT.generate(Variant("bare", 5, frozenset(), "-"))


def variants_of(rows: Tables) -> dict[object, set[object]]:
    seen: dict[object, set[object]] = {}
    for visitor, variant, _ in rows["assignments"]:
        seen.setdefault(visitor, set()).add(variant)
    return seen


@pytest.mark.parametrize("name", VARIANTS)
def test_rows_are_the_same_everywhere(name: str) -> None:
    whole = repr([(table, list(rows)) for table, rows in tables(name).items()])
    assert hashlib.sha256(whole.encode()).hexdigest()[:16] == DIGESTS[name]


def test_variants_differ_in_seed_and_edges() -> None:
    assert len({variant.seed for variant in VARIANTS.values()}) == len(VARIANTS)
    assert len({variant.edges for variant in VARIANTS.values()}) == len(VARIANTS)


def test_bare_data_has_no_edge_case() -> None:
    rows = bare()
    assert all(bot is False for *_, bot in rows["visitors"])
    assert all(len(seen) == 1 for seen in variants_of(rows).values())
    assert len({event for event, *_ in rows["events"]}) == len(rows["events"])
    assert not any(kind == "refund" for _, _, kind, *_ in rows["events"])


def test_edges_are_planted() -> None:
    copied = tables("copies")["events"]
    assert len(set(copied)) < len(copied)
    assert len(set(copied)) == len({event for event, *_ in copied}), "copies are unchanged"
    assert any(len(seen) == 2 for seen in variants_of(tables("both")).values())
    assert {bot for *_, bot in tables("bots")["visitors"]} == {True, False, None}
    refunds = tables("refunds")["events"]
    assert any(kind == "refund" for _, _, kind, *_ in refunds)
    assert any(kind == "purchase" and cents is None for _, _, kind, _, cents in refunds)
    assert not any(kind == "purchase" for _, _, kind, *_ in tables("quiet")["events"])
    assert not tables("nobody")["assignments"]


def test_borders_stand_on_both_sides_of_a_window() -> None:
    rows = tables("borders")
    first = {visitor: moment for visitor, _, moment in reversed(rows["assignments"])}
    apart = {moment - first[visitor] for _, visitor, _, moment, _ in rows["events"]}
    second = timedelta(seconds=1)
    assert {-second, timedelta(), WINDOW - second, WINDOW} <= apart


def test_sample_tells_the_story_that_the_brief_asks_about() -> None:
    seen = variants_of(tables("sample"))
    shown = [next(iter(each)) for each in seen.values() if len(each) == 1]
    control, treatment = shown.count("control"), shown.count("treatment")
    # half and half was planned: a difference of four standard deviations and more
    assert control - treatment > 4 * (control + treatment) ** 0.5
