"""Decides that a rubric's file is complete, adds up, and cannot change once it is locked."""

from pathlib import Path

import pytest
from viva_grader.domain.errors import BadRubricError
from viva_grader.domain.question import DEFAULT_RUBRIC
from viva_grader.domain.rubric import PenaltyCosts, QualityCosts, Share
from viva_grader.library.rubrics import load_rubric, parse_rubric, rubric_names
from viva_grader.library.shelf import Shelf

ROOT = Path(__file__).parents[4] / "rubrics"
SOURCE = (ROOT / "senior_ds" / "1.toml").read_text("utf-8")


def test_every_rubric_of_the_repository_is_locked_and_loads() -> None:
    names = rubric_names(ROOT)
    assert "senior_ds/1" in names
    assert [load_rubric(ROOT, name).name for name in names] == names


def test_every_question_of_the_repository_can_be_asked_beside_any_other() -> None:
    shelf = Shelf(ROOT.parent)
    questions = [shelf.question(slug) for slug in shelf.slugs()]
    newest = [each for each in rubric_names(ROOT) if each.startswith("senior_ds/")][-1]
    assert {each.slug: each.scored_by for each in questions} == dict.fromkeys(shelf.slugs(), newest)
    assert newest == DEFAULT_RUBRIC
    readout = shelf.question("ab_test_readout").judging.checks
    asked = {each.id for checks in readout.values() for each in checks}
    assert {"split_comes_first", "looking_has_a_price", "several_measures"} <= asked


def test_senior_data_scientist_has_seven_dimensions_and_their_shares() -> None:
    rubric = load_rubric(ROOT, "senior_ds/1")
    assert [each.name for each in rubric.dimensions] == [
        "correctness",
        "efficiency",
        "statistical_rigour",
        "code_quality",
        "business_translation",
        "principal_signal",
        "communication",
    ]
    assert all(len(set(each.anchors.values())) == 5 for each in rubric.dimensions)
    assert [each.name for each in rubric.dimensions if not each.by_model] == ["correctness"]
    assert rubric.weights == {
        Share.DETERMINISTIC: 0.45,
        Share.RUBRIC: 0.45,
        Share.COMMUNICATION: 0.10,
    }
    assert rubric.deterministic == {
        "correctness": 70,
        "performance": 15,
        "quality": 10,
        "reproducibility": 5,
    }
    assert [name for name, _ in rubric.verdicts] == [
        "Strong Hire",
        "Hire",
        "Borderline",
        "Needs Improvement",
    ]


def test_comment_does_not_change_the_hash_and_a_word_does() -> None:
    sha256 = parse_rubric(SOURCE.encode(), "x").sha256
    assert parse_rubric(f"# new\n{SOURCE}".encode(), "x").sha256 == sha256
    changed = SOURCE.replace("one deliberate pass", "a pass").replace("One deliberate", "A")
    assert parse_rubric(changed.encode(), "x").sha256 != sha256


def test_costs_of_findings_and_errors_stand_in_the_file_or_are_the_defaults() -> None:
    second, first = load_rubric(ROOT, "senior_ds/2"), load_rubric(ROOT, "senior_ds/1")
    assert second.quality == QualityCosts(0.15, 0.08, 0.03, 0.20, 0.80) == first.quality
    assert second.penalties == PenaltyCosts(5, 0.5) == first.penalties
    dearer = (ROOT / "senior_ds" / "2.toml").read_bytes().replace(b"fault = 0.15", b"fault = 0.3")
    changed = parse_rubric(dearer, "x")
    assert changed.quality.fault == 0.3
    assert changed.sha256 != second.sha256


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("rubric = 0.45", "rubric = 0.55", "weights must sum to 1"),
        ("communication = 0.10", "communicaton = 0.10", "weights"),
        ("correctness = 70", "correctness = 60", "must sum to 100"),
        ("at_least = 0", "at_least = 5", "last verdict must begin at 0"),
        ("at_least = 85", "at_least = 60", "best first"),
        ('name = "efficiency"', 'name = "communication"', "same name"),
        ('feeds = "communication"', 'feeds = "rubric"', "each share must be fed"),
        ('feeds = "communication"', 'feeds = "vibes"', "feeds"),
        ("weight = 0.20", "weight = 0", "weight"),
        ('1 = "Wrong on', '6 = "Wrong on', "anchors"),
        ('schema = "viva.rubric/1"', 'schema = "viva.rubric/9"', "schema"),
        ('title = "Correctness"', 'titel = "Correctness"', "title"),
        ("least_confidence = 0.5", "least_confidence = nan", "least_confidence"),
        ("[weights]", "[weights", "not TOML"),
    ],
)
def test_broken_rubric_is_refused_in_one_line(old: str, new: str, message: str) -> None:
    assert old in SOURCE
    with pytest.raises(BadRubricError, match=message) as caught:
        parse_rubric(SOURCE.replace(old, new, 1).encode(), "draft.toml")
    assert "\n" not in caught.value.message
    assert "draft.toml" in caught.value.message


def test_missing_anchor_is_named() -> None:
    lines = [line for line in SOURCE.split("\n") if not line.startswith('3 = "Sensible')]
    with pytest.raises(BadRubricError, match="each level from 1 to 5"):
        parse_rubric("\n".join(lines).encode(), "x")


def test_bytes_that_are_no_text_are_refused() -> None:
    with pytest.raises(BadRubricError, match="not TOML"):
        parse_rubric(b"\xff\xfe", "x")


def shelf(path: Path, source: str, lock: str | None) -> Path:
    (path / "senior_ds").mkdir()
    (path / "senior_ds" / "1.toml").write_text(source, "utf-8")
    if lock is not None:
        (path / "lock.toml").write_text(lock, "utf-8")
    return path


def test_changed_rubric_is_refused_once_locked(tmp_path: Path) -> None:
    lock = (ROOT / "lock.toml").read_text("utf-8")
    changed = SOURCE.replace("One deliberate pass", "Any pass")
    with pytest.raises(BadRubricError, match="make it a new version"):
        load_rubric(shelf(tmp_path, changed, lock), "senior_ds/1")


def test_rubric_that_is_not_locked_says_how_to_lock_it(tmp_path: Path) -> None:
    sha256 = parse_rubric(SOURCE.encode(), "x").sha256
    with pytest.raises(BadRubricError, match=f'"senior_ds/1" = "{sha256}"'):
        load_rubric(shelf(tmp_path, SOURCE, ""), "senior_ds/1")


@pytest.mark.parametrize("lock", [None, "not toml ["])
def test_unreadable_lock_is_refused(tmp_path: Path, lock: str | None) -> None:
    with pytest.raises(BadRubricError, match=r"lock\.toml"):
        load_rubric(shelf(tmp_path, SOURCE, lock), "senior_ds/1")


def test_rubric_under_another_name_is_refused(tmp_path: Path) -> None:
    shelf(tmp_path, SOURCE.replace('version = "1"', 'version = "2"'), "")
    with pytest.raises(BadRubricError, match="calls itself senior_ds/2"):
        load_rubric(tmp_path, "senior_ds/1")


@pytest.mark.parametrize("name", ["senior_ds", "../secrets/1", "senior_ds/../1", "a/b/c", ""])
def test_name_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(BadRubricError, match="no rubric's name"):
        load_rubric(ROOT, name)


def test_unknown_rubric_names_the_known_ones() -> None:
    with pytest.raises(BadRubricError, match=r"known are: .*senior_ds/1"):
        load_rubric(ROOT, "senior_ds/99")


LADDER = (
    *("senior_ds/3", "staff_ds/1", "principal_ds/1"),
    *("junior_de/1", "mid_de/1", "senior_de/1", "staff_de/1", "principal_de/1"),
)


@pytest.mark.parametrize("name", LADDER)
def test_level_has_its_own_weights_and_expectation_and_its_familys_checks(name: str) -> None:
    rubric = load_rubric(ROOT, name)
    assert rubric.role in {"data_scientist", "data_engineer"}
    assert rubric.expects
    for dimension in rubric.scored():
        assert len(dimension.checklist) >= 4
        assert set(dimension.anchors) == {1, 3, 5}
        assert dimension.anchors[1] in dimension.anchor(2)
        assert dimension.anchors[5] in dimension.anchor(4)
    fed = [each.weight for each in rubric.dimensions if each.feeds is Share.RUBRIC]
    assert sum(fed) == pytest.approx(1.0)


def test_every_level_weighs_and_expects_something_else() -> None:
    loaded = [load_rubric(ROOT, name) for name in LADDER]
    assert len({each.expects for each in loaded}) == len(LADDER)
    weighed = {tuple(each.weight for each in one.dimensions) for one in loaded}
    assert len(weighed) == len(LADDER)


def level_shelf(folder: Path, old: str = "", new: str = "", *, family: bool = False) -> Path:
    (folder / "senior_ds").mkdir()
    (folder / "families" / "data_scientist").mkdir(parents=True)
    for name, changed in (("senior_ds/3", not family), ("families/data_scientist/1", family)):
        text = (ROOT / f"{name}.toml").read_text("utf-8")
        assert not changed or old in text
        (folder / f"{name}.toml").write_text(text.replace(old, new, 1) if changed else text)
    (folder / "lock.toml").write_text((ROOT / "lock.toml").read_text("utf-8"))
    return folder


def test_a_word_of_the_family_breaks_the_lock_of_its_levels(tmp_path: Path) -> None:
    shelf = level_shelf(tmp_path, "no needless sort", "no sort", family=True)
    with pytest.raises(BadRubricError, match="changed after it was locked"):
        load_rubric(shelf, "senior_ds/3")


@pytest.mark.parametrize(
    ("old", "new", "family", "message"),
    [
        ("efficiency = 0.20", "speed = 0.20", False, "does not have"),
        ("communication = 1.00\n", "", False, "each share must be fed"),
        ("deterministic = 0.45", "deterministic = 0.5", False, "weights must sum to 1"),
        ('family = "data_scientist/1"', 'family = "gone/1"', False, "no family gone/1"),
        ('id = "early_filters"', 'id = "passes"', True, "same id"),
        ('twin = "neutral"', 'twin = "evil"', True, "twin"),
        ("correctness = 70", "correctness = 60", True, "must sum to 100"),
    ],
)
def test_level_or_family_that_breaks_its_form_is_refused(
    tmp_path: Path, old: str, new: str, family: bool, message: str
) -> None:
    shelf = level_shelf(tmp_path, old, new, family=family)
    with pytest.raises(BadRubricError, match=message):
        load_rubric(shelf, "senior_ds/3")
