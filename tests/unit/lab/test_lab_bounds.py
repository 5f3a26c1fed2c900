"""What a cell is told that came to a bound of the room, on a real IPython shell."""

import errno
import resource
from types import SimpleNamespace

import pytest
from IPython.core.interactiveshell import InteractiveShell
from viva_lab import bounds
from viva_lab.bounds import shown_with_bounds

MIB = 2**20
EMPTY = SimpleNamespace(f_bavail=900, f_frsize=MIB, f_blocks=1000, f_files=100, f_favail=90)
# As ext4 leaves one: with some blocks that nobody gets.
FULL = SimpleNamespace(**{**vars(EMPTY), "f_bavail": 6, "f_blocks": 488})
NO_FILES = SimpleNamespace(**{**vars(EMPTY), "f_favail": 0})


@pytest.fixture
def said(tmp_path, monkeypatch, capsys):
    """Run a cell and give what it shows."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    monkeypatch.setenv("HOME", "/home/somebody")
    shell = InteractiveShell(colors="nocolor")
    shell.history_manager.enabled = False
    shell.set_custom_exc((MemoryError, OSError), shown_with_bounds)

    def run(cell: str) -> str:
        shell.run_cell(cell)
        shown = capsys.readouterr()
        return shown.out + shown.err

    yield run
    shell.restore_sys_module_state()
    shell.history_manager.end_session()


def disks(monkeypatch, **found):
    def statvfs(folder):
        try:
            return found[folder.name]
        except KeyError:
            raise FileNotFoundError(folder) from None

    monkeypatch.setattr(bounds.os, "statvfs", statvfs)


@pytest.mark.parametrize(
    ("found", "words"),
    [
        ({"somebody": FULL, "tmp": FULL}, "disk of your own files is full: it holds 488 MiB"),
        ({"somebody": NO_FILES, "tmp": FULL}, "disk of your own files is full: it holds 100 files"),
        ({"somebody": EMPTY, "tmp": FULL}, "tmp is full: it holds 488 MiB"),
        ({"somebody": EMPTY, "tmp": EMPTY, "shm": FULL}, "shm is full: it holds 488 MiB"),
    ],
)
def test_full_disk_is_named_with_its_size(said, monkeypatch, found, words):
    disks(monkeypatch, **found)
    shown = said(f"raise OSError({errno.ENOSPC}, 'No space left on device', 'x.csv')")
    assert "OSError" in shown
    assert "No space left on device. " in shown
    assert words in shown
    assert "x.csv" in shown
    assert ("Your notebook is saved" in shown) is ("your own files" in words)


@pytest.mark.parametrize(
    ("number", "text"), [(errno.ENOSPC, "No space left on device"), (errno.ENOENT, "No such file")]
)
def test_error_that_no_bound_caused_is_shown_as_ever(said, monkeypatch, number, text):
    disks(monkeypatch, somebody=EMPTY, tmp=EMPTY, shm=EMPTY)
    shown = said(f"raise OSError({number}, '{text}')")
    assert f"] {text}\n" in shown
    assert "full" not in shown
    assert said("1 / 0").count("ZeroDivisionError: division by zero") == 1


def test_file_that_is_too_large_is_told_how_large_one_may_be(said, monkeypatch):
    monkeypatch.setattr(bounds.resource, "getrlimit", lambda _: (256 * MIB, 256 * MIB))
    shown = said(f"raise OSError({errno.EFBIG}, 'File too large')")
    assert "File too large. A file may have 256 MiB here." in shown
    free = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    monkeypatch.setattr(bounds.resource, "getrlimit", lambda _: free)
    assert "may have" not in said(f"raise OSError({errno.EFBIG}, 'File too large')")


def test_memory_that_ended_is_told_how_much_there_is(said, monkeypatch):
    monkeypatch.setattr(bounds.resource, "getrlimit", lambda _: (1024 * MIB, 1024 * MIB))
    assert "a notebook may use 1024 MiB of memory here." in said("raise MemoryError")
    assert "Unable to allocate" in said("raise MemoryError('Unable to allocate')")
