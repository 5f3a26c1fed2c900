"""Decides which files the server reads and writes for a browser: those that lie in the home."""

from pathlib import Path

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager
from tornado.web import HTTPError


class HomeContents(AsyncLargeFileManager):
    """Files below the root, and through no symbolic link that leads out of it.

    A kernel can plant links, and the server sees more than the kernel does. Between this check and
    the use a link could still appear: what then stops it is that the server itself is walled in.
    """

    def _get_os_path(self, path: str) -> str:
        os_path: str = super()._get_os_path(path)  # pyright: ignore[reportUnknownMemberType] -- untyped
        root = Path(self.root_dir).resolve()
        if not Path(os_path).resolve().is_relative_to(root):
            raise HTTPError(404, f"No such file: {path}")
        return os_path
