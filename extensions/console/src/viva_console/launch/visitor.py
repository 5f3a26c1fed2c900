"""Decides how a scripted candidate behaves: public links and its invite's cookies, nothing else."""

import asyncio
import json
import re
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import httpx
import websockets

from viva_console.domain.errors import ConsoleError

Json = dict[str, Any]
Solve = Callable[[str, Json], Json]
"""From a question's slug and its released notebook to the notebook with answers."""

ROOM_S = 90.0
CELL_S = 15.0


class VisitError(ConsoleError):
    """The public site did not do what a candidate was promised."""

    code = "visit.failed"


class KernelEndedError(ConsoleError):
    """The kernel ended while a cell ran."""

    code = "visit.kernel_ended"


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit left behind.

    Attributes
    ----------
    receipts : list of dict
        As the panel shows them.
    outputs : dict of str to list of str
        Per notebook, what its cells printed, in order.
    """

    interview: str
    receipts: list[Json]
    outputs: dict[str, list[str]]


class Visitor:
    """One candidate with a browser's cookies and no other right.

    Parameters
    ----------
    site : str
        The public address, without a path.
    say : callable
        Told each step in a few words and its share of the visit, 0..1.
    """

    def __init__(self, site: str, say: Callable[[str, float], None]) -> None:
        self._say = say
        self._site = site.rstrip("/")
        self._http = httpx.AsyncClient(base_url=self._site, timeout=60, trust_env=False)
        self._server = ""

    async def visit(self, invite_url: str, solve: Solve) -> Visit:
        """Take an interview from the invite to the receipt.

        Raises
        ------
        VisitError
            If a page or a call answers with an error.
        """
        async with self._http:
            self._say("opens the invite and agrees", 0.0)
            await self._enter(invite_url)
            session = await self._api("GET", "viva/session")
            panel = f"{session['console_path']}/panel/v1"
            bearer = {"Authorization": f"Bearer {session['token']}"}
            brief = _read(await self._http.get(f"{panel}/brief", headers=bearer))
            outputs: dict[str, list[str]] = {}
            questions: list[Json] = brief["questions"]
            for number, question in enumerate(questions):
                self._say(f"solves {question['slug']}", 0.4 + 0.4 * number / len(questions))
                outputs[question["path"]] = await self._answer(question, solve)
            self._say("submits", 0.9)
            receipt = _read(await self._http.post(f"{panel}/submit", headers=bearer, json={}))
            return Visit(brief["interview"], receipt["receipts"], outputs)

    async def _enter(self, invite_url: str) -> None:
        path = httpx.URL(invite_url).path
        page = await self._http.get(path)
        form = _hidden_fields(page.text)
        if not page.is_success or not form:
            raise VisitError(f"the invite page answered {page.status_code} without a form")
        form["agree"] = "yes"
        answer = await self._http.post(f"{path.rstrip('/')}/consent", data=form)
        end = time.monotonic() + ROOM_S
        while time.monotonic() < end:
            if answer.is_redirect:
                target = answer.headers["location"]
                answer = await self._http.get(target)
                continue
            user = re.match(r"/user/[^/]+/", answer.url.path)
            if user and answer.is_success:
                self._server = user[0]
                return
            if not answer.is_success:
                raise VisitError(f"{answer.url.path} answered {answer.status_code}")
            self._say("waits for the room", 0.2)
            await asyncio.sleep(0.5)
            answer = await self._http.get(answer.url)
        raise VisitError(f"the room was not ready after {ROOM_S:.0f} s")

    async def _api(self, method: str, path: str, body: Json | None = None) -> Json:
        """Call the candidate's own server as its page does: by cookies, XSRF token included."""
        jar = self._http.cookies.jar
        xsrf = [c.value or "" for c in jar if c.name == "_xsrf" and c.path == self._server]
        headers = {"X-XSRFToken": xsrf[0]} if xsrf else {}
        url = f"{self._server}{path}"
        return _read(await self._http.request(method, url, json=body, headers=headers))

    async def _answer(self, question: Json, solve: Solve) -> list[str]:
        path = question["path"]
        model = await self._api("GET", f"api/contents/{path}?content=1&type=notebook")
        notebook = solve(question["slug"], model["content"])
        printed = await self._run(path, notebook)
        body = {"type": "notebook", "format": "json", "content": notebook}
        await self._api("PUT", f"api/contents/{path}", body)
        return printed

    async def _run(self, path: str, notebook: Json) -> list[str]:
        """Run the code cells in order in a kernel of the server; return what each printed."""
        body = {"path": path, "name": path, "type": "notebook", "kernel": {"name": "python3"}}
        session = await self._api("POST", "api/sessions", body)
        kernel = session["kernel"]["id"]
        cookies = "; ".join(
            f"{c.name}={c.value}"
            for c in self._http.cookies.jar
            if self._server.startswith(c.path or "/")
        )
        url = f"{self._site.replace('http', 'ws', 1)}{self._server}api/kernels/{kernel}/channels"
        printed: list[str] = []
        async with websockets.connect(
            url, additional_headers={"Cookie": cookies}, max_size=None, open_timeout=60, proxy=None
        ) as channel:
            for cell in notebook["cells"]:
                if cell["cell_type"] == "code" and _source(cell).strip():
                    try:
                        async with asyncio.timeout(CELL_S):
                            printed.append(await _execute(channel, _source(cell)))
                    except (TimeoutError, KernelEndedError):
                        # Who breaks their own kernel may still hand in what they wrote.
                        break
        return printed


class _Hidden(HTMLParser):
    """Collects a page's hidden fields, as its form would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an input of type hidden."""
        found = dict(attrs)
        if tag == "input" and found.get("type") == "hidden":
            self.fields[found.get("name") or ""] = found.get("value") or ""


def _hidden_fields(page: str) -> dict[str, str]:
    parser = _Hidden()
    parser.feed(page)
    return parser.fields


def _source(cell: Json) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _read(response: httpx.Response) -> Json:
    if response.is_error or response.is_redirect:
        raise VisitError(
            f"{response.url.path} answered {response.status_code}: {response.text[:200]}"
        )
    return response.json()


async def _execute(channel: websockets.ClientConnection, code: str) -> str:
    """Run one cell and return its text: streams, results and the error's last line."""
    number = uuid.uuid4().hex
    header = {
        "msg_id": number,
        "msg_type": "execute_request",
        "username": "",
        "session": number,
        "version": "5.3",
        "date": "",
    }
    content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False}
    message = {"header": header, "parent_header": {}, "metadata": {}, "content": content}
    await channel.send(json.dumps({**message, "channel": "shell", "buffers": []}))
    text: list[str] = []
    while True:
        reply: Json = json.loads(await channel.recv())
        kind, content = reply["msg_type"], reply["content"]
        if content.get("execution_state") in {"restarting", "dead"}:
            raise KernelEndedError("the kernel ended while a cell ran")
        if reply["parent_header"].get("msg_id") != number:
            continue
        if kind == "stream":
            text.append(content["text"])
        elif kind in {"execute_result", "display_data"}:
            text.append(content["data"].get("text/plain", ""))
        elif kind == "error":
            text.append(f"{content['ename']}: {content['evalue']}")
        elif kind == "status" and content["execution_state"] == "idle":
            return "".join(text)
