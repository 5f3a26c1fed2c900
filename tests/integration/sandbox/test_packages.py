"""Submissions import what the allow-list names, the same in every sandbox, and nothing else."""

import sys
from pathlib import Path

import pytest
from viva_grader.bootstrap import Grader
from viva_grader.sandbox.bubblewrap import Bubblewrap
from viva_grader.sandbox.docker import DockerSandbox
from viva_grader.sandbox.interpreter import find_interpreter, find_runner
from viva_grader.sandbox.inventory import allow_list

from tests.integration.sandbox.conftest import LIMITS, Marked, has_image

MODULES = {"ipython": "IPython", "scikit-learn": "sklearn"}
IMPORTS = """
def f(names):
    found = []
    for name in names:
        try:
            __import__(name)
        except ImportError:
            continue
        found.append(name)
    return found
"""


def test_the_allow_list_and_nothing_of_the_graders_own_can_be_imported(
    grader: Grader, marked: Marked
) -> None:
    del grader
    allowed = [MODULES.get(name, name) for name in allow_list(find_runner())]
    others = ["viva_grader", "viva_console", "nbgrader", "pytest", "openai", "sqlalchemy", "pip"]
    test = f"assert f({allowed + others}) == {allowed}"
    limits = LIMITS.__class__(call_s=30, part_s=30, total_s=60)
    assert marked(IMPORTS, test, limits=limits)["t0"] == ("pass", "All assertions hold")


@pytest.mark.sandbox
def test_the_digest_of_the_packages_does_not_hold_what_an_installer_noted() -> None:
    found = find_interpreter(Path(sys.executable))
    assert len(found.versions["wheels"]) == 64
    assert found.versions == find_interpreter(Path(sys.executable)).versions
    names = {entry.name for entry in found.packages}
    assert {"numpy", "pandas", "sklearn"} < names
    assert not names & {"viva_grader", "pytest", "nbgrader"}


@pytest.mark.docker
@pytest.mark.sandbox
def test_both_sandboxes_give_a_grade_the_same_environment() -> None:
    if not has_image():
        pytest.skip("the image viva/sandbox is not built: make images")
    here, there = Bubblewrap(Path(sys.executable)), DockerSandbox("viva/sandbox")
    assert here.describe() == there.describe()
    assert here.describe_aside() != there.describe_aside()
