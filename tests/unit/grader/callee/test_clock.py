"""What counts against a limit: work, or waiting, and never the load of the machine."""

import time
from dataclasses import dataclass, field

import pytest
from viva_grader.callee.clock import Backstop, Call, Clock, Until, Used
from viva_grader.callee.interruptions import CallTimeout, Overdue
from viva_grader.sandbox.port import Reading


@dataclass
class Kernel:
    """A meter and a wall clock that a test moves by hand."""

    reading: Reading = field(default_factory=Reading)
    now_s: float = 1000.0
    killed_by: str | None = None
    met: frozenset[str] = field(default_factory=frozenset[str])

    def read(self) -> Reading:
        return self.reading

    def hits(self) -> frozenset[str]:
        return self.met

    def ended_by(self) -> str | None:
        return self.killed_by

    def go(self, worked_s: float = 0.0, waited_s: float = 0.0, queued_s: float = 0.0) -> None:
        was = self.reading
        self.reading = Reading(was.worked_s + worked_s, was.queued_s + queued_s)
        self.now_s += worked_s + waited_s + queued_s


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    made = Kernel()
    monkeypatch.setattr(time, "monotonic", lambda: made.now_s)
    monkeypatch.setattr(time, "process_time", lambda: 0.0)
    monkeypatch.setattr("viva_grader.callee.clock._own_queued_s", lambda: 0.0)
    return made


def clock_of(kernel: Kernel, **limits: float) -> Clock:
    clock = Clock(limits.get("call_s", 2.0), limits.get("total_s", 60.0))
    clock.enter(kernel, 0.0)
    clock.begin_part(limits.get("part_s", 20.0))
    return clock


def begun(clock: Clock) -> Call:
    call = clock.call()
    call.check()
    return call


@pytest.mark.parametrize(
    ("used", "says"),
    [
        ({"worked_s": 2.0}, "call_s: 2 s of work"),
        ({"waited_s": 2.0}, "call_s: 2 s of waiting"),
        ({"worked_s": 1.5, "waited_s": 0.5}, "call_s: 2 s of work"),
        ({"worked_s": 1.9, "waited_s": 0.2, "queued_s": 9.0}, "call_s: 2 s of work"),
    ],
)
def test_a_call_ends_by_work_or_waiting(kernel: Kernel, used: dict[str, float], says: str) -> None:
    call = begun(clock_of(kernel))
    kernel.go(**used)
    with pytest.raises(CallTimeout, match=says):
        call.check()


def test_a_call_does_not_end_by_the_load_of_the_machine(kernel: Kernel) -> None:
    call = begun(clock_of(kernel))
    kernel.go(worked_s=1.0, waited_s=0.5, queued_s=40.0)
    call.check()


def test_work_on_two_processors_counts_twice(kernel: Kernel) -> None:
    call = begun(clock_of(kernel))
    kernel.go(worked_s=2.0)
    kernel.now_s -= 1.0
    with pytest.raises(CallTimeout, match="of work"):
        call.check()


def test_the_wall_clock_far_beyond_a_limit_blames_the_machine(kernel: Kernel) -> None:
    clock = clock_of(kernel)
    clock.backstop = Backstop(2.0, 1.0)
    call = begun(clock)
    kernel.go(queued_s=4.9)
    call.check()
    kernel.go(queued_s=0.2)
    with pytest.raises(Overdue):
        call.check()


def test_the_narrower_limit_is_named_where_two_are_met(kernel: Kernel) -> None:
    clock = clock_of(kernel, call_s=2.0, part_s=2.0, total_s=2.0)
    call = begun(clock)
    kernel.go(worked_s=2.1)
    with pytest.raises(CallTimeout, match="call_s"):
        call.check()


def test_parts_begin_anew_and_the_whole_goes_on(kernel: Kernel) -> None:
    clock = clock_of(kernel, part_s=3.0, total_s=5.0)
    kernel.go(worked_s=2.9)
    clock.check()
    clock.begin_part(3.0)
    kernel.go(worked_s=2.0)
    clock.check()
    assert not clock.is_over()
    kernel.go(worked_s=0.2)
    assert clock.is_over()
    with pytest.raises(CallTimeout, match="total_s: 5 s of work"):
        clock.check()


def test_what_a_former_room_used_is_kept_and_opening_one_costs_nothing(kernel: Kernel) -> None:
    clock = clock_of(kernel, total_s=5.0)
    kernel.go(worked_s=3.0)
    clock.leave()
    fresh = Kernel()
    kernel.now_s += 30.0
    clock.enter(fresh, 30.0)
    assert clock.used() == Used(3.0, kernel.now_s - 30.0, 0.0)
    assert not clock.is_over()


def test_an_end_by_a_limit_is_named(kernel: Kernel) -> None:
    clock = clock_of(kernel, total_s=5.0)
    assert clock.ended_by() is None
    kernel.killed_by = "memory_mib"
    assert clock.ended_by() == "memory_mib"
    kernel.killed_by = None
    kernel.go(worked_s=5.0)
    assert clock.ended_by() == "total_s"


def test_trusted_ends_wait_until_a_time(kernel: Kernel) -> None:
    patience = Until(kernel.now_s + 3.0)
    assert patience.slice_s() == 3.0
    patience.check()
    kernel.now_s += 3.0
    with pytest.raises(CallTimeout):
        patience.check()
