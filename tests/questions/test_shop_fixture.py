"""The shop's data: the same rows everywhere, the edge cases that it promises, and no others."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from viva_grader.domain.fixture import Tables, Variant
from viva_grader.library.shelf import Shelf

SHOP = Shelf(Path(__file__).parents[2]).fixture("shop")
VARIANTS = {variant.name: variant for variant in (SHOP.sample, *SHOP.hidden)}
BERLIN = ZoneInfo("Europe/Berlin")

# The rows as they were when this was written: another Python, hash seed or time zone changes none.
DIGESTS = {
    "sample": "e02a266d9d40dc9c",
    "keys": "80e273c96d7aa233",
    "ties": "258fe17b40ad8180",
    "calendar": "55902db256452679",
    "autumn": "b6191f7af3620df9",
    "new_year": "728714a1cb4639e2",
    "one_row": "c6d0823dbe5c6add",
    "silence": "1e87c7eb1c520a1f",
    "guests": "6ef2577606c92d29",
    "punctual": "98f575ed4a68e6c3",
    "odd_values": "5153b3c3280fa291",
    "chains": "7d501ef9262b1896",
    "borders": "6be37d5d43645e19",
    "rush": "c0c23ed31b487286",
}


def tables(name: str) -> Tables:
    return SHOP.generate(VARIANTS[name])


def bare() -> Tables:
    return SHOP.generate(Variant("bare", 5, frozenset(), "-"))


@pytest.mark.parametrize("name", VARIANTS)
def test_rows_are_the_same_everywhere(name: str) -> None:
    whole = repr([(table, list(rows)) for table, rows in tables(name).items()])
    assert hashlib.sha256(whole.encode()).hexdigest()[:16] == DIGESTS[name]


def test_variants_differ_in_seed_and_edges() -> None:
    assert len({variant.seed for variant in VARIANTS.values()}) == len(VARIANTS)
    assert len({variant.edges for variant in VARIANTS.values()}) == len(VARIANTS)
    assert len(SHOP.hidden) >= 10


def test_bare_data_has_no_edge_case() -> None:
    rows = bare()
    assert all(customer is not None for _, customer, *_ in rows["orders"])
    assert all(order is not None for _, order, *_ in rows["order_events"])
    assert len({event for event, *_ in rows["order_events"]}) == len(rows["order_events"])


def test_null_keys_stand_in_every_place_where_they_can() -> None:
    rows = tables("keys")
    assert any(region is None for *_, region in rows["customers"])
    assert any(customer is None for _, customer, *_ in rows["orders"])
    assert any(order is None for _, order, *_ in rows["order_events"])


def test_copies_come_in_every_form() -> None:
    copies = [
        list(group)
        for _, group in groupby(sorted(tables("keys")["order_events"], key=str), lambda e: e[0])
    ]
    pairs = [group for group in copies if len(group) > 1]
    assert any(a == b for a, b in pairs), "as they were"
    assert any(a[3] != b[3] and a[4] != b[4] for a, b in pairs), "corrected later"
    assert any(a[3] != b[3] and a[4] == b[4] for a, b in pairs), "received together"
    assert any((a[1] is None) != (b[1] is None) for a, b in pairs), "without their order"


def test_no_event_is_received_before_it_happened() -> None:
    for name in VARIANTS:
        assert all(occurred <= received for *_, occurred, received in tables(name)["order_events"])


def test_one_customer_has_a_large_part_of_the_orders() -> None:
    orders = tables("ties")["orders"]
    assert sum(customer == 1 for _, customer, *_ in orders) > len(orders) / 4


def test_some_orders_and_regions_have_nothing() -> None:
    rows = tables("ties")
    heard = {order for _, order, *_ in rows["order_events"]}
    assert any(order not in heard for order, *_ in rows["orders"])
    quiet = {number for number, _, region in rows["customers"] if region == "islands"}
    assert quiet
    assert not quiet & {customer for _, customer, *_ in rows["orders"]}


def test_days_without_a_delivery_lie_between_days_with_one() -> None:
    days = {_berlin(moment).date() for _, moment in tables("calendar")["deliveries"]}
    span = (max(days) - min(days)).days + 1
    assert span - len(days) >= 5


def test_local_midnight_is_crossed_in_winter_and_in_summer() -> None:
    change = date(2025, 3, 30)
    moved = {
        _berlin(moment).date() < change
        for _, moment in tables("calendar")["deliveries"]
        if _berlin(moment).date() != _utc(moment).date()
    }
    assert moved == {True, False}
    # a fixed offset of one hour is wrong for some of them
    assert any(
        (_utc(moment) + timedelta(hours=1)).date() != _berlin(moment).date()
        for _, moment in tables("calendar")["deliveries"]
    )


def test_autumn_has_the_hour_that_comes_twice_between_its_deliveries() -> None:
    moments = [_berlin(moment) for _, moment in tables("autumn")["deliveries"]]
    offsets = {moment.utcoffset() for moment in moments}
    assert offsets == {timedelta(hours=1), timedelta(hours=2)}
    assert any(moment.date() != _utc(moment.astimezone(UTC)).date() for moment in moments)


def test_days_of_two_years_are_delivered_on() -> None:
    assert {_berlin(moment).year for _, moment in tables("new_year")["deliveries"]} == {2025, 2026}


def test_one_row_stands_in_each_table() -> None:
    assert [len(rows) for rows in tables("one_row").values()] == [1, 1, 1, 1]


def test_deliveries_are_booked_before_any_event_says_so() -> None:
    rows = tables("chains")
    first: dict[object, datetime] = {}
    for _, order, kind, occurred, _ in rows["order_events"]:
        if kind == "delivered":
            first[order] = min(_utc(occurred), first.get(order, _utc(occurred)))
    assert sum(order in first and _utc(at) < first[order] for order, at in rows["deliveries"]) >= 5


def test_silence_is_no_event_where_orders_were_delivered() -> None:
    rows = tables("silence")
    assert not rows["order_events"]
    assert rows["deliveries"]


def test_most_orders_are_of_guests() -> None:
    orders = tables("guests")["orders"]
    assert sum(customer is None for _, customer, *_ in orders) > len(orders) * 0.6


def test_one_customer_alone_is_served_late() -> None:
    rows = tables("punctual")
    promised = {order: (customer, day) for order, customer, _, day, _ in rows["orders"]}
    late = {
        promised[order][0]
        for order, moment in rows["deliveries"]
        if _berlin(moment).date() > promised[order][1]
    }
    assert late == {1}


def test_odd_values_are_all_there() -> None:
    rows = tables("odd_values")
    regions = {region for *_, region in rows["customers"]}
    assert {None, ""} <= regions
    assert len({str(region).strip().casefold() for region in regions}) < len(regions)
    assert any(not str(region).isascii() for region in regions)
    amounts = [cents for *_, cents in rows["orders"]]
    assert min(amounts) < 0 < max(amounts)
    assert 0 in amounts
    assert sum(amounts) > 2**31 > max(amounts)


def test_chains_end_neither_with_the_greatest_nor_the_least() -> None:
    copies: dict[object, list[tuple[object, ...]]] = {}
    for event in tables("chains")["order_events"]:
        copies.setdefault(event[0], []).append(tuple(event))
    chains = [sorted(group, key=lambda e: e[4]) for group in copies.values() if len(group) > 2]
    assert any(chain[-1][3] != max(e[3] for e in chain) for chain in chains)
    assert any(chain[-1][3] != min(e[3] for e in chain) for chain in chains)


def test_borders_are_touched_from_both_sides() -> None:
    midnights = {
        (moment.hour, moment.minute, moment.second)
        for moment in (_berlin(moment) for _, moment in tables("borders")["deliveries"])
    }
    assert {(23, 59, 59), (0, 0, 0), (0, 0, 1)} <= midnights


def _utc(moment: object) -> datetime:
    assert isinstance(moment, datetime)
    return moment


def _berlin(moment: object) -> datetime:
    return _utc(moment).astimezone(BERLIN)
