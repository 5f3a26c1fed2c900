"""Decides what every flow may lean on: the console's parts, each behind its port."""

from collections.abc import Callable
from dataclasses import dataclass

from viva_console.domain.clock import Clock, Ids
from viva_console.domain.run import RunState
from viva_console.grading.port import GradingLibrary
from viva_console.hub.port import HubGateway
from viva_console.live.port import Replay
from viva_console.queue.port import Queue
from viva_console.settings import ConsoleSettings
from viva_console.signing import Signer
from viva_console.store.port import Store

StageWatcher = Callable[[str, RunState], None]
"""Told the run's id and the state that has just become durable."""


@dataclass(frozen=True, slots=True)
class Console:
    """Everything together, chosen by ``bootstrap``."""

    settings: ConsoleSettings
    store: Store
    hub: HubGateway
    queue: Queue
    grader: GradingLibrary
    signer: Signer
    replay: Replay
    clock: Clock
    ids: Ids
    on_stage: StageWatcher
    pause: Callable[[float], None]
    """Waits for seconds."""

    def close(self) -> None:
        """End whatever was started or opened."""
        self.grader.close()
        self.hub.close()
        self.queue.close()
        self.store.close()
