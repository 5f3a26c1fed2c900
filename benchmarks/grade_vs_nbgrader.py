"""Decides how many times faster than nbgrader Viva grades the same ten submissions.

Each side runs in a warm process of its own, pinned to the same core, one submission after the
other: nbgrader through its API with its kernel and gradebook, Viva through its library.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import course
import processes

GOAL_RATIO = 20.0
GOAL_OVERHEAD_S = 0.2
_SAMPLE_S = 0.05
Result = dict[str, Any]


def main() -> int:
    """Run both sides and print a table; the status is 1 where a goal is missed or scores differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rounds", type=int, default=5, help="how often Viva grades all ten")
    parser.add_argument("--core", type=int, default=min(os.sched_getaffinity(0)))
    parser.add_argument("--side", choices=sorted(SIDES), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.side:
        os.sched_setaffinity(0, {options.core})
        print(json.dumps(SIDES[options.side](options.rounds)))
        return 0
    sides = {name: _side(name, options) for name in SIDES}
    result = _compared(sides)
    print(json.dumps(result, indent=2) if options.json else _table(result))
    return 0 if result["reached"] else 1


def _side(name: str, options: argparse.Namespace) -> Result:
    command = [sys.executable, __file__, "--side", name, "--core", str(options.core)]
    command += ["--rounds", str(options.rounds)]
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # nbgrader calls alembic
        environment = os.environ | {"TMPDIR": scratch, "PATH": programs}
        done = subprocess.run(command, env=environment, capture_output=True, check=False, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: Result = json.loads(done.stdout.splitlines()[-1])
    return found


def viva(rounds: int) -> Result:
    """Grade with Viva's library: correctness alone, then the full score."""
    from viva_grader.bootstrap import GraderSettings, build_grader

    submissions = course.honest()
    source = Path(tempfile.mkdtemp()) / f"{course.NOTEBOOK}.ipynb"
    source.write_bytes(course.source_notebook())
    began_s = time.perf_counter()
    with build_grader(GraderSettings(jobs=1)) as grader:
        grader.start()
        question = grader.question(source)
        grader.grade(course.submission(), question, measured=False)
        ready_s = time.perf_counter() - began_s
        scores: dict[str, float | None] = {}

        def grade(name: str, *, measured: bool = False) -> None:
            scores[name] = grader.grade(submissions[name], question, measured=measured).auto_score

        before_s = processes.processor_s(os.getpid())
        correctness = [_timed(partial(grade, name)) for _ in range(rounds) for name in submissions]
        worked_s = (processes.processor_s(os.getpid()) - before_s) / len(correctness)
        marks = dict(scores)
        full = [_timed(partial(grade, name, measured=True)) for name in submissions]
        heaviest = _heaviest(lambda: [grade(name) for name in submissions])
    return {
        "seconds": correctness, "full_seconds": full, "scores": marks, "ready_s": ready_s,
        "memory_mib": heaviest, "processor_s": worked_s, "bare_seconds": _bare(submissions),
    }  # fmt: skip


def nbgrader(_rounds: int) -> Result:
    """Grade with nbgrader's API, its imports and one warm-up left out."""
    from nbgrader.api import Gradebook
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import Config

    folder = Path(tempfile.mkdtemp())
    submissions = course.honest() | {"warm_up": course.submission()}
    _place(folder / "source" / course.ASSIGNMENT, course.source_notebook())
    for name, content in submissions.items():
        _place(folder / "submitted" / name / course.ASSIGNMENT, content)
    config = Config()
    config.CourseDirectory.course_id = "benchmark"
    config.CourseDirectory.root = str(folder)
    began_s = time.perf_counter()
    api = NbGraderAPI(config=config)
    _must(api.generate_assignment(course.ASSIGNMENT))

    def grade(name: str) -> None:
        _must(api.autograde(course.ASSIGNMENT, name))

    grade("warm_up")
    ready_s = time.perf_counter() - began_s
    before_s = processes.processor_s(os.getpid())
    seconds = [_timed(partial(grade, name)) for name in submissions if name != "warm_up"]
    worked_s = (processes.processor_s(os.getpid()) - before_s) / len(seconds)
    with Gradebook(f"sqlite:///{folder}/gradebook.db") as book:
        scores = {
            name: sum(
                grade.auto_score or 0.0
                for each in book.find_submission(course.ASSIGNMENT, name).notebooks
                for grade in each.grades
            )
            for name in submissions
            if name != "warm_up"
        }
    heaviest = _heaviest(lambda: _must(api.autograde(course.ASSIGNMENT, "warm_up", force=True)))
    return {
        "seconds": seconds, "scores": scores, "ready_s": ready_s, "memory_mib": heaviest,
        "processor_s": worked_s,
    }  # fmt: skip


def _must(answer: dict[str, Any]) -> None:
    if not answer["success"]:
        raise SystemExit(f"nbgrader failed: {answer['log'] or answer['error']}")


def _place(folder: Path, content: bytes) -> None:
    folder.mkdir(parents=True)
    (folder / f"{course.NOTEBOOK}.ipynb").write_bytes(content)


def _timed(work: Callable[[], object]) -> float:
    began_s = time.perf_counter()
    work()
    return time.perf_counter() - began_s


def _bare(submissions: dict[str, bytes]) -> list[float]:
    """Time the cells themselves in this process, without anything around them."""
    tests = {
        cell["id"]: cell["source"]
        for cell in json.loads(course.source_notebook())["cells"]
        if cell["id"].startswith("test_")
    }

    def run(content: bytes) -> None:
        names: dict[str, Any] = {}
        for cell in json.loads(content)["cells"]:
            if cell["cell_type"] == "code":
                try:
                    exec(tests.get(cell["id"], cell["source"]), names)  # noqa: S102 - our own cells
                except Exception:  # noqa: S112 - a wrong answer is part of it
                    continue

    return [
        _timed(partial(run, content)) for content in [course.submission(), *submissions.values()]
    ]


def _heaviest(work: Callable[[], object]) -> float:
    """Do something once more, and give the most that all processes held meanwhile, in MiB."""
    seen = [processes.weight_mib(os.getpid())]
    over = threading.Event()

    def watch() -> None:
        while not over.wait(_SAMPLE_S):
            seen.append(processes.weight_mib(os.getpid()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    work()
    over.set()
    watcher.join()
    return max(seen)


def _compared(sides: dict[str, Result]) -> Result:
    ours, theirs = sides["viva"], sides["nbgrader"]
    bare_s = statistics.median(ours["bare_seconds"][1:])
    ratio = statistics.mean(theirs["seconds"]) / statistics.mean(ours["seconds"])
    overhead_s = statistics.median(ours["seconds"]) - bare_s
    same = ours["scores"] == theirs["scores"]
    return {
        "submissions": len(ours["scores"]),
        "nbgrader": _summary(theirs["seconds"]) | _kept(theirs),
        "viva": _summary(ours["seconds"]) | _kept(ours),
        "viva_full_score": _summary(ours["full_seconds"]),
        "bare_p50_s": bare_s,
        "overhead_p50_s": overhead_s,
        "ratio": ratio,
        "ratio_full_score": statistics.mean(theirs["seconds"])
        / statistics.mean(ours["full_seconds"]),
        "ratio_processor": theirs["processor_s"] / ours["processor_s"],
        "same_scores": same,
        "scores": ours["scores"],
        "reached": same and ratio >= GOAL_RATIO and overhead_s <= GOAL_OVERHEAD_S,
    }


def _kept(side: Result) -> Result:
    return {name: side[name] for name in ("ready_s", "memory_mib", "processor_s")}


def _summary(seconds: list[float]) -> Result:
    return {
        "p50_s": statistics.median(seconds),
        "p95_s": statistics.quantiles(seconds, n=20, method="inclusive")[-1],
        "per_s": len(seconds) / sum(seconds),
    }


def _table(result: Result) -> str:
    rows = [f"{'':28}{'p50':>9}{'p95':>9}{'per second':>12}{'memory':>10}{'processor':>12}"]
    names = {"nbgrader": "nbgrader autograde", "viva": "viva, correctness only"}
    names |= {"viva_full_score": "viva, full score"}
    for key, name in names.items():
        side = result[key]
        row = f"{name:28}{side['p50_s']:7.3f} s{side['p95_s']:7.3f} s{side['per_s']:12.2f}"
        if "memory_mib" in side:
            row += f"{side['memory_mib']:6.0f} MiB{side['processor_s']:10.3f} s"
        rows.append(row)
    scores = "the same scores" if result["same_scores"] else "DIFFERENT SCORES"
    rows += [
        "",
        f"throughput: {result['ratio']:.1f} × nbgrader's (goal: {GOAL_RATIO:.0f}), "
        f"{result['ratio_full_score']:.1f} × with the full score",
        f"processor time: nbgrader's is {result['ratio_processor']:.1f} times Viva's "
        "(both sides bear a busy machine alike in this)",
        f"overhead per submission: {result['overhead_p50_s']:.3f} s (goal: {GOAL_OVERHEAD_S}); "
        f"the cells themselves take {result['bare_p50_s']:.3f} s",
        f"both sides gave {scores} to {result['submissions']} submissions",
    ]
    return "\n".join(rows)


SIDES: dict[str, Callable[[int], Result]] = {"nbgrader": nbgrader, "viva": viva}

if __name__ == "__main__":
    sys.exit(main())
