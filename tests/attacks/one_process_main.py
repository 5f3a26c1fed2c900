"""Decides how a grader without Viva's defences grades: tests and submission in one interpreter.

Run as a script: one JSON job a line on standard input, one JSON report a line on standard output.
It is what nbgrader does, without its seconds: IPython runs the submitted cells in their order, the
metadata of the submission is believed, a result is a line on the submission's own output, and the
first one counts. Each job has a PID namespace of its own, so that nobody but its grader dies.
"""

import ctypes
import json
import os
import resource
import select
import signal
import sys
import time
import types
from pathlib import Path
from typing import Any

import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

Job = dict[str, Any]
_NEWPID = 0x20000000
_PIDS = 3000
FLOOD_BYTES = 16 << 20


def main() -> None:
    config = Config()
    config.HistoryManager.enabled = False
    shell = InteractiveShell.instance(config=config, colors="nocolor")
    np.testing  # noqa: B018 - warm
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    for line in sys.stdin:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            _in_its_own_namespace(json.loads(line), shell, writer)
        os.close(writer)
        report = _read_all(reader)
        os.close(reader)
        os.waitpid(child, 0)
        sys.stdout.write((report or json.dumps({"dead": True})) + "\n")
        sys.stdout.flush()


def _read_all(reader: int) -> str:
    """Read until the namespace is gone: an orphan must not hold the report open."""
    parts: list[bytes] = []
    while part := os.read(reader, 1 << 20):
        parts.append(part)
    return b"".join(parts).decode()


def _in_its_own_namespace(job: Job, shell: InteractiveShell, writer: int) -> None:
    try:
        if ctypes.CDLL(None).unshare(_NEWPID):
            raise OSError("no PID namespace")
        first = os.fork()
        if first == 0:
            grader = os.fork()
            if grader == 0:
                _grade(job, shell, writer)
            while os.wait()[0] != grader:
                pass
            os._exit(0)  # and whatever is left of it dies
        os.waitpid(first, 0)
    finally:
        os._exit(0)


def _grade(job: Job, shell: InteractiveShell, writer: int) -> None:
    try:
        os.setsid()
        output, results = os.pipe()
        found, loot = os.pipe()
        child = os.fork()
        if child == 0:
            for unused in (output, found, writer, 0):
                os.close(unused)
            _submission(job, shell, results, loot)
        os.close(results)
        os.close(loot)
        report = _watch(job, child, output, found)
        os.write(writer, json.dumps(report).encode())
    finally:
        os._exit(0)


def _watch(job: Job, child: int, output: int, found: int) -> Job:
    seen: dict[int, bytearray] = {output: bytearray(), found: bytearray()}
    size, stalled, ignored = 0, False, False
    ended = os.pidfd_open(child)
    deadline = time.monotonic() + job["deadline_s"]
    reading = [output, found, ended]
    while True:
        ready = select.select(reading, [], [], max(0.0, deadline - time.monotonic()))[0]
        for channel in (output, found):
            if channel in ready:
                part = os.read(channel, 1 << 16)
                if not part:
                    reading.remove(channel)
                size += len(part)
                if len(seen[channel]) < FLOOD_BYTES:
                    seen[channel] += part
        if not ready:
            ignored = stalled and ignored is not None
            os.kill(child, signal.SIGKILL if stalled else signal.SIGTERM)
            stalled, deadline = True, time.monotonic() + 0.3
        elif ready == [ended]:
            break
    crashed = os.WIFSIGNALED(os.waitpid(child, 0)[1]) and not stalled
    return {
        "dead": crashed,  # the process that judges
        "points": _points(bytes(seen[output])),
        "loot": json.loads(bytes(seen[found]).rpartition(b"\0")[2] or b"[]"),
        "stalled": stalled,
        "ignored": ignored,
        "flooded": size > FLOOD_BYTES,
        "survivors": sum(_alive(pid) for pid in range(4, _PIDS)),
    }


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _points(said: bytes) -> dict[str, float]:
    points: dict[str, float] = {}
    for line in said.decode(errors="replace").splitlines():
        try:
            result = json.loads(line)
            points.setdefault(str(result["part"]), float(result["points"]))
        except (ValueError, TypeError, KeyError):
            continue  # the submission's own words
    return points


def _submission(job: Job, shell: InteractiveShell, results: int, loot: int) -> None:
    try:
        os.setsid()
        Path(job["folder"]).mkdir(parents=True, exist_ok=True)
        os.chdir(job["folder"])
        os.dup2(results, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.close(results)
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        module = types.ModuleType("__main__")
        sys.modules["__main__"] = module
        shell.user_module, shell.user_ns = module, module.__dict__
        shell.init_user_ns()
        sys.path.insert(0, "")
        for cell in job["cells"]:
            _run(cell, shell)
        kept = shell.user_ns.get("loot", [])
        os.write(loot, b"\0" + json.dumps([str(each)[:200] for each in list(kept)[:50]]).encode())
        sys.stdout.flush()
    except BaseException:
        sys.stdout.flush()
    finally:
        if not job.get("graceful"):
            os._exit(0)
        sys.exit(0)


def _run(cell: Job, shell: InteractiveShell) -> None:
    skipped = "skip-execution" in cell["tags"]
    done = None if skipped else shell.run_cell(cell["source"], store_history=True)
    if cell["part"] is None:
        return
    points = float(cell["points"])
    if done is not None and not done.success:
        points = 0.0
    elif done is not None and type(done.result) in (int, float):
        points = min(max(float(done.result), 0.0), points)
    sys.stdout.write("\n" + json.dumps({"part": cell["part"], "points": points}) + "\n")
    sys.stdout.flush()


main()
