"""A person who is not root gets the same rooms: processes of their own, of a bounded number."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.sandbox,
    pytest.mark.skipif(os.geteuid() != 0, reason="every test here runs as a plain user already"),
]

PLAIN = 43_210
PROGRAM = f"""
import json, os, sys
from pathlib import Path
from viva_grader.bootstrap import GraderSettings, build_grader
from tests.fakes.nbgrader_course import autograded, course, solution
# imports first: the interpreter may lie where nobody else can read
os.setgroups([]); os.setgid({PLAIN}); os.setuid({PLAIN})
home = Path(sys.argv[1]); os.chdir(home); os.environ["HOME"] = str(home)
FORKS = '''
import os
def f():
    for _ in range(500):
        if os.fork() == 0:
            import time; time.sleep(100)
    return 1
'''
ALONE = '''
import os
def f():
    try: os.kill(2, 0)
    except ProcessLookupError: return os.getpid()
'''
asked = course(solution("f", "def f(): return 1"), autograded("t", "assert f() == 1"))
with build_grader(GraderSettings(home=home)) as grader:
    for answer in ("def f(): return 1", "def f(): return 2", ALONE, FORKS):
        grade = grader.grade(asked.submission({{"f": answer}}), asked.question, measured=False)
        print(json.dumps([grade.items[0].points, grade.items[0].message]))
"""


def opened(folder: Path) -> list[str]:
    """Shell commands after which, in a mount namespace of one's own, anybody can read a folder."""
    shut = next((f for f in reversed(folder.parents) if not f.stat().st_mode & 0o001), None)
    if shut is None:
        return []
    return [
        'mkdir "$1/kept"', f'mount --bind "{folder}" "$1/kept"',
        f'mount -t tmpfs -o mode=0755 none "{shut}"', f'mkdir -p "{folder}"',
        f'mount --bind "$1/kept" "{folder}"',
    ]  # fmt: skip


def test_plain_user_grades_in_rooms_of_their_own(tmp_path: Path) -> None:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    home = tmp_path / "home"
    home.mkdir()
    os.chown(home, PLAIN, PLAIN)
    commands = [*opened(Path(sys.base_prefix)), f'exec "{sys.executable}" -c "$2" "$1/home"']
    script = ["unshare", "--mount", "sh", "-ec", "\n".join(commands), "sh", str(tmp_path), PROGRAM]
    root = Path(__file__).parents[3]
    done = subprocess.run(script, capture_output=True, check=False, text=True, cwd=root)
    assert done.returncode == 0, done.stderr[-2000:]
    right, wrong, alone, forks = (json.loads(line) for line in done.stdout.splitlines())
    assert [right[0], wrong[0], alone[0]] == [1.0, 0.0, 1.0]
    assert forks[0] == 0.0
    assert "limit pids" in forks[1]
