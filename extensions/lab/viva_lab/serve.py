"""Decides how the single-user server of a container starts: as JupyterHub's own, but lean."""

import importlib
from pathlib import Path

from jupyter_core.paths import jupyter_data_dir

from viva_lab.lean import HUBS_OWN, LISTINGS, leave_out, without


def main() -> None:
    """Be the server; what it needs to know stands in the environment."""
    leave_out()
    # Shared documents are numbered in a database there, which is opened before anything makes it.
    Path(jupyter_data_dir()).mkdir(mode=0o700, parents=True, exist_ok=True)
    # Not above: it imports what is to be left out.
    with without(LISTINGS):
        importlib.import_module("jupyterlab_server.listings_handler")
    with without(HUBS_OWN):
        from jupyterhub.singleuser import (  # pyright: ignore[reportMissingTypeStubs] -- has none
            main as single_user,
        )
    single_user()


if __name__ == "__main__":
    main()
