"""Decides what every attack is made against: one grader per sandbox, one world, one batch."""

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from viva_grader.bootstrap import Grader, GraderSettings, build_grader

from tests.attacks.batch import Batch, grade_batch
from tests.attacks.corpus import CORPUS, Against
from tests.attacks.left import Left
from tests.attacks.one_process import OneProcess, Report
from tests.attacks.stock import autograde
from tests.attacks.victim import World
from tests.fakes.short_home import short_home

SANDBOXES = (
    pytest.param("bubblewrap", marks=pytest.mark.sandbox),
    pytest.param("docker", marks=[pytest.mark.docker, pytest.mark.sandbox]),
)


@pytest.fixture(scope="session")
def world() -> Iterator[World]:
    """Plant this run's secrets, before any grader starts."""
    with short_home() as folder:
        world = World(folder)
        world.settle()
        os.environ["VIVA_ATTACKS_SECRET"] = world.canaries["environment"]
        before = tempfile.tempdir, os.environ.get("TMPDIR")
        (folder / "tmp").mkdir()
        os.environ["TMPDIR"] = tempfile.tempdir = str(folder / "tmp")
        yield world
        tempfile.tempdir = before[0]
        os.environ.pop("TMPDIR") if before[1] is None else os.environ.update(TMPDIR=before[1])
        del os.environ["VIVA_ATTACKS_SECRET"]
        world.leave()


@pytest.fixture(scope="session")
def grader(world: World) -> Iterator[Grader]:
    with build_grader(GraderSettings(home=world.folder / "home")) as built:
        yield built


@pytest.fixture(scope="session")
def batch(request: pytest.FixtureRequest, world: World) -> Batch:
    """Grade all of them between honest ones, once per sandbox."""
    sandbox: str = request.param
    if sandbox == "docker":
        asked = ["docker", "image", "inspect", "viva/sandbox"]
        if subprocess.run(asked, capture_output=True, check=False).returncode:
            pytest.skip("the image viva/sandbox is not built")
    before, already = Left.now(world.folder), len(world.heard)
    home: Path = world.folder / "home" / sandbox
    with build_grader(GraderSettings(home=home, sandbox=sandbox)) as built:  # type: ignore[arg-type]
        # a container costs a second: there only what decides points is run
        quick = sandbox == "bubblewrap"
        graded = grade_batch(built, world, honest_every=2 if quick else 20, measured=quick)
        graded.left_open = Left.now(world.folder).since(before)
    graded.left = Left.settled(world.folder, before)
    graded.heard = world.heard[already:]  # what came before was for the graders without defences
    return graded


@pytest.fixture(scope="session")
def one_process(world: World) -> Iterator[OneProcess]:
    with OneProcess(world.folder / "peer") as peer:
        yield peer


@pytest.fixture(scope="session")
def stock(world: World) -> dict[str, Report]:
    """Let nbgrader itself grade the submissions that are said to gain there, and an honest one."""
    chosen = {
        name.replace("/", "-"): world.submission(attack)
        for name, attack in CORPUS.items()
        if attack.against is Against.STOCK
    }
    source = world.question().source
    return autograde(world.folder / "course", source, {"honest": world.honest(), **chosen})
