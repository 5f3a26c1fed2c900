"""Decides which concrete part stands behind each of the console's ports."""

import base64
import logging
import secrets
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog
from viva_grader.bootstrap import GraderSettings, build_grader

from viva_console.domain.run import RunState
from viva_console.flow.console import Console
from viva_console.grading.library import LazyGrader
from viva_console.grading.port import GradingLibrary
from viva_console.hub.http import HttpHub
from viva_console.live.replica import YjsReplay
from viva_console.queue.jobs import JobQueue, create_queue
from viva_console.settings import BadSettingsError, ConsoleSettings, secret_file
from viva_console.signing import Signer
from viva_console.store.engine import PostgresStore
from viva_console.store.migrate import migrate

__all__ = ["Console", "ConsoleSettings", "GraderSettings", "build_console", "prepare_store"]

_NO_STORE = "No store is set: give VIVA_STORE_URL, or use `viva up`."
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
        return base64.b32encode(secrets.token_bytes(17)).decode().lower()[:26]

    def hub_user(self) -> str:
        """Give ``c-`` and 12 lower-case base32 characters."""
        return f"c-{self.new()[:12]}"


def build_console(settings: ConsoleSettings, grader: GradingLibrary | None = None) -> Console:
    """Put the console together; nothing is started or connected before it is used.

    Parameters
    ----------
    grader : GradingLibrary, optional
        Something else than the grader's own library.

    Raises
    ------
    BadSettingsError
        When no store is set.
    """
    if not settings.store_url:
        raise BadSettingsError(_NO_STORE)
    clock = SystemClock()
    folder = settings.secrets_folder
    return Console(
        settings=settings,
        store=PostgresStore(settings.store_url, secret_file(folder, "store.key")),
        hub=HttpHub(
            settings.hub_api_url, settings.proxy_url, settings.hub_token, settings.console_path
        ),
        queue=JobQueue(settings.store_url),
        grader=grader or build_library(settings.home),
        signer=Signer(
            secret_file(folder, "signing.key"), settings.ticket_key.get_secret_value(), clock
        ),
        replay=YjsReplay(),
        clock=clock,
        ids=RandomIds(),
        on_stage=_log_stage,
        pause=time.sleep,
    )


@contextmanager
def opened_console() -> Generator[Console]:
    """Put the console together by its settings, and close it at the end."""
    console = build_console(ConsoleSettings())
    try:
        yield console
    finally:
        console.close()


def build_library(home: Path) -> GradingLibrary:
    """Make the grader's library, by its own settings; it is loaded on first use."""
    settings = GraderSettings(home=home)
    return LazyGrader(
        lambda stack: stack.enter_context(build_grader(settings)),
        scores_rubrics=bool(settings.model_name or settings.model_tasks),
    )


def prepare_store(url: str) -> None:
    """Create or upgrade the store's tables and the queue's.

    Raises
    ------
    BadSettingsError
        For an empty URL.
    """
    if not url:
        raise BadSettingsError(_NO_STORE)
    migrate(url)
    create_queue(url)


def log_json(level: int = logging.INFO) -> None:
    """Log one JSON object a line to stderr, the libraries' words too."""
    shared = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for chatty in ("httpx", "procrastinate", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _log_stage(run_id: str, state: RunState) -> None:
    log.info("run.stage", run=run_id, state=state.value)
