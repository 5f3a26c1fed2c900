"""Decides how Viva's grader holds out over a pile: throughput by cores, cost, memory, leftovers.

The pile is the same at each run: right and wrong answers, slow and loud ones, some that end their
process, and broken notebooks. Each number of jobs has a grader of its own in a process of its own.
"""

import argparse
import hashlib
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import course
import processes

Result = dict[str, Any]
_EDGE = 100
"""Submissions at either end that are compared; each twenty are alike."""
_GROWTH_MIB = 64.0
_FLAT = 1.5


def main() -> int:
    """Grade the pile with each number of jobs; the status is 1 where something grew or is left."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--submissions", type=int, default=1000)
    parser.add_argument("--jobs", type=int, nargs="*", default=_powers())
    parser.add_argument("--full", action="store_true", help="the full score, not the tests alone")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--one", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(run(options.one, options.submissions, full=options.full)))
        return 0
    found = [_apart(jobs, options) for jobs in options.jobs]
    same = len({one["digest"] for one in found}) == 1
    print(json.dumps(found, indent=2) if options.json else _table(found, same=same))
    return 0 if same and all(_sound(one) for one in found) else 1


def run(jobs: int, count: int, *, full: bool) -> Result:
    """Grade the pile in this process, and watch it."""
    from viva_grader.bootstrap import GraderSettings, build_grader
    from viva_grader.domain.errors import BadSubmissionError

    processes.adopt_orphans()
    temporary = Path(tempfile.gettempdir())
    source = temporary.parent / f"{course.NOTEBOOK}.ipynb"
    source.write_bytes(course.source_notebook())
    submissions = course.pile(count)
    seconds = [0.0] * count
    weights: dict[int, float] = {}
    marks = {min(_EDGE, count) - 1, count - 1}
    with build_grader(GraderSettings(jobs=jobs)) as grader:
        grader.start()
        question = grader.question(source)
        grader.grade(course.submission(), question, measured=full)

        def one(number: int) -> str:
            began_s = time.perf_counter()
            try:
                said = grader.grade(submissions[number], question, measured=full).sha256
            except BadSubmissionError as error:
                said = error.code
            seconds[number] = time.perf_counter() - began_s
            if number in marks:
                weights[number] = processes.weight_mib(os.getpid())
            return said

        began_s = time.perf_counter()
        with ThreadPoolExecutor(jobs) as pool:
            said = list(pool.map(one, range(count)))
        took_s = time.perf_counter() - began_s
    edge = min(_EDGE, count)
    return {
        "jobs": jobs,
        "submissions": count,
        "per_s": count / took_s,
        "p50_s": statistics.median(seconds),
        "p95_s": statistics.quantiles(seconds, n=20, method="inclusive")[-1],
        "first_s": statistics.mean(seconds[:edge]),
        "last_s": statistics.mean(seconds[-edge:]),
        "early_mib": weights[edge - 1],
        "late_mib": weights[count - 1],
        "refused": Counter(said)["submission.unreadable"],
        "digest": hashlib.sha256(json.dumps(said).encode()).hexdigest(),
        "leftovers": processes.leftovers(temporary),
    }


def _powers() -> list[int]:
    cores = len(os.sched_getaffinity(0))
    return sorted({*(1 << n for n in range(8) if 1 << n <= cores), cores})


def _apart(jobs: int, options: argparse.Namespace) -> Result:
    command = [sys.executable, __file__, "--one", str(jobs)]
    command += ["--submissions", str(options.submissions), *["--full"] * options.full]
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        inner = Path(scratch) / "tmp"
        inner.mkdir()
        environment = os.environ | {"TMPDIR": str(inner)}
        done = subprocess.run(command, env=environment, capture_output=True, check=False, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    found: Result = json.loads(done.stdout.splitlines()[-1])
    return found


def _sound(found: Result) -> bool:
    flat = found["last_s"] <= found["first_s"] * _FLAT
    light = found["late_mib"] - found["early_mib"] <= _GROWTH_MIB
    return flat and light and not any(found["leftovers"].values())


def _table(found: list[Result], *, same: bool) -> str:
    columns = ("jobs", "per second", "p50", "p95", "first 100", "last 100", "memory", "left over")
    rows = ["".join(f"{column:>12}" for column in columns)]
    for one in found:
        memory = f"{one['early_mib']:.0f}→{one['late_mib']:.0f}"
        cells = [
            str(one["jobs"]), f"{one['per_s']:.1f}", f"{one['p50_s']:.3f} s",
            f"{one['p95_s']:.3f} s", f"{one['first_s']:.3f} s", f"{one['last_s']:.3f} s",
            memory, str(sum(one["leftovers"].values())),
        ]  # fmt: skip
        rows.append("".join(f"{cell:>12}" for cell in cells))
    count, refused = found[0]["submissions"], found[0]["refused"]
    grades = "the same grades" if same else "DIFFERENT GRADES"
    rows += [
        "",
        f"{count} submissions, {refused} of them no notebooks; every number of jobs gave {grades}",
        "memory: MiB of all processes after the first hundred and at the end",
        *(
            f"left over with {one['jobs']} jobs: {one['leftovers']}"
            for one in found
            if any(one["leftovers"].values())
        ),
    ]
    return "\n".join(rows)


if __name__ == "__main__":
    sys.exit(main())
