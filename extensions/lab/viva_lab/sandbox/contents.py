"""Decides which files the server reads and writes for a browser: those that lie in the home."""

import errno
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from tornado.web import HTTPError

from viva_lab.contents import BoundedContents

_listing: ContextVar[bool] = ContextVar("listing", default=False)


class HomeContents(BoundedContents):
    """Files below the root, and through no symbolic link that leads out of it.

    A kernel can plant links, and the server sees more than the kernel does. Between this check and
    the use a link could still appear: what then stops it is that the server itself is walled in.
    """

    def _get_os_path(self, path: str) -> str:
        os_path: str = super()._get_os_path(path)  # pyright: ignore[reportUnknownMemberType] -- untyped
        root = Path(self.root_dir).resolve()
        if not Path(os_path).resolve().is_relative_to(root):
            if _listing.get():
                raise OSError(errno.ELOOP, "leads out", path)
            raise HTTPError(404, f"No such file: {path}")
        return os_path

    async def _dir_model(self, path: str, content: bool = True) -> dict[str, Any]:
        # One link that leads out would otherwise hide the whole folder that it stands in: a
        # listing passes over errors of the system, and over no others.
        self._get_os_path(path)
        before = _listing.set(True)
        try:
            return await super()._dir_model(path, content=content)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] -- untyped
        finally:
            _listing.reset(before)
