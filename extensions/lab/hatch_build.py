"""Decides that no wheel leaves without its front end: hatchling itself would not notice."""

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class FrontEndHook(BuildHookInterface):  # type: ignore[type-arg]
    """Looks for the bundled panel before a wheel is made."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Refuse to go on without the panel.

        Raises
        ------
        FileNotFoundError
            If `python build.py` has not bundled it yet.
        """
        manifest = Path(self.root, "viva_lab", "labextension", "package.json")
        if not manifest.is_file():
            raise FileNotFoundError("The front end is missing: run `python build.py`.")
