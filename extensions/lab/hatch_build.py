"""Decides what the wheel carries beside its code, and that it never lacks the front end.

The settings change every JupyterLab and kernel of the environment that they are installed into. So
an editable install, which serves tests and tools, brings the code alone.
"""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LABEXTENSION = "viva_lab/labextension"
PLACE = "share/jupyter/labextensions/viva-lab"
SETTINGS = (
    "etc/ipython/ipython_config.py",
    "etc/jupyter/jupyter_server_config.d/viva_lab.json",
    "etc/jupyter/jupyter_lab_config.json",
    "etc/jupyter/labconfig/default_setting_overrides.json",
    "etc/jupyter/labconfig/page_config.json",
)


class RoomHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the room's front end and settings to a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files to add; refuse to build a wheel whose front end has not been built.

        Raises
        ------
        FileNotFoundError
            If `python build.py` has not bundled the front end yet.
        """
        if version == "editable":
            return
        manifest = Path(self.root, LABEXTENSION, "package.json")
        if not manifest.is_file():
            raise FileNotFoundError("The front end is missing: run `python build.py`.")
        build_data["shared_data"] = {
            LABEXTENSION: PLACE,
            "install.json": f"{PLACE}/install.json",
            **{path: path for path in SETTINGS},
        }
