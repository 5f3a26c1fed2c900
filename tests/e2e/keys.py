"""Decides how an end-to-end test goes through a room by keyboard: no mouse, no focus by program."""

from playwright.sync_api import Locator, Page, expect

ROOM_MS = 90_000
MOST_STOPS = 60
FOCUSED = "node => node === document.activeElement || node.contains(document.activeElement)"


class Keys:
    """A candidate's page, and hands that never leave the keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def to(self, target: Locator, key: str = "") -> None:
        """Go on by Tab until something has the focus, then press a key there."""
        expect(target).to_be_visible(timeout=ROOM_MS)
        for _ in range(MOST_STOPS):
            if target.evaluate("node => node === document.activeElement"):
                break
            self.page.keyboard.press("Tab")
        else:
            raise AssertionError(f"not within {MOST_STOPS} stops of Tab: {target}")
        if key:
            self.page.keyboard.press(key)

    def cell(self, text: str) -> Locator:
        """Make the code cell that holds a text the active one, by the keys of command mode."""
        cells = self.page.locator(".jp-Notebook:visible .jp-Cell")
        wanted = self.page.locator(".jp-Notebook:visible .jp-CodeCell", has_text=text).first
        expect(wanted).to_be_visible(timeout=ROOM_MS)
        self.stands()
        notebook = self.page.locator(".jp-Notebook:visible")
        for _ in range(MOST_STOPS):
            if notebook.evaluate(FOCUSED):
                break
            self.page.keyboard.press("Tab")
        self.page.keyboard.press("Escape")
        for _ in range(cells.count()):
            self.page.keyboard.press("k")
        for _ in range(cells.count()):
            if "jp-mod-active" in (wanted.get_attribute("class") or ""):
                return wanted
            self.page.keyboard.press("j")
        raise AssertionError(f"no key leads to the cell with {text}")

    def stands(self) -> None:
        """Wait until a notebook is in front and its kernel idle."""
        kernel = self.page.locator(".jp-Notebook-ExecutionIndicator:visible")
        expect(kernel).to_have_attribute("data-status", "idle", timeout=ROOM_MS)

    def runs(self, text: str, output: str) -> None:
        """Run a cell and see what it shows."""
        cell = self.cell(text)
        self.page.keyboard.press("Shift+Enter")
        expect(cell.locator(".jp-OutputArea")).to_contain_text(output, timeout=ROOM_MS)

    def checks(self, text: str, answer: str) -> None:
        """Write an answer and have its part checked."""
        self.cell(text)
        self.page.keyboard.press("Enter")
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(answer)
        self.page.keyboard.press("Alt+Shift+C")
        expect(self.page.locator(".viva-Checked")).to_be_visible(timeout=ROOM_MS)

    def question(self, title: str) -> None:
        """Open a question by the panel."""
        self.page.keyboard.press("Alt+Shift+V")
        panel = self.page.locator("#viva-interview")
        self.to(panel.get_by_role("button", name=title), "Enter")

    def schema(self) -> list[str]:
        """Read the names of the database's tables in the panel."""
        self.page.keyboard.press("Alt+Shift+V")
        panel = self.page.locator("#viva-interview")
        chosen = panel.get_by_role("tab", selected=True)
        self.to(chosen)
        while panel.get_by_role("tab", selected=True).inner_text() != "Schema":
            self.page.keyboard.press("ArrowRight")
        names = panel.locator(".viva-Schema-name")
        expect(names.first).to_be_visible(timeout=ROOM_MS)
        return names.all_inner_texts()
