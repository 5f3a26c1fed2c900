"""Prepared folders of contents that changed: removed when nobody uses them, and not before."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from viva_grader.databases.keep import in_use, only_one, prune, sweep_staged

ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for number, name in enumerate(("shop-" + c * 16 for c in "abcd"), 1):
        made = tmp_path / name
        (made / "base").mkdir(parents=True)
        os.utime(made, (number * 1000, number * 1000))
    (tmp_path / ("shop_b-" + "a" * 16)).mkdir()
    (tmp_path / "shop-notes").mkdir()
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_newest_two_of_a_fixture_are_kept(folder: Path) -> None:
    target = folder / ("shop-" + "d" * 16)
    assert [path.name for path in prune(target, "shop")] == [
        "shop-" + "b" * 16, "shop-" + "a" * 16,
    ]  # fmt: skip
    assert names(folder) == sorted(
        ["shop-" + "c" * 16, "shop-" + "d" * 16, "shop-notes", "shop_b-" + "a" * 16]
    )


def test_folder_of_todays_content_is_kept_however_old(folder: Path) -> None:
    target = folder / ("shop-" + "a" * 16)
    prune(target, "shop")
    assert target.exists()
    assert (folder / ("shop-" + "d" * 16)).exists()


def test_folder_that_another_process_uses_is_kept(folder: Path) -> None:
    used = folder / ("shop-" + "a" * 16)
    program = (
        "import sys; from pathlib import Path\n"
        "from viva_grader.databases.keep import in_use\n"
        "lock = in_use(Path(sys.argv[1])); print('used', flush=True); sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(used)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, cwd=ROOT,
    ) as user:  # fmt: skip
        assert user.stdout is not None
        assert user.stdout.readline() == "used\n"
        prune(folder / ("shop-" + "d" * 16), "shop")
        assert used.exists()
        user.kill()
        user.wait()
    prune(folder / ("shop-" + "d" * 16), "shop")
    assert not used.exists(), "a dead process's lock holds nothing"


def test_folder_in_use_here_is_kept_until_it_is_closed(folder: Path) -> None:
    used = folder / ("shop-" + "a" * 16)
    with in_use(used):
        prune(folder / ("shop-" + "d" * 16), "shop")
        assert used.exists()


def test_interrupted_staging_folders_are_removed(folder: Path) -> None:
    target = folder / ("shop-" + "d" * 16)
    mine, other = folder / f".{target.name}-ab_12xyz", folder / ".shop-notes-ab_12xyz"
    old = folder / (".shop-" + "e" * 16 + "-ab_12xyz")
    for path in (mine, other, old):
        (path / "data").mkdir(parents=True)
    (folder / (".shop-" + "e" * 16 + ".lock")).touch()
    with only_one(target):
        sweep_staged(target)
    assert not mine.exists()
    assert other.exists()
    with only_one(folder / ("shop-" + "e" * 16)):
        prune(target, "shop")
        assert old.exists(), "somebody is making it"
    prune(target, "shop")
    assert not old.exists()
