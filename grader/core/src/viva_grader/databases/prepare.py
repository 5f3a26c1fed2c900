"""Decides when a prepared data folder is made: once per content, whole or not at all."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from viva_grader.databases import recipe
from viva_grader.databases.binaries import Postgres, make_open_folder
from viva_grader.databases.cage import ServerUser, environment
from viva_grader.databases.keep import only_one, staged_prefix, sweep_staged
from viva_grader.databases.load import fill
from viva_grader.databases.recipe import Audience
from viva_grader.databases.server import run_server
from viva_grader.domain.errors import DatabaseUnavailableError
from viva_grader.domain.fixture import Fixture, Variant

FINGERPRINT = "viva_fingerprint"
"""In the folder: the digest of all that it was made from."""


@dataclass(frozen=True, slots=True)
class Preparer:
    """Makes data folders from fixtures, with one installation of PostgreSQL."""

    postgres: Postgres
    user: ServerUser

    def for_candidates(self, fixture: Fixture, folder: Path) -> Path:
        """Make ``folder/<fixture>``: the sample, in a database of the fixture's name.

        Its only login role is ``candidate``, who owns the database, over a Unix socket.

        Returns
        -------
        Path
            A PostgreSQL data folder (0700, owned by the servers' uid), stopped cleanly, to be
            copied and started as often as one likes.

        Raises
        ------
        DatabaseUnavailableError
            With PostgreSQL's own first complaint.
        """
        plan = _Plan(fixture, Audience.CANDIDATE, {fixture.slug: fixture.sample})
        return self._prepared(plan, folder / fixture.slug)

    def for_graders(self, fixture: Fixture, folder: Path) -> Path:
        """Make ``folder/<fixture>-<fingerprint>``: a database for each variant, hidden or not.

        Raises
        ------
        DatabaseUnavailableError
            With PostgreSQL's own first complaint.
        """
        return self._for_graders(fixture, Audience.GRADER, folder)

    def for_changes(self, fixture: Fixture, folder: Path) -> Path:
        """Make the same, with tables that belong to the role ``writer``: copies are thrown away.

        Raises
        ------
        DatabaseUnavailableError
            With PostgreSQL's own first complaint.
        """
        return self._for_graders(fixture, Audience.WRITER, folder)

    def _for_graders(self, fixture: Fixture, audience: Audience, folder: Path) -> Path:
        names = neutral_names(fixture)
        # a copy is made of it for each answer: the sample is not needed there
        variants = fixture.hidden if audience is Audience.WRITER else by_number(fixture)
        plan = _Plan(fixture, audience, {names[v.name]: v for v in variants})
        target = self._prepared(plan, folder / f"{fixture.slug}-{plan.fingerprint[:16]}")
        os.utime(target)
        return target

    def _prepared(self, plan: "_Plan", target: Path) -> Path:
        make_open_folder(target.parent)
        if _fingerprint(target) == plan.fingerprint:
            return target
        with only_one(target):
            sweep_staged(target)
            if _fingerprint(target) != plan.fingerprint:
                self._make(plan, target)
        return target

    def _make(self, plan: "_Plan", target: Path) -> None:
        staged = Path(tempfile.mkdtemp(prefix=staged_prefix(target), dir=target.parent))
        try:
            staged.chmod(0o755)
            data = staged / "data"
            data.mkdir(mode=0o700)
            self._initialise(data)
            with run_server(self.postgres, data, self.user) as socket:
                fill(socket, plan.fixture, plan.databases, plan.audience)
            # after a clean stop nothing of the log is needed: it would be most of every copy
            self._run(self.user, "pg_resetwal", "-D", str(data))
            self._close(data, plan)
            _replace(data, target)
        finally:
            shutil.rmtree(staged, ignore_errors=True)

    def _initialise(self, data: Path) -> None:
        initialiser = self.user.for_initdb()
        initialiser.own(data)
        self._run(initialiser, "initdb", "-D", str(data), *recipe.INITDB)
        with (data / "postgresql.conf").open("a") as settings:
            settings.write(recipe.SETTINGS)
        self.user.own(data)

    def _run(self, user: ServerUser, program: str, *words: str) -> None:
        done = subprocess.run(  # noqa: S603 - our own words only
            [*user.prefix(), str(self.postgres.program(program)), *words],
            check=False,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            env=environment(self.postgres),
            cwd="/",
            umask=0o077,
        )
        if done.returncode != 0:
            complaint = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise DatabaseUnavailableError(f"{program} failed: {complaint}")

    def _close(self, data: Path, plan: "_Plan") -> None:
        """Shut everybody out but the role that the folder is for."""
        access = recipe.access(plan.audience, tuple(plan.databases))
        (data / "pg_hba.conf").write_text(access)
        mark = data / FINGERPRINT
        mark.write_text(plan.fingerprint)
        mark.chmod(0o600)
        self.user.own(mark)


def by_number(fixture: Fixture) -> tuple[Variant, ...]:
    """Give every variant in the order of its database's number."""
    return (fixture.sample, *fixture.hidden)


def neutral_names(fixture: Fixture) -> dict[str, str]:
    """Name the graders' database of each variant so that a list of them says nothing."""
    return {variant.name: f"v{number:02d}" for number, variant in enumerate(by_number(fixture))}


@dataclass(frozen=True, slots=True)
class _Plan:
    fixture: Fixture
    audience: Audience
    databases: dict[str, Variant]

    @property
    def fingerprint(self) -> str:
        names = ",".join(self.databases)
        parts = (str(recipe.RECIPE_VERSION), self.audience.value, names, self.fixture.sha256)
        settings = (
            *(*recipe.INITDB, recipe.SETTINGS, recipe.ROLE_SQL[self.audience]),
            *(recipe.REFUSALS_SQL, recipe.READER_REFUSALS_SQL, recipe.READER_SQL),
            recipe.WRITER_SQL,
        )
        return hashlib.sha256("\0".join((*parts, *settings)).encode()).hexdigest()


def _fingerprint(folder: Path) -> str | None:
    try:
        return (folder / FINGERPRINT).read_text()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _replace(data: Path, target: Path) -> None:
    """Put a folder in its place by rename, so that nobody ever sees half of it."""
    if target.exists():  # made from older content
        target.rename(data.with_name("old"))
    data.rename(target)
