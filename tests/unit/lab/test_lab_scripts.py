"""Only what stands in its place is named; the room's own script comes first, whatever its hash."""

from pathlib import Path

from viva_lab.scripts import first_scripts

NAMED = [
    "static/lab/main.1.js?v=1",
    "static/lab/gone.2.js?v=2",
    "lab/extensions/@a/b/static/remoteEntry.3.js",
    "elsewhere/main.1.js",
]


def test_scripts_are_the_rooms_own_and_those_of_the_named_that_are_there(tmp_path: Path):
    for name in (
        "lab/static/main.1.js",
        "labextensions/@a/b/static/remoteEntry.3.js",
        "labextensions/viva-lab/static/remoteEntry.4.js",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert first_scripts(tmp_path, NAMED) == [
        "lab/extensions/viva-lab/static/remoteEntry.4.js",
        "static/lab/main.1.js?v=1",
        "lab/extensions/@a/b/static/remoteEntry.3.js",
    ]
