"""Decides what a candidate weighs: a server, a kernel with `%%sql`, a database, beside stock's."""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from hubs import Hub, ours, stock
from processes import weight_mib

AT_A_TIME = 4
# A room with a database loads `%%sql` by itself, one second after its kernel has begun, stock when
# it is asked to. Compared are kernels that have it.
LOADED = "import time; time.sleep(4); import sql.magic, sql.connection, psycopg; 6 * 7"


def embedded_parts(hub: Hub, user: str) -> dict[str, list[int]]:
    """Name a room's first processes, as the hub has written them down."""
    noted = json.loads((hub.home / "candidates" / user / "processes.json").read_text())
    return {"server and kernel": [noted["server"]["pid"]], "database": [noted["database"]["pid"]]}


def container_parts(hub: Hub, user: str) -> dict[str, list[int]]:
    """Name the first processes of a user's containers."""
    del hub
    ask = ["docker", "ps", "--no-trunc", "--format", "{{.Names}}"]
    named = subprocess.run(ask, capture_output=True, text=True, check=True)
    parts: dict[str, list[int]] = {"server and kernel": [], "database": []}
    for name in named.stdout.split():
        if user.removeprefix("c-") in name:
            look = ["docker", "inspect", "--format", "{{.State.Pid}}", name]
            pid = subprocess.run(look, capture_output=True, text=True, check=True)
            part = "database" if name.endswith("-pg") else "server and kernel"
            parts[part].append(int(pid.stdout))
    return parts


@contextmanager
def rooms(hub: Hub, count: int) -> Iterator[list[str]]:
    """Give so many rooms, in each of which a kernel has loaded `%%sql`."""
    users = [hub.add() for _ in range(count)]

    def begin(user: str) -> None:
        hub.ready(user)
        hub.answer(user, LOADED)

    try:
        with ThreadPoolExecutor(AT_A_TIME) as pool:
            list(pool.map(begin, users))
        yield users
    finally:
        hub.remove(users)


def weigh(
    hub: Hub, users: list[str], parts: Callable[[Hub, str], dict[str, list[int]]]
) -> dict[str, float]:
    """Give MiB per candidate of each part: proportional set sizes, so shared pages count once."""
    sums: dict[str, float] = {}
    for user in users:
        for part, pids in parts(hub, user).items():
            sums[part] = sums.get(part, 0.0) + sum(map(weight_mib, pids))
    return {part: total / len(users) for part, total in sums.items()}


def main() -> int:
    """Measure, print; status 1 where a server and kernel of ours weigh more than stock's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidates", type=int, default=40)
    parser.add_argument("--image", default="viva/candidate")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    table: dict[str, dict[str, Any]] = {}
    for side, parts in (
        (lambda: stock(given.image), container_parts),
        (lambda: ours("docker", given.image), container_parts),
        (lambda: ours("embedded", given.image), embedded_parts),
    ):
        with side() as hub, rooms(hub, given.candidates) as users:
            table[hub.name] = weigh(hub, users, parts)
    if given.json:
        print(json.dumps(table))
    else:
        names = ("server and kernel", "database")
        print(f"{'MiB per candidate':<22}" + "".join(f"{name:>20}" for name in names))
        for name, row in table.items():
            print(f"{name:<22}" + "".join(f"{row.get(part, 0.0):>20.0f}" for part in names))
        print(f"{given.candidates} candidates; load average {os.getloadavg()[0]:.1f}")
    stock_row, *our_rows = table.values()
    heaviest = max(row["server and kernel"] for row in our_rows)
    return int(heaviest > stock_row["server and kernel"])


if __name__ == "__main__":
    sys.exit(main())
