"""A plain file of bounded size is read; anything else is refused at once, in words."""

import os
from pathlib import Path

import pytest
from viva_grader.library.plain_file import UnreadableFileError, read_plain

from tests.fakes.odd_files import make_odd_files

MOST = 1 << 20
WHY = {
    "pipe": "it is no plain file", "terminal": "it is no plain file",
    "endless": "it is no plain file", "socket": "it is no plain file", "folder": "it is a folder",
    "missing": "there is no such file", "loop": "Too many levels of symbolic links",
    "huge": "the file has 1048576 MiB, the limit is 1 MiB",
    "kernels": "the file has more than 1 MiB",
}  # fmt: skip


@pytest.mark.parametrize("name", WHY)
def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path, name: str) -> None:
    make_odd_files(tmp_path, "")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnreadableFileError, match=f"^{WHY[name]}$"):
        read_plain(tmp_path / name, MOST)


def test_a_plain_file_is_read_up_to_the_limit_also_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x" * MOST)
    (tmp_path / "link").symlink_to("file")
    assert read_plain(tmp_path / "link", MOST) == b"x" * MOST
    with pytest.raises(UnreadableFileError, match="the limit is 0 MiB"):
        read_plain(tmp_path / "link", MOST - 1)


def test_a_pipe_that_somebody_writes_to_is_no_plain_file_either(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = os.open(tmp_path / "pipe", os.O_RDWR)
    os.write(writer, b"data")
    with pytest.raises(UnreadableFileError, match="no plain file"):
        read_plain(tmp_path / "pipe", MOST)
    os.close(writer)
