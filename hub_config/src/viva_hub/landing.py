"""Decides where a person lands after a login, and that a link can send them nowhere else."""

import re
from typing import Any
from urllib.parse import unquote, urlsplit

CANDIDATE_NAME = re.compile(r"c-[a-z2-7]{12}")
CONSOLE = "/services/console/"
MAX_PATH_CHARS = 1024


def is_candidate(name: str) -> bool:
    """Whether a user's name is one that the console made for a candidate."""
    return CANDIDATE_NAME.fullmatch(name) is not None


def home_of(name: str) -> str:
    """Give the path at which a person starts: their room, or the console.

    Parameters
    ----------
    name : str
        The hub user's name.
    """
    return f"/user/{name}/lab" if is_candidate(name) else CONSOLE


def next_path(wanted: str, name: str) -> str:
    """Give the path to send a freshly logged-in person to.

    Parameters
    ----------
    wanted : str
        What the link asked for; anything may stand in it.
    name : str
        The hub user's name.

    Returns
    -------
    str
        ``wanted`` where it is a plain path inside the person's own part of this site, and the
        person's home otherwise.
    """
    allowed = (f"/user/{name}/", "/services/console/i/") if is_candidate(name) else (CONSOLE,)
    return wanted if _is_plain(wanted) and wanted.startswith(allowed) else home_of(name)


def _is_plain(path: str) -> bool:
    decoded = unquote(unquote(path))
    if len(path) > MAX_PATH_CHARS or not decoded.isprintable() or "\\" in decoded:
        return False
    parts = urlsplit(path)
    if parts.scheme or parts.netloc or not path.startswith("/") or path.startswith("//"):
        return False
    return ".." not in decoded.split("?")[0].split("/")


def landing_url(handler: Any) -> str:
    """Give JupyterHub's default page for whoever asks: their room, the console or the login page.

    Parameters
    ----------
    handler : RequestHandler
        JupyterHub's handler of the request at hand.
    """
    user = handler.current_user
    return home_of(user.name) if user else "/hub/login"
