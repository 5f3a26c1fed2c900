"""Every attack against Viva: no point more than is honest, no secret, nothing left behind."""

import json

import pytest
from viva_grader.domain.errors import BadSubmissionError, VivaError
from viva_grader.domain.grade import Grade

from tests.attacks.batch import Batch
from tests.attacks.conftest import SANDBOXES
from tests.attacks.corpus import CORPUS, Gain
from tests.attacks.victim import MAX_POINTS, World

pytestmark = [
    pytest.mark.parametrize("batch", SANDBOXES, indirect=True),
    pytest.mark.timeout(1200),  # the first one waits for its whole batch
]


def _grade(batch: Batch, name: str) -> Grade | None:
    """Give its grade; None where it was refused whole, which earns nothing."""
    grade = batch.grades[name]
    if isinstance(grade, VivaError):
        assert isinstance(grade, BadSubmissionError), grade
        return None
    return grade


@pytest.mark.parametrize("name", CORPUS)
def test_attack_earns_no_more_than_is_honest(batch: Batch, name: str) -> None:
    grade = _grade(batch, name)
    earned = {i.part: i.points for i in grade.items if i.points} if grade else {}
    allowed = CORPUS[name].earns
    over = {part: points for part, points in earned.items() if points > allowed.get(part, 0)}
    assert not over, [(i.part, i.status.value, i.message) for i in grade.items] if grade else ""


@pytest.mark.parametrize("name", CORPUS)
def test_attack_is_never_our_own_fault(batch: Batch, name: str) -> None:
    grade = _grade(batch, name)
    for item in grade.items if grade else ():
        assert item.status.value != "infra_error", item


@pytest.mark.parametrize("name", CORPUS)
def test_attack_finds_no_secret(batch: Batch, world: World, name: str) -> None:
    grade = _grade(batch, name)
    found = [i for i in grade.items if i.part == "found"] if grade else []
    # staff may read a test's own message; what the submission found stands in this one alone
    assert world.secrets_in(" ".join(item.message for item in found)) == []
    own = json.dumps(grade.cells) if grade else str(batch.grades[name])
    assert world.secrets_in(own) == []


@pytest.mark.parametrize("name", [n for n, each in CORPUS.items() if each.gain is Gain.LOOT])
def test_attack_opens_no_door_and_does_no_harm(batch: Batch, name: str) -> None:
    grade = _grade(batch, name)
    assert grade is not None
    (found,) = [item for item in grade.items if item.part == "found"]
    # what it noted is told by a test that fails; a process that was ended has noted nothing
    assert found.status.value in {"pass", "candidate_error", "timeout"}, found.message


def test_honest_submissions_between_attacks_get_full_marks(batch: Batch) -> None:
    assert len(batch.honest) >= 10
    for grade in batch.honest:
        assert isinstance(grade, Grade), grade
        assert grade.auto_score == MAX_POINTS, grade.items


def test_honest_submissions_between_attacks_get_the_same_grade(batch: Batch) -> None:
    assert len({grade.sha256 for grade in batch.honest if isinstance(grade, Grade)}) == 1


def test_nothing_of_the_batch_is_left_behind(batch: Batch) -> None:
    assert batch.left == {}
    assert [said for said in batch.heard if b"VIVA-ATTACK" in said] == []
