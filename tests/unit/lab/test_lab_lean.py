"""What a room's server leaves out, in a process of its own: sys.modules belongs to all tests."""

import subprocess
import sys
from pathlib import Path

import generate_types

LAB = Path(generate_types.__file__).parent
OPENING = """
import sys
from viva_lab.lean import HUBS_OWN, LISTINGS, leave_out, without
leave_out()
def heavy():
    return sorted({"alembic", "sqlalchemy", "jupyterhub.orm", "requests"} & set(sys.modules))
"""
LAB_SERVER = "import jupyterlab_server.listings_handler"
SINGLE_USER = "from jupyterhub.singleuser.extension import JupyterHubSingleUser"


def run(code: str) -> str:
    words = [sys.executable, "-c", OPENING + code]
    done = subprocess.run(words, cwd=LAB, capture_output=True, text=True, check=False)
    return done.stdout.strip() or done.stderr.strip().splitlines()[-1]


def test_server_has_what_it_never_uses_only_where_it_is_not_left_out():
    lean = (
        f"with without(LISTINGS):\n    {LAB_SERVER}\nwith without(HUBS_OWN):\n    {SINGLE_USER}\n"
    )
    assert run(f"{lean}print(heavy())") == "[]"
    everything = "['alembic', 'jupyterhub.orm', 'requests', 'sqlalchemy']"
    assert run(f"{LAB_SERVER}\n{SINGLE_USER}\nprint(heavy())") == everything


def test_module_that_was_left_out_can_be_imported_afterwards():
    code = f"with without(HUBS_OWN):\n    {SINGLE_USER}\n"
    assert run(code + "import sqlalchemy\nprint(sqlalchemy.text('1'))") == "1"


def test_making_what_is_left_out_says_so():
    code = "with without(('plots',)):\n    from plots import boxplot\nboxplot(1)"
    assert run(code) == "ImportError: plots.boxplot is left out of a candidate's room."
