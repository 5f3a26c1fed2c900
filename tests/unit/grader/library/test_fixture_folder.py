import shutil
from pathlib import Path

import pytest
from viva_grader.domain.errors import BadFixtureError
from viva_grader.library.fixtures import load_fixture

SHOP = Path(__file__).parents[4] / "sql_fixtures" / "shop"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SHOP, tmp_path / "shop"))


def test_folder_says_sample_and_hidden_variants(folder: Path) -> None:
    fixture = load_fixture(folder)
    assert (fixture.slug, fixture.sample.name) == ("shop", "sample")
    assert len(fixture.hidden) >= 10
    assert "dst" in {variant.name: variant for variant in fixture.hidden}["calendar"].edges
    assert list(fixture.generate(fixture.sample)) == [
        "customers", "orders", "order_events", "deliveries",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["fixture.toml", "schema.sql", "generate.py"])
def test_hash_covers_every_file(folder: Path, name: str) -> None:
    before = load_fixture(folder).sha256
    comment = "-- x\n" if name == "schema.sql" else "# x\n"
    (folder / name).write_text((folder / name).read_text() + comment)
    assert load_fixture(folder).sha256 != before


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("seed = 331", 'seed = "many"', "hidden.calendar.seed: "),
        ("seed = 331", "sed = 331", "hidden.calendar.seed: "),
        ("[sample]", "[sampled]", "sample: Field required"),
        ("[hidden.ties]", "[hidden.sample]", "'sample' cannot name a hidden variant"),
        ("[hidden.ties]", '[hidden."a b"]', "'a b' cannot name a hidden variant"),
        ("[hidden.ties]", "[hidden.ties", "fixture.toml: "),
        ('"schema.sql"', '"other.sql"', "other.sql: No such file"),
        ('"generate.py"', '"other.py"', "other.py: No such file"),
    ],
)
def test_mistake_in_the_settings_is_one_line(folder: Path, old: str, new: str, line: str) -> None:
    text = (folder / "fixture.toml").read_text()
    assert old in text
    (folder / "fixture.toml").write_text(text.replace(old, new))
    with pytest.raises(BadFixtureError) as caught:
        load_fixture(folder)
    assert line in caught.value.message
    assert "\n" not in caught.value.message


def test_fixture_without_hidden_variants_is_refused(folder: Path) -> None:
    text = (folder / "fixture.toml").read_text()
    (folder / "fixture.toml").write_text(text[: text.index("[hidden.keys]")])
    with pytest.raises(BadFixtureError, match="hidden: Field required"):
        load_fixture(folder)
