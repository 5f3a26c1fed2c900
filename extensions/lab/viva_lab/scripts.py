"""Decides which scripts a browser may fetch while an invite is being read, before anybody enters.

`first_scripts.json` names what JupyterLab's page in a room loads at first: 93 files, 7 MB. A test
in a browser keeps it true, and writes it anew when it is asked to.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

NAMED = Path(__file__).with_name("first_scripts.json")
PLACES = {"static/lab/": "lab/static", "lab/extensions/": "labextensions"}
OWN = "lab/extensions/viva-lab/static/"


def first_scripts(share: Path, named: Iterable[str] | None = None) -> list[str]:
    """Return addresses below a server's own, of files that are there: the room's own and the named.

    Parameters
    ----------
    share
        The folder `share/jupyter` of the environment.
    named
        What to look for; by default what `first_scripts.json` names.
    """
    names: Iterable[str] = json.loads(NAMED.read_text()) if named is None else named
    own = sorted(path.name for path in (share / "labextensions/viva-lab/static").glob("*.js"))
    return [OWN + name for name in own] + [name for name in names if _is_there(share, name)]


def _is_there(share: Path, name: str) -> bool:
    path = urlsplit(name).path
    return any(
        path.startswith(place) and (share / folder / path.removeprefix(place)).is_file()
        for place, folder in PLACES.items()
    )
