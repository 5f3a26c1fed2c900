"""What is made ahead is handed out once, made anew where it is no good, and never left behind."""

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from viva_grader.sandbox.ahead import Ahead

SOON_S = 5.0


class Workshop:
    """Makes numbers, of which some turn bad while they wait."""

    def __init__(self) -> None:
        self.numbers = itertools.count(1)
        self.begun = threading.Semaphore(0)
        self.bad: set[int] = set()
        self.discarded: list[int] = []
        self.is_broken = False

    def make(self) -> int:
        number = next(self.numbers)
        self.begun.release()
        if self.is_broken:
            raise OSError(f"number {number}")
        return number

    def begins_soon(self) -> bool:
        return self.begun.acquire(timeout=SOON_S)


@pytest.fixture
def workshop() -> Workshop:
    return Workshop()


@pytest.fixture
def ahead(workshop: Workshop) -> Iterator[Ahead[int]]:
    made = Ahead(
        workshop.make, lambda number: number not in workshop.bad, workshop.discarded.append
    )
    yield made
    made.clear()


def test_first_is_made_before_anybody_takes_it(workshop: Workshop, ahead: Ahead[int]) -> None:
    ahead.begin()
    assert workshop.begins_soon()
    assert ahead.take() == 1


def test_next_is_made_while_the_last_is_used(workshop: Workshop, ahead: Ahead[int]) -> None:
    assert ahead.take() == 1
    assert [workshop.begins_soon(), workshop.begins_soon()] == [True, True]
    assert ahead.take() == 2


def test_each_is_given_to_one_thread_only(ahead: Ahead[int]) -> None:
    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: ahead.take(), range(100)))
    assert len(set(taken)) == 100


def test_one_that_turned_bad_is_discarded_and_another_made(
    workshop: Workshop, ahead: Ahead[int]
) -> None:
    ahead.begin()
    assert workshop.begins_soon()
    workshop.bad.add(1)
    assert ahead.take() not in workshop.bad
    assert workshop.discarded == [1]


def test_failure_ahead_of_time_is_tried_anew_and_said_only_if_it_lasts(
    workshop: Workshop, ahead: Ahead[int]
) -> None:
    workshop.is_broken = True
    ahead.begin()
    assert workshop.begins_soon()
    with pytest.raises(OSError, match="number"):
        ahead.take()
    workshop.is_broken = False
    assert ahead.take() > 1


def test_what_nobody_took_is_discarded_at_the_end(workshop: Workshop, ahead: Ahead[int]) -> None:
    taken = ahead.take()
    ahead.clear()
    assert workshop.discarded == [taken + 1]
    assert ahead.take() > taken + 1
