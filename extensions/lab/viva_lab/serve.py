"""Decides how the single-user server of a container starts: as JupyterHub's own, but lean."""

from viva_lab.lean import leave_out


def main() -> None:
    """Be the server; what it needs to know stands in the environment."""
    leave_out()
    # After that, not above: it imports what is to be left out.
    from jupyterhub.singleuser import (  # pyright: ignore[reportMissingTypeStubs] -- has none
        main as single_user,
    )

    single_user()


if __name__ == "__main__":
    main()
