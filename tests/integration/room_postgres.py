"""Decides where attacks on a candidate's PostgreSQL succeed: an instance with stock settings."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

NOBODY = 65534


@dataclass(frozen=True)
class Stock:
    """A running instance that admits everybody, asked by its owner.

    Attributes
    ----------
    sockets : Path
        The folder of its socket.
    port : int
        Its port at 127.0.0.1.
    """

    sockets: Path
    port: int

    def ask(self, query: str, user: str = "postgres", database: str = "shop") -> str:
        """Run one statement; give ``gained`` or ``refused`` and why."""
        try:
            with psycopg.connect(self.address(user, database), autocommit=True) as connection:
                connection.execute(query.encode())
        except psycopg.Error as error:
            return f"refused {error.sqlstate} {error}"
        return "gained"

    def fetch(self, query: str, user: str) -> str:
        """Return the first value of a query's answer."""
        with psycopg.connect(self.address(user, "shop")) as connection:
            row = connection.execute(query.encode()).fetchone()
        return str(row[0]) if row else ""

    def address(self, user: str, database: str, host: str = "") -> str:
        """Return how to log in."""
        return f"host={host or self.sockets} port={self.port} user={user} dbname={database}"

    def admits(self, user: str, database: str, host: str = "") -> bool:
        """Whether somebody can log in to a database."""
        try:
            psycopg.connect(self.address(user, database, host), connect_timeout=3).close()
        except psycopg.Error:
            return False
        return True

    @contextmanager
    def by_password(self) -> Iterator[None]:
        """Ask everybody but the owner for a password, until the block ends."""
        rules = self.sockets / "data" / "pg_hba.conf"
        before = rules.read_text()
        rules.write_text("local all postgres trust\nlocal all all scram-sha-256\n")
        try:
            assert self.ask("select pg_reload_conf()") == "gained"
            deadline = time.monotonic() + 5
            while self.admits("candidate", "shop"):
                assert time.monotonic() < deadline
                time.sleep(0.05)
            yield
        finally:
            rules.write_text(before)
            self.ask("select pg_reload_conf()")


@contextmanager
def held(command: list[str]) -> Iterator[None]:
    """Run a program that says when it holds what it took, until the block ends."""
    holder = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    try:
        said = holder.stdout.readline()
        assert said.startswith("held"), (said, holder.poll())
        yield
    finally:
        holder.communicate("\n", timeout=20)


@contextmanager
def stock(binaries: Path) -> Iterator[Stock]:
    """Run PostgreSQL as `initdb` leaves it, with the role and database that a candidate has.

    Parameters
    ----------
    binaries : Path
        The folder of ``initdb`` and ``pg_ctl``.
    """
    folder = Path(tempfile.mkdtemp(prefix="vivapg"))
    run_as = []
    if os.geteuid() == 0:
        os.chown(folder, NOBODY, NOBODY)
        run_as = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    data = folder / "data"

    def run(program: str, *words: str) -> None:
        command = [*run_as, str(binaries / program), "-D", str(data), *words]
        subprocess.run(command, check=True, capture_output=True, cwd="/")

    try:
        run("initdb", "-U", "postgres", "-A", "trust", "-N", "-E", "UTF8", "--locale=C")
        options = f"-k {folder} -p {port} -h 127.0.0.1 -F"
        run("pg_ctl", "-o", options, "-l", str(folder / "log"), "-w", "start")
        try:
            made = Stock(folder, port)
            with psycopg.connect(made.address("postgres", "postgres"), autocommit=True) as owner:
                owner.execute("create role candidate login")
                owner.execute("create database shop owner candidate")
            yield made
        finally:
            run("pg_ctl", "-m", "immediate", "-w", "stop")
    finally:
        shutil.rmtree(folder)
