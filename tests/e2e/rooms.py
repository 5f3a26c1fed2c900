"""Decides how the end-to-end tests stand in a candidate's room: enter, write, run, break things."""

import json
import os
import re
import signal
import socket
import threading
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, expect

ROOM_MS = 90_000
SAVED_MS = 45_000


class Room:
    """One candidate's page on one notebook; cells are named by their place among the code cells.

    Parameters
    ----------
    context : BrowserContext
        The candidate's browser.
    link : str
        The invite's link.
    cell : int
        The code cell to write into: the first one that the author left to the candidate.
    """

    def __init__(self, context: BrowserContext, link: str, cell: int = 3) -> None:
        self._cell = cell
        self.page: Page = context.new_page()
        self.page.goto(link)
        agree = self.page.get_by_label("I have read this page")
        if agree.count():
            agree.check()
            self.page.get_by_role("button", name=re.compile(r"^(Start|Go on)$")).click()
        self.page.wait_for_url(re.compile(r"/user/c-[a-z2-7]{12}/lab"), timeout=ROOM_MS)
        self.stands()

    def stands(self) -> None:
        """Wait until the notebook is there, its kernel is idle and everything is saved."""
        expect(self.cell).to_be_visible(timeout=ROOM_MS)
        kernel = self.page.locator(".jp-Notebook-ExecutionIndicator:visible")
        expect(kernel).to_have_attribute("data-status", "idle", timeout=ROOM_MS)
        self.is_saved()

    @property
    def user(self) -> str:
        found = re.search(r"/user/(c-[a-z2-7]{12})/", self.page.url)
        assert found
        return found[1]

    @property
    def cell(self) -> Locator:
        return self.page.locator(".jp-Notebook:visible .jp-CodeCell").nth(self._cell)

    @property
    def outputs(self) -> Locator:
        return self.cell.locator(".jp-OutputArea")

    @property
    def saved(self) -> Locator:
        return self.page.locator(".viva-Saved")

    def is_saved(self) -> None:
        expect(self.saved).to_have_attribute("data-kind", "saved", timeout=SAVED_MS)

    def write(self, text: str, delay_ms: float = 0) -> None:
        self.cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text, delay=delay_ms)

    def run(self, code: str, output: str) -> None:
        self.write(code)
        self.page.keyboard.press("Control+Enter")
        expect(self.outputs).to_contain_text(output, timeout=SAVED_MS)

    def runs_again(self, code: str, output: str) -> None:
        """Run as somebody does after a restart: again, until there is a kernel to run in."""
        self.write(code)
        self._until("Control+Enter", self.outputs, output)

    def completes(self, start: str, whole: str) -> None:
        """Have the kernel complete a name, asking again until there is one to ask."""
        self.write(start)
        self._until("Tab", self.cell, whole)

    def _until(self, key: str, place: Locator, text: str, tries: int = 8) -> None:
        for left in reversed(range(tries)):
            self.page.keyboard.press(key)
            try:
                expect(place).to_contain_text(text, timeout=6000)
            except AssertionError:
                if not left:
                    raise
            else:
                return

    def opens(self, path: str) -> None:
        """Open a file by the command palette."""
        self.page.keyboard.press("Control+Shift+C")
        self.page.keyboard.type("open from path")
        self.page.keyboard.press("Enter")
        self.page.locator(".jp-Dialog input").fill(path)
        self.page.keyboard.press("Enter")

    def has_no_dialog(self) -> None:
        expect(self.page.locator(".jp-Dialog")).to_have_count(0)


class Cable:
    """A way to the public port that can be cut: all connections at once, and no new ones."""

    def __init__(self, port: int) -> None:
        self._target = ("127.0.0.1", port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.is_cut = False
        self._open: list[socket.socket] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def cut(self) -> None:
        self.is_cut = True
        for end in self._open:
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._open.clear()

    def mend(self) -> None:
        self.is_cut = False

    def close(self) -> None:
        self.cut()
        self._listener.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                inward, _ = self._listener.accept()
                if self.is_cut:
                    inward.close()
                    continue
                outward = socket.create_connection(self._target)
                self._open += [inward, outward]
                for ends in ((inward, outward), (outward, inward)):
                    threading.Thread(target=_pump, args=ends, daemon=True).start()


def _pump(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            target.sendall(data)
    # Both are closed when the cable is cut or put away: the other direction may still be in use.
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)


def room_process(home: Path, user: str, part: str) -> int:
    """Give the pid of a room's server or database."""
    return json.loads((home / "candidates" / user / "processes.json").read_text())[part]["pid"]


def kill(home: Path, *words: str) -> None:
    """Kill the processes of this Viva, and of no other, whose command holds all the words."""
    killed = [pid for pid in _pids() if _command(pid, home) and _holds(pid, words)]
    assert killed, words
    for pid in killed:
        os.kill(pid, signal.SIGKILL)


def _pids() -> list[int]:
    return [int(path.name) for path in Path("/proc").glob("[0-9]*")]


def _command(pid: int, home: Path) -> bool:
    """Whether a process was started by the Viva of this runtime folder."""
    with suppress(OSError):
        own = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        return f"VIVA_HOME={home}".encode() in own or _holds(pid, (f"{home}/store",))
    return False


def _holds(pid: int, words: tuple[str, ...]) -> bool:
    with suppress(OSError):
        command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        return all(word in command for word in words)
    return False
