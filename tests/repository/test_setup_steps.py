"""Set-up does what is not done, once, and goes on where it was stopped."""

import sys
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from types import ModuleType

import pytest

CI = Path(__file__).resolve().parents[2] / ".ci"


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """Give the set-up's module, with a runtime folder and a clone of the test's own."""
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(CI))
    monkeypatch.setenv("VIVA_HOME", str(tmp_path / "home"))
    import setup
    import steps

    monkeypatch.setattr(steps, "ROOT", tmp_path)
    (tmp_path / "home" / "stamps").mkdir(parents=True)
    yield setup
    for name in {"setup", "steps", "machine", "progress"} & (set(sys.modules) - before):
        del sys.modules[name]


class Work:
    """A step that counts how often it ran."""

    def __init__(self, setup: ModuleType, folder: Path, *, needs: tuple[str, ...] = ()) -> None:
        self.setup, self.runs, self.broken = setup, 0, False
        self.source, self.made = folder / "source", folder / "made"
        self.source.write_text("1")
        self.step = setup.Step("work", "work", self._run, ("source",), self.made, needs)

    def _run(self) -> None:
        self.runs += 1
        if self.broken:
            raise self.setup.SetupError("no network")
        self.made.touch()

    def go(self, *, needed_ran: bool = False) -> bool:
        needed: Future[bool] = Future()
        needed.set_result(needed_ran)
        return self.setup.run_step(self.step, {"needed": needed}, self.setup.Progress())


def test_step_runs_once_while_its_inputs_stay(setup: ModuleType, tmp_path: Path) -> None:
    work = Work(setup, tmp_path)
    assert [work.go(), work.go()] == [True, False]
    work.source.write_text("2")
    assert [work.go(), work.go()] == [True, False]
    assert work.runs == 2


def test_step_runs_again_when_what_it_makes_is_gone(setup: ModuleType, tmp_path: Path) -> None:
    work = Work(setup, tmp_path)
    work.go()
    work.made.unlink()
    assert work.go()


def test_step_runs_again_after_a_step_that_it_needs(setup: ModuleType, tmp_path: Path) -> None:
    work = Work(setup, tmp_path, needs=("needed",))
    assert [work.go(), work.go(), work.go(needed_ran=True)] == [True, False, True]


def test_step_that_failed_is_not_taken_for_done(setup: ModuleType, tmp_path: Path) -> None:
    work = Work(setup, tmp_path)
    work.go()
    work.broken = True
    work.source.write_text("2")
    with pytest.raises(setup.SetupError):
        work.go()
    work.broken = False
    assert work.go()
