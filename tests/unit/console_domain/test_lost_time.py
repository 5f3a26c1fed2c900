from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from viva_console.domain.errors import BadRequestError
from viva_console.domain.interview import Interview
from viva_console.domain.lost_time import LEAST_SILENCE, UNWATCHED, Credit, Fault, LostTime
from viva_console.domain.wishes import checked_multiplier
from viva_console.domain.words import Closer

from tests.fakes.console_parts import START
from tests.fakes.console_store_suite import an_interview

LIMIT_S = 20 * 60


def at(**after: float) -> datetime:
    return START + timedelta(**after)


def watched(until: datetime = START, limit_s: int = LIMIT_S) -> LostTime:
    return LostTime(limit_s, seen_at=until)


def opened(**changes: object) -> Interview:
    interview = an_interview(lost=LostTime(LIMIT_S), **changes)
    return interview.agree("v1", START).start(START).open(START)


@pytest.mark.parametrize(
    ("minutes", "percent", "allotted"),
    [(40, 100, 40), (40, 125, 50), (45, 125, 57), (1, 105, 2), (480, 300, 1440), (60, 150, 90)],
)
def test_minutes_are_multiplied_and_rounded_up(minutes: int, percent: int, allotted: int) -> None:
    interview = opened(minutes=minutes, time_percent=percent)
    assert interview.allotted_minutes == allotted
    assert interview.ends_at == START + timedelta(minutes=allotted)


@pytest.mark.parametrize(
    ("multiplier", "percent"), [(1, 100), (1.05, 105), (1.1, 110), (1.15, 115), (2.95, 295)]
)
def test_multiplier_is_kept_in_per_cent(multiplier: float, percent: int) -> None:
    assert checked_multiplier(multiplier) == percent


@pytest.mark.parametrize(
    "multiplier", [0.95, 3.05, 1.01, 1.001, 1.0501, -1.5, float("nan"), float("inf")]
)
def test_multiplier_out_of_range_or_between_two_steps_is_refused(multiplier: float) -> None:
    with pytest.raises(BadRequestError):
        checked_multiplier(multiplier)


def test_loss_counts_from_when_the_room_was_last_seen_and_not_from_when_it_was_noticed() -> None:
    lost = watched(at(minutes=5)).noticed(Fault.ROOM)
    lost = lost.noticed(Fault.ROOM).seen(at(minutes=7, milliseconds=200))
    assert lost.credits == (Credit(at(minutes=5), at(minutes=7.00333333333), 121, Fault.ROOM),)
    assert (lost.credited_s, lost.loss) == (121, None)
    assert lost.seen_at == at(minutes=7, milliseconds=200)


def test_loss_is_credited_once() -> None:
    lost = watched().noticed(Fault.ROOM).seen(at(seconds=40))
    assert lost.seen(at(seconds=45)).credits == lost.credits
    assert lost.credited_s == 40


def test_silence_of_two_looks_is_credited_and_a_shorter_one_is_not() -> None:
    lost = watched().noticed(Fault.SERVICE)
    assert lost.seen(START + LEAST_SILENCE).credited_s == 10
    assert lost.seen(START + LEAST_SILENCE - timedelta(seconds=0.1)).credits == ()


def test_room_that_was_gone_is_credited_for_however_short_a_time() -> None:
    assert watched().noticed(Fault.ROOM).seen(at(seconds=2.5)).credited_s == 3


def test_time_in_which_nobody_looked_is_our_fault() -> None:
    assert watched().going_on(START + UNWATCHED) is None
    lost = watched().seen(START + UNWATCHED + timedelta(seconds=1))
    assert [(one.seconds, one.fault) for one in lost.credits] == [(61, Fault.SERVICE)]


def test_room_that_is_gone_once_the_hub_answers_is_what_had_to_come_back() -> None:
    lost = watched().noticed(Fault.SERVICE).noticed(Fault.ROOM)
    assert lost.going_on(at(seconds=31)).fault is Fault.ROOM
    assert lost.noticed(Fault.SERVICE).loss.fault is Fault.ROOM
    assert lost.loss.since == START


def test_losses_are_credited_up_to_the_limit_and_recorded_beyond() -> None:
    lost, now = watched(), START
    for _ in range(50):
        lost = lost.noticed(Fault.ROOM)
        now += timedelta(minutes=3)
        lost = lost.seen(now)
    assert lost.credited_s == LIMIT_S
    assert [one.seconds for one in lost.credits[:8]] == [180] * 6 + [120, 0]


def test_nothing_is_measured_where_nothing_is_to_be_credited() -> None:
    lost = watched(limit_s=0).noticed(Fault.ROOM)
    assert lost.paused_by(at(minutes=1)) is None
    assert lost.seen(at(minutes=1)).credits == ()


def test_deadline_moves_along_while_time_is_lost_and_no_further_than_the_limit() -> None:
    interview = opened().room_seen(at(seconds=5)).room_away(Fault.ROOM)
    assert interview.deadline(at(seconds=65)) == interview.ends_at + timedelta(seconds=60)
    assert interview.paused_by(at(seconds=65)) is Fault.ROOM
    assert interview.deadline(at(minutes=50)) == interview.ends_at + timedelta(minutes=20)
    assert interview.paused_by(at(minutes=50)) is None
    assert not interview.time_is_up(at(minutes=50))
    assert interview.time_is_up(at(minutes=60))
    assert interview.session_valid(at(minutes=119))
    assert not interview.session_valid(at(minutes=120))


def test_room_that_is_back_moves_the_deadline_for_good_and_may_be_started_anew() -> None:
    interview = replace(opened(), start_attempts=3).room_away(Fault.ROOM)
    back = interview.room_seen(at(seconds=90))
    assert back.ends_at == interview.ends_at + timedelta(seconds=90)
    assert back.deadline(at(seconds=91)) == back.ends_at
    assert back.start_attempts == 0


def test_nothing_is_lost_before_the_clock_runs_and_after_the_end() -> None:
    waiting = an_interview(lost=LostTime(LIMIT_S)).agree("v1", START).start(START)
    assert waiting.room_away(Fault.ROOM) == waiting
    assert waiting.room_seen(at(hours=5)) == waiting
    over = opened().submit(at(seconds=5), Closer.CANDIDATE)
    assert over.room_away(Fault.ROOM) == over
    assert over.room_seen(at(hours=5)) == over
    assert over.deadline(at(hours=5)) == over.ends_at
    assert over.paused_by(at(hours=5)) is None


def test_nothing_is_lost_once_time_is_up() -> None:
    seen = opened().room_seen(at(minutes=40, seconds=1)).room_seen(at(minutes=41))
    credited = seen.lost.credited_s
    away = seen.room_away(Fault.ROOM)
    for now in (at(minutes=61), at(hours=2)):
        assert away.deadline(now) == away.ends_at
        assert away.paused_by(now) is None
        assert away.room_seen(now).lost.credited_s == credited
