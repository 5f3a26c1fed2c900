"""What an attack costs: the part it was made in, never the points of the others."""

import json

import pytest
from viva_grader.bootstrap import Grader

from tests.attacks.corpus import CORPUS
from tests.attacks.victim import World

pytestmark = pytest.mark.sandbox


def _verdicts(grader: Grader, world: World, square: str) -> dict[str, tuple[str, float | None]]:
    victim = world.victim()
    items = grader.grade(victim.submission({"square": square}), victim.question).items
    return {i.part: (i.status.value, i.points) for i in items if i.kind != "written"}


def test_a_crash_keeps_the_points_already_earned(grader: Grader, world: World) -> None:
    bomb = "import os\ndef square(x):\n    if not isinstance(x, int): os._exit(1)\n    return x * x"
    assert _verdicts(grader, world, bomb) == {
        "value": ("pass", 1), "kinds": ("pass", 1), "variable": ("pass", 1),
        "arrays": ("candidate_error", 0), "found": ("pass", 0),
    }  # fmt: skip


def test_a_part_that_hangs_does_not_cost_the_later_ones(grader: Grader, world: World) -> None:
    slow = "def square(x):\n    while type(x) is int and x == -3: pass\n    return x * x"
    assert _verdicts(grader, world, slow) == {
        "value": ("timeout", 0), "kinds": ("pass", 1), "variable": ("pass", 1),
        "arrays": ("pass", 1), "found": ("pass", 0),
    }  # fmt: skip


def test_a_sandbox_cannot_be_said_to_be_broken(grader: Grader, world: World) -> None:
    attack = CORPUS["forging/frame_of_a_broken_sandbox"]
    items = grader.grade(world.submission(attack), world.question()).items
    said = {i.part: (i.status.value, i.points) for i in items}
    assert said["value"] == ("candidate_error", 0)


def test_a_copied_cell_is_named_in_the_evidence(grader: Grader, world: World) -> None:
    victim = world.victim()
    document = json.loads(victim.submission({"square": "def square(x):\n    return 5"}))
    honest = [dict(cell) for cell in json.loads(victim.submission())["cells"]]
    document["cells"] = document["cells"][::-1] + honest * 3
    grade = grader.grade(json.dumps(document).encode(), victim.question)
    points = {i.part: i.points for i in grade.items}
    assert (points["value"], points["arrays"]) == (0, 0)
    assert any(fact.kind == "copied_cell" for fact in grade.evidence)


def test_deleted_tests_are_run_all_the_same(grader: Grader, world: World) -> None:
    victim = world.victim()
    document = json.loads(victim.submission({"square": "def square(x):\n    return 5"}))
    document["cells"] = [c for c in document["cells"] if "points" not in c["metadata"].get("nbgrader", {})]  # fmt: skip
    grade = grader.grade(json.dumps(document).encode(), victim.question)
    # its total is computed from a wrong square
    assert {i.part: i.points for i in grade.items if i.points} == {"kinds": 1}
