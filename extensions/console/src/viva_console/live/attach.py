"""Decides how one notebook is recorded: what is read, how much at once, and when it is kept.

Whatever comes from a room may be hostile. Messages are bounded, the socket is not read while
something is being kept, and a room that floods waits as long as keeping its flood took: what it
can slow down is its own recording.
"""

import asyncio
import time
from dataclasses import dataclass, field

import structlog
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.frames import CloseCode

from viva_console.domain.errors import ConsoleError, UnavailableError
from viva_console.domain.recording import MAX_UPDATE_BYTES, NOT_YET, Target, UpdateKind
from viva_console.hub.port import DocumentDoor, FileMissingError
from viva_console.live import wire
from viva_console.live.port import Arrival, Keeping
from viva_console.live.replica import Replica

GATHER_S = 0.15
"""Updates that arrive within this time are kept together: a keystroke is acknowledged after it."""
GATHER_BYTES = 2**20
HEARTBEAT_S = 5.0
FIRST_STATE_S = 15.0
PAUSE_S, LONGEST_PAUSE_S = 0.3, 5.0
NOT_OPENED = 4400
"""How a room of the collaboration extension hangs up that cannot read its notebook."""
_LOST = "The connection to your room was lost."
_TOO_LARGE = (
    f"The notebook has become larger than can be recorded ({MAX_UPDATE_BYTES // 2**20} MiB). "
    "Clear outputs that you do not need."
)
_UNREADABLE = "Your room cannot open the notebook: it is too large, or is none any more."
_MISSING = "The notebook is not in its place in the room."
log = structlog.get_logger(__name__)


@dataclass
class Attachment:
    """Records one notebook for as long as its task runs.

    Attributes
    ----------
    replica : Replica
        What the notebook holds, as far as it was recorded.
    """

    target: Target
    keeping: Keeping
    replica: Replica = field(default_factory=Replica)
    _called: asyncio.Event = field(default_factory=asyncio.Event)

    def call(self) -> None:
        """Try again now, if there is anything to try: somebody waits to be let in."""
        self._called.set()

    async def run(self) -> None:
        """Attach, record, and attach again whenever the room was lost."""
        pause_s = PAUSE_S
        while True:
            began_s = time.monotonic()
            self._called.clear()
            problem = await self._attend()
            await self._say(problem)
            if time.monotonic() - began_s > LONGEST_PAUSE_S:
                pause_s = PAUSE_S
            called = await self._is_called(pause_s)
            pause_s = PAUSE_S if called else min(2 * pause_s, LONGEST_PAUSE_S)

    async def _is_called(self, within_s: float) -> bool:
        """Wait, unless a call comes, or came while the last attempt was being made."""
        try:
            async with asyncio.timeout(within_s):
                return await self._called.wait()
        except TimeoutError:
            return False

    async def _attend(self) -> str:
        """Record until it cannot go on; give the reason, for people."""
        words = _LOST
        try:
            door = await asyncio.to_thread(self.keeping.door, self.target)
            async with _open(door) as socket:
                await socket.send(wire.ASK_FOR_STATE)
                await self._record(socket)
        except FileMissingError:
            return _MISSING
        except UnavailableError:
            return NOT_YET
        except ConsoleError as error:
            log.warning("recording.refused", code=error.code, **self._names)
            return str(error)
        except (OSError, TimeoutError, WebSocketException, ValueError) as error:
            log.info("recording.lost", why=type(error).__name__, **self._names)
            words = _words_for(error)
        return words

    async def _record(self, socket: ClientConnection) -> None:
        arrivals = await self._first(socket)
        while True:
            began_s = time.monotonic()
            await self._keep(arrivals)
            # Whoever keeps us busy waits as long again: the others are not to notice.
            await asyncio.sleep(time.monotonic() - began_s)
            arrivals = await _gather(socket)

    async def _first(self, socket: ClientConnection) -> list[Arrival]:
        """Wait for all that the notebook holds; what arrives before it is contained in it."""
        async with asyncio.timeout(FIRST_STATE_S):
            while True:
                arrival = wire.read(await socket.recv(decode=False))
                if arrival is not None and arrival[0] is UpdateKind.STATE:
                    return [arrival]

    async def _keep(self, arrivals: list[Arrival]) -> None:
        work = await asyncio.to_thread(self._apply, arrivals) if arrivals else None
        while True:
            try:
                await asyncio.to_thread(self.keeping.keep, self.target, arrivals, work)
            except UnavailableError:
                # Nothing is read meanwhile, so nothing is lost: the store will be back.
                await asyncio.sleep(PAUSE_S)
            else:
                return

    def _apply(self, arrivals: list[Arrival]) -> str:
        for kind, content in arrivals:
            self.replica.apply(kind, content)
        return self.replica.work_sha256()

    async def _say(self, problem: str) -> None:
        try:
            await asyncio.to_thread(self.keeping.trouble, self.target, problem)
        except UnavailableError:
            return

    @property
    def _names(self) -> dict[str, str]:
        return {"interview": self.target.interview_id, "path": self.target.path}


def _words_for(error: Exception) -> str:
    """Say why a connection ended: both sides may have hung up for a reason."""
    if isinstance(error, ConnectionClosed):
        if error.sent is not None and error.sent.code == CloseCode.MESSAGE_TOO_BIG:
            return _TOO_LARGE
        if error.rcvd is not None and error.rcvd.code == NOT_OPENED:
            return _UNREADABLE
    return _LOST


def _open(door: DocumentDoor) -> connect:
    return connect(
        door.url,
        additional_headers={"Authorization": f"token {door.token.get_secret_value()}"},
        max_size=MAX_UPDATE_BYTES,
        max_queue=4,
        # A small packed message may hide a huge one.
        compression=None,
        proxy=None,
        open_timeout=10,
        close_timeout=1,
    )


async def _gather(socket: ClientConnection) -> list[Arrival]:
    """Give what arrives together; nothing after some seconds of quiet."""
    arrivals: list[Arrival] = []
    size, wait_s = 0, HEARTBEAT_S
    end_s = time.monotonic() + HEARTBEAT_S
    while size < GATHER_BYTES and wait_s > 0:
        try:
            async with asyncio.timeout(wait_s):
                arrival = wire.read(await socket.recv(decode=False))
        except TimeoutError:
            break
        except ConnectionClosed:
            # The next look meets it again: what came before it is kept first.
            if arrivals:
                break
            raise
        if arrival is not None:
            if not arrivals:
                end_s = time.monotonic() + GATHER_S
            arrivals.append((UpdateKind.CHANGE, arrival[1]))
            size += len(arrival[1])
        wait_s = end_s - time.monotonic()
    return arrivals
