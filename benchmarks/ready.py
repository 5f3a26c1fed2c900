"""Decides how long a candidate waits: from Start to a kernel that answers, in a real browser."""

import argparse
import json
import os
import shutil
import statistics
import sys
import time
from pathlib import Path
from typing import Any

from hubs import scratch_home
from playwright.sync_api import Browser, sync_playwright
from viva_console.bootstrap import Console, build_console
from viva_console.domain.record import staff
from viva_console.flow.invite import create_interview, invite_url
from viva_console.launch.up import running
from viva_grader.places import clone_root

PROBE = Path(__file__).with_suffix(".js")
QUESTION = "late_orders"
ROOM_MS = 90_000
GOALS_S = {"opened": 0.5, "at once": 1.5}
USABLE_S = 3.0
READ_S = 5.0
# A spare room that was taken has been replaced by then, as it would be between candidates.
SETTLE_S = 10.0
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
CHROMIUM_ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MOMENTS = ("page", "session", "answer", "usable")


def invite(console: Console) -> str:
    """Make an interview; give its link."""
    made = create_interview(
        console, "bench", [QUESTION], minutes=30, role="bench", created_by=staff("bench")
    )
    return invite_url(console, made)


def one(browser: Browser, url: str, read_s: float) -> dict[str, float]:
    """Visit one invite with a browser that has nothing cached; give seconds since Start."""
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_init_script(path=PROBE)
    page = context.new_page()
    try:
        page.goto(url)
        page.get_by_label("I have read this page").check()
        page.wait_for_timeout(read_s * 1000)
        page.get_by_role("button", name="Start").click()
        page.wait_for_url("**/lab/tree/**", timeout=ROOM_MS, wait_until="commit")
        done = "() => sessionStorage.answer && sessionStorage.usable"
        page.wait_for_function(done, timeout=ROOM_MS)
        noted = page.evaluate("() => ({...sessionStorage})")
    finally:
        context.close()
    return {name: (int(noted[name]) - int(noted["start"])) / 1000 for name in MOMENTS}


def measure(rounds: int) -> dict[str, list[dict[str, float]]]:
    """Take turns between an invite that is read and one whose Start is pressed at once."""
    found: dict[str, list[dict[str, float]]] = {name: [] for name in GOALS_S}
    path = next(filter(None, map(shutil.which, CHROMIUM)))
    with scratch_home() as home:
        os.environ |= {"VIVA_PORT": "0", "VIVA_HOME": str(home)}
        with running(home, clone_root(), lambda _: None) as (place, store_url, _):
            console = build_console(place.console_settings(store_url))
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=path, args=list(CHROMIUM_ARGUMENTS)
                )
                for number in range(-1, rounds):
                    for name, times in found.items():
                        url = invite(console)
                        taken = one(browser, url, READ_S if name == "opened" else 0.0)
                        if number >= 0:  # the first of all warms the console's library
                            times.append(taken)
                        time.sleep(SETTLE_S)
                browser.close()
            console.close()
    return found


def _p95(values: list[float]) -> float:
    return sorted(values)[max(0, round(0.95 * len(values)) - 1)]


def main() -> int:
    """Print the table or JSON; status 1 where a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = measure(given.rounds)
    table: dict[str, Any] = {
        name: {
            moment: {
                "p50": statistics.median(values := [taken[moment] for taken in times]),
                "p95": _p95(values),
            }
            for moment in MOMENTS
        }
        for name, times in found.items()
    }
    if given.json:
        print(json.dumps(table))
    else:
        print(f"{'seconds from Start':<24}" + "".join(f"{name:>18}" for name in MOMENTS))
        for name, row in table.items():
            cells = (f"{row[moment]['p50']:8.2f} /{row[moment]['p95']:6.2f}" for moment in MOMENTS)
            print(f"{name:<24}" + "".join(f"{cell:>18}" for cell in cells))
        print(f"each p50 / p95 of {given.rounds}; load average {os.getloadavg()[0]:.1f}")
    missed = any(table[name]["answer"]["p50"] > goal for name, goal in GOALS_S.items())
    return int(missed or table["opened"]["usable"]["p50"] > USABLE_S)


if __name__ == "__main__":
    sys.exit(main())
