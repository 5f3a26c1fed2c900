"""The wheel: complete, typed, and never without its front end."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import build as lab_build
import pytest

pytestmark = pytest.mark.timeout(300)
LAB = Path(lab_build.__file__).parent


@pytest.fixture(scope="module")
def wheel() -> Path:
    done = subprocess.run(
        [sys.executable, LAB / "build.py"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


def test_wheel_carries_front_end_server_half_and_settings(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        front_end = [each for each in names if "/static/remoteEntry." in each]
        assert len(front_end) == 1
        code = archive.read(front_end[0]).decode()
    assert "viva-lab:interview" in code
    for expected in (
        "viva_lab/handlers.py",
        "viva_lab/kernel.py",
        "etc/ipython/ipython_config.py",
        "etc/jupyter/jupyter_lab_config.json",
        "etc/jupyter/jupyter_server_config.d/viva_lab.json",
        "etc/jupyter/jupyter_server_config.json",
        "etc/jupyter/labconfig/default_setting_overrides.json",
        "etc/jupyter/labconfig/page_config.json",
        "share/jupyter/labextensions/viva-lab/install.json",
        "share/jupyter/labextensions/viva-lab/package.json",
    ):
        assert any(each.endswith(expected) for each in names), expected


def test_wheel_carries_no_source_of_the_panel_and_no_question(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    unwanted = (".ts", ".ipynb", ".map")
    assert [each for each in names if each.endswith(unwanted) or "node_modules" in each] == []


def test_wheel_without_front_end_is_refused(tmp_path):
    for name in ("pyproject.toml", "hatch_build.py", "README.md", "install.json"):
        shutil.copy(LAB / name, tmp_path / name)
    shutil.copytree(LAB / "etc", tmp_path / "etc")
    leave_out = shutil.ignore_patterns("labextension", "__pycache__")
    shutil.copytree(LAB / "viva_lab", tmp_path / "viva_lab", ignore=leave_out)
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "front end is missing" in done.stderr + done.stdout


def test_second_build_does_nothing(wheel):
    before = wheel.stat().st_mtime_ns
    subprocess.run([sys.executable, LAB / "build.py"], check=True, capture_output=True)
    assert wheel.stat().st_mtime_ns == before


def test_panel_logic_by_nodes_own_test_runner(wheel):
    command = [str(lab_build.node()), "--test", "tests/*.test.ts"]
    done = subprocess.run(command, cwd=LAB, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
