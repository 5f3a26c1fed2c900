"""The README's first command: three candidates on the embedded default, graded as they deserve."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.e2e.conftest import VIVA, environment, scratch_home

pytestmark = [pytest.mark.sandbox, pytest.mark.postgres, pytest.mark.timeout(420)]


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, Path]:
    home, out = scratch_home(), tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        [VIVA, "demo", "--once", "--out", out],
        env=environment(home, VIVA_PORT="0"),
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    yield done.stdout, out, home
    shutil.rmtree(home, ignore_errors=True)


def scores(out: Path) -> dict[tuple[str, str], tuple[float | None, float]]:
    reports = json.loads((out / "report.json").read_text())
    return {
        (report["interview"]["candidate"], question["question"]["slug"]): (
            question["auto_score"],
            question["max_score"],
        )
        for report in reports
        for question in report["questions"]
    }


def test_reference_gets_every_point_and_malice_none(played: tuple[str, Path, Path]) -> None:
    assert scores(played[1]) == {
        ("A (reference)", "top_customers"): (13, 13),
        ("A (reference)", "late_orders"): (12, 12),
        ("B (partly wrong)", "top_customers"): (9, 13),
        ("B (partly wrong)", "late_orders"): (8, 12),
        ("C (malicious)", "top_customers"): (0, 13),
        ("C (malicious)", "late_orders"): (0, 12),
    }


def test_report_invents_no_overall_score_without_a_model(played: tuple[str, Path, Path]) -> None:
    reports = json.loads((played[1] / "report.json").read_text())
    assert [report["final"]["overall"] for report in reports] == [None] * 3
    assert "unscored" in (played[1] / "report.html").read_text()


def test_nothing_runs_and_no_room_is_left_after_the_end(played: tuple[str, Path, Path]) -> None:
    home = str(played[2])
    commands = [
        path.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        for path in Path("/proc").glob("[0-9]*/cmdline")
        if path.exists()
    ]
    assert [command for command in commands if home in command] == []
    assert list(played[2].glob("candidates/.spare-*")) == []
    assert home not in Path("/proc/self/mountinfo").read_text()
