"""Decides when `make setup` has work to do, and does it.

Runs on any Python >= 3.11 with pip or venv, uses the standard library only, and can be stopped and
started again at any moment: a step's stamp is written when the step is done, and holds the hash of
all that it was made from.
"""

import argparse
import os
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor

from machine import HOME, SetupError, apt_install, check_machine, make_home
from progress import Progress
from steps import STEPS, Step


def run_step(step: Step, done: dict[str, Future[bool]], progress: Progress) -> bool:
    """Run a step after those that it needs, unless it is up to date; return whether it ran."""
    ran = [done[name].result() for name in step.needs]
    stamp, wanted = HOME / "stamps" / step.name, step.fingerprint()
    if not any(ran) and step.makes.exists() and stamp.exists() and stamp.read_text() == wanted:
        return False
    progress.start(step.title)
    try:
        stamp.unlink(missing_ok=True)
        step.run()
    except BaseException:
        progress.fail(step.title)
        raise
    stamp.write_text(wanted)
    progress.end(step.title)
    return True


def run_steps() -> None:
    """Run what is not up to date, each step as soon as those that it needs are done."""
    progress = Progress()
    done: dict[str, Future[bool]] = {}
    with ThreadPoolExecutor(len(STEPS)) as pool:  # a thread each: most of them wait
        for step in STEPS:
            done[step.name] = pool.submit(run_step, step, done, progress)
        while not all(future.done() for future in done.values()):
            progress.draw()
            time.sleep(0.2)
    for future in done.values():
        future.result()


def main() -> int:
    """Set everything up; return the exit status."""
    parser = argparse.ArgumentParser(description="Install everything that Viva needs.")
    parser.add_argument("--home", action="store_true", help="print the runtime folder and stop")
    parser.add_argument(
        "--apt", nargs="+", metavar="PACKAGE", help="install these packages and stop"
    )
    arguments = parser.parse_args()
    os.umask(0o022)  # other users, with fewer rights, read what is installed here
    if arguments.home:
        print(HOME)
        return 0
    try:
        make_home()
        if arguments.apt:
            apt_install(*arguments.apt, why="the tests need it")
            return 0
        check_machine()
        run_steps()
    except SetupError as error:
        print(f"\nsetup: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nsetup: stopped; run it again and it goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
