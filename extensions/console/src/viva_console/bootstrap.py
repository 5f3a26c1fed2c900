"""Decides which concrete part stands behind each of the console's ports."""

import base64
import secrets
from datetime import UTC, datetime

import structlog

from viva_console.domain.run import RunState
from viva_console.flow.console import Console
from viva_console.grading.library import LazyGrader
from viva_console.hub.http import HttpHub
from viva_console.queue.jobs import JobQueue
from viva_console.settings import BadSettingsError, ConsoleSettings, secret_file
from viva_console.signing import Signer
from viva_console.store.engine import PostgresStore

__all__ = ["Console", "build_console"]

log = structlog.get_logger(__name__)


class SystemClock:
    """The machine's clock, in UTC."""

    def now(self) -> datetime:
        """Give the present moment."""
        return datetime.now(UTC)


class RandomIds:
    """Names from the operating system's randomness."""

    def new(self) -> str:
        """Give 26 lower-case base32 characters."""
        return base64.b32encode(secrets.token_bytes(17)).decode().rstrip("=").lower()[:26]

    def hub_user(self) -> str:
        """Give ``c-`` and 12 lower-case base32 characters."""
        return f"c-{self.new()[:12]}"


def build_console(settings: ConsoleSettings) -> Console:
    """Put the console together; nothing is started or connected before it is used.

    Raises
    ------
    BadSettingsError
        When no store is set.
    """
    if not settings.store_url:
        raise BadSettingsError("No store is set: give VIVA_STORE_URL, or use `viva up`.")
    clock = SystemClock()
    folder = settings.secrets_folder
    return Console(
        settings=settings,
        store=PostgresStore(settings.store_url, secret_file(folder, "store.key")),
        hub=HttpHub(settings.hub_api_url, settings.proxy_url, settings.hub_token),
        queue=JobQueue(settings.store_url),
        grader=LazyGrader(),
        signer=Signer(
            secret_file(folder, "signing.key"), settings.ticket_key.get_secret_value(), clock
        ),
        clock=clock,
        ids=RandomIds(),
        on_stage=_log_stage,
    )


def _log_stage(run_id: str, state: RunState) -> None:
    log.info("run.stage", run=run_id, state=state.value)
