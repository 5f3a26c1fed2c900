"""Decides how much sooner a room of ours answers than one of stock DockerSpawner, same image."""

import argparse
import json
import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from hubs import Hub, ours, stock

MOMENTS = ("ready", "answer")
# Spare rooms that were taken have been replaced by then; so long for each more than the usual two.
SETTLE_S = 10.0
SPARE_S = 3.0


def one(hub: Hub, user: str) -> dict[str, float]:
    """Start one room; give seconds until ready, and until a kernel has answered."""
    ready_s = hub.ready(user)
    return {"ready": ready_s, "answer": ready_s + hub.answer(user)}


def measure(hub: Hub, rounds: int, crowd: int) -> dict[str, list[dict[str, float]]]:
    """Start rooms one after the other, then many at once."""
    return {"one at a time": apart(hub, rounds), f"{crowd} at once": together(hub, crowd)}


def apart(hub: Hub, rounds: int) -> list[dict[str, float]]:
    """Start rooms one after the other; the first of all is not counted."""
    alone: list[dict[str, float]] = []
    for number in range(rounds + 1):
        user = hub.add()
        time.sleep(SETTLE_S if hub.name.endswith("embedded") else 0.5)
        taken = one(hub, user)
        if number:
            alone.append(taken)
        hub.remove([user])
    return alone


def together(hub: Hub, crowd: int, settle_s: float = SETTLE_S) -> list[dict[str, float]]:
    """Start so many rooms at once."""
    users = [hub.add() for _ in range(crowd)]
    time.sleep(settle_s)
    with ThreadPoolExecutor(crowd) as pool:
        times = list(pool.map(lambda user: one(hub, user), users))
    hub.remove(users)
    return times


def pool(hub: Hub) -> str:
    """Say what the spare rooms weigh, as the hub has noted."""
    noted = (hub.home / "hub.log").read_text().splitlines()
    return next(line.split("] ")[-1] for line in noted if "spare rooms wait" in line)


def summary(times: list[dict[str, float]]) -> dict[str, dict[str, float]]:
    """Give the median and the 95th percentile of each moment, in seconds."""
    found: dict[str, dict[str, float]] = {}
    for moment in MOMENTS:
        values = sorted(taken[moment] for taken in times)
        last = values[max(0, round(0.95 * len(values)) - 1)]
        found[moment] = {"p50": statistics.median(values), "p95": last}
    return found


def show(table: dict[str, dict[str, Any]]) -> None:
    """Print the table; ratios are of medians, against stock."""
    print(f"{'':<42}{'ready p50':>11}{'p95':>9}{'answer p50':>13}{'p95':>9}{'× faster':>10}")
    base = next(iter(table.values()))
    for name, ways in table.items():
        for way, row in ways.items():
            ratio = base[way]["answer"]["p50"] / row["answer"]["p50"]
            ready, answer = row["ready"], row["answer"]
            print(
                f"{f'{name}, {way}':<42}{ready['p50']:>9.2f} s{ready['p95']:>7.2f} s"
                f"{answer['p50']:>11.2f} s{answer['p95']:>7.2f} s{ratio:>10.1f}"
            )
    print(
        f"\nours with a PostgreSQL for each, stock without; load average {os.getloadavg()[0]:.1f}"
    )


def main() -> int:
    """Measure, print; status 1 where ours in containers is slower than stock."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=10)
    parser.add_argument("--crowd", type=int, default=10)
    parser.add_argument("--image", default="viva/candidate")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    table: dict[str, dict[str, Any]] = {}
    for side in (
        lambda: stock(given.image),
        lambda: ours("docker", given.image),
        lambda: ours("embedded", given.image),
    ):
        with side() as hub:
            found = measure(hub, given.rounds, given.crowd)
            table[hub.name] = {way: summary(times) for way, times in found.items()}
    with ours("embedded", given.image, SPARE_ROOMS=str(given.crowd)) as hub:
        found = together(hub, given.crowd, SETTLE_S + SPARE_S * given.crowd)
        name = f"{hub.name} with {given.crowd} spare"
        table[name] = {f"{given.crowd} at once": summary(found)}
        waited = pool(hub)
    if given.json:
        print(json.dumps(table))
    else:
        show(table)
        print(waited)
    theirs, docker, *_ = table.values()
    slower = [docker[way]["answer"]["p50"] > theirs[way]["answer"]["p50"] for way in theirs]
    return int(any(slower))


if __name__ == "__main__":
    sys.exit(main())
