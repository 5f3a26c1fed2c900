"""Prepared data folders: whole, made once, owned and closed as they must be."""

import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from viva_grader.databases.binaries import Postgres, install_postgres
from viva_grader.databases.cage import ServerUser
from viva_grader.databases.instance import start_instance
from viva_grader.databases.practice import practice_fixture
from viva_grader.databases.prepare import FINGERPRINT, Preparer
from viva_grader.domain.errors import BadFixtureError, DatabaseUnavailableError
from viva_grader.library.fixtures import load_fixture

from tests.fakes.databases_suite import colours
from tests.fakes.short_home import short_home

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[3]
SHOP = load_fixture(ROOT / "sql_fixtures" / "shop")
USER = ServerUser.default()


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    with short_home() as home:
        yield home


@pytest.fixture(scope="module")
def postgres(home: Path) -> Postgres:
    return install_postgres(home / "postgres")


@pytest.fixture(scope="module")
def preparer(postgres: Postgres) -> Preparer:
    return Preparer(postgres, USER)


@pytest.fixture(scope="module")
def shop(preparer: Preparer, home: Path) -> Path:
    return preparer.for_candidates(SHOP, home / "candidate")


def test_practice_has_fruit_under_the_name_of_its_fixture_and_nothing_of_it(
    preparer: Preparer, home: Path, postgres: Postgres
) -> None:
    folder = preparer.for_candidates(practice_fixture("shop"), home / "practice")
    running = start_instance(
        postgres, folder, home / "run", USER, database="shop", role="candidate"
    )
    try:
        with closing(running.connect("shop", "candidate")) as database:
            query = "select tablename, tableowner from pg_tables where schemaname = 'public'"
            assert database.execute(query).fetchall() == [("fruit", "candidate")]
            query = "select name from fruit order by grams desc limit 1"
            assert database.execute(query).fetchone() == ("melon",)
    finally:
        running.end()


def owner_and_mode(path: Path) -> tuple[int, int]:
    facts = path.stat()
    return facts.st_uid, stat.S_IMODE(facts.st_mode)


def test_candidate_owns_the_sample_and_nothing_else(
    home: Path, postgres: Postgres, shop: Path
) -> None:
    running = start_instance(postgres, shop, home / "run", USER, database="shop", role="candidate")
    try:
        with closing(running.connect("shop", "candidate")) as database:
            assert database.execute("select count(*) from orders").fetchone() == (499,)
            statistics = database.execute(
                "select count(*) from pg_stats where tablename = 'orders'"
            ).fetchone()
            assert statistics == (5,), "the tables are not analysed"
            database.execute("create table notes (line text)")
            database.execute("alter table orders add column mine int")
            names = database.execute("select datname from pg_database order by 1").fetchall()
            assert names == [("shop",), ("template1",)]
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                database.execute("select pg_read_file('/etc/passwd')")
        for name, role in (("shop", "postgres"), ("template1", "candidate"), ("shop", "reader")):
            with pytest.raises(psycopg.OperationalError, match=r"pg_hba|not exist"):
                running.connect(name, role)
    finally:
        running.end()


def test_candidates_folder_says_nothing_of_hidden_variants(shop: Path) -> None:
    whole = b"".join(path.read_bytes() for path in shop.rglob("*") if path.is_file())
    assert b"order_events" in whole
    for variant in SHOP.hidden:
        assert variant.why.encode() not in whole
        assert not (shop.parent / variant.name).exists()


def test_folder_is_closed_and_belongs_to_the_servers(shop: Path) -> None:
    uid = USER.uid if USER.uid is not None else os.geteuid()
    assert owner_and_mode(shop) == (uid, 0o700)
    assert {path.stat().st_uid for path in shop.rglob("*")} == {uid}
    assert not (shop / "postmaster.pid").exists()
    mib = sum(path.stat().st_size for path in shop.rglob("*") if path.is_file()) / 2**20
    assert mib < 25, "every candidate's start copies this"


def test_folder_is_made_once_for_the_same_content(
    preparer: Preparer, home: Path, shop: Path
) -> None:
    before = shop.stat().st_ino
    assert preparer.for_candidates(SHOP, home / "candidate") == shop
    assert shop.stat().st_ino == before


def test_folder_is_made_again_for_other_content(preparer: Preparer, home: Path) -> None:
    first = colours("one")
    folder = preparer.for_candidates(first, home / "again")
    old = (folder / FINGERPRINT).read_text()
    assert preparer.for_candidates(replace(first, sha256="other"), home / "again") == folder
    assert (folder / FINGERPRINT).read_text() != old
    assert {path.name for path in (home / "again").iterdir()} == {"colours", ".colours.lock"}


def test_graders_folders_of_two_contents_stand_side_by_side(preparer: Preparer, home: Path) -> None:
    first = colours("one")
    folders = {
        preparer.for_graders(fixture, home / "grader")
        for fixture in (first, replace(first, sha256="other"))
    }
    assert len(folders) == 2
    assert all((folder / "PG_VERSION").exists() for folder in folders)


def test_refused_rows_leave_nothing_behind(preparer: Preparer, home: Path) -> None:
    broken = replace(colours("one"), generate=lambda _: {"colours": [(None, 1)]})
    with pytest.raises(BadFixtureError, match=r"fixture colours, variant sample: .*not-null"):
        preparer.for_candidates(broken, home / "broken")
    assert [path.name for path in (home / "broken").iterdir()] == [".colours.lock"]


def test_two_processes_under_a_closed_umask_make_one_whole_folder(home: Path) -> None:
    target = home / "race" / "deep"
    program = (
        "import os, sys; os.umask(0o077); from pathlib import Path\n"
        "from viva_grader.databases.binaries import install_postgres\n"
        "from viva_grader.databases.cage import ServerUser\n"
        "from viva_grader.databases.prepare import Preparer\n"
        "from tests.fakes.databases_suite import colours\n"
        "home = Path(sys.argv[1])\n"
        "preparer = Preparer(install_postgres(home / 'race-pg'), ServerUser.default())\n"
        "print(preparer.for_candidates(colours('one'), Path(sys.argv[2])))\n"
    )
    command = [sys.executable, "-c", program, str(home), str(target)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    racers = [
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT)
        for _ in range(2)
    ]
    for racer in racers:
        said, _ = racer.communicate(timeout=120)
        assert (racer.returncode, said.strip()) == (0, str(target / "colours"))
    assert sorted(path.name for path in target.iterdir()) == [".colours.lock", "colours"]
    running = start_instance(
        Postgres(home / "race-pg"), target / "colours", home / "run", USER,
        database="colours", role="candidate",
    )  # fmt: skip
    running.end()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can try another user's eyes")
def test_another_user_can_prepare_and_run_for_itself(postgres: Postgres) -> None:
    nobody = 65_534
    with short_home() as home:
        shutil.copytree(postgres.root, home / "postgres", symlinks=True)
        (home / "databases").mkdir()
        os.chown(home / "databases", nobody, nobody)
        # imports first: the interpreter may lie where nobody else can read
        program = (
            "import os, sys; from pathlib import Path\n"
            "from viva_grader.databases.pool import InstancePool\n"
            "from viva_grader.databases.port import QueryLimits\n"
            "from tests.fakes.databases_suite import colours\n"
            f"os.setgroups([]); os.setgid({nobody}); os.setuid({nobody}); os.chdir('/')\n"
            "with InstancePool(Path(sys.argv[1])) as pool:\n"
            "    print(pool.query(colours('one'), 'one', 'select 42', QueryLimits()).rows)\n"
        )
        done = subprocess.run(
            [sys.executable, "-c", program, str(home)], capture_output=True, text=True, check=False,
            env={**os.environ, "PYTHONPATH": str(ROOT)}, cwd=ROOT,
        )  # fmt: skip
        assert (done.returncode, done.stdout.strip()) == (0, "(('42',),)"), done.stderr


def test_programs_can_be_reached_by_everybody(postgres: Postgres) -> None:
    for path in postgres.root.rglob("*"):
        if not path.is_symlink():
            assert path.stat().st_mode & 0o005, path
    assert owner_and_mode(postgres.program("postgres"))[1] == 0o755


def test_socket_that_is_too_long_is_said(
    preparer: Preparer, postgres: Postgres, home: Path, shop: Path
) -> None:
    with pytest.raises(DatabaseUnavailableError, match="shorten VIVA_HOME"):
        start_instance(
            postgres, shop, home / ("long" * 25), USER, database="shop", role="candidate"
        )


def test_system_without_bubblewrap_runs_queries_too(postgres: Postgres, tmp_path: Path) -> None:
    for name in ("cp", "setpriv", "prlimit"):
        (tmp_path / name).symlink_to(str(shutil.which(name)))
    program = (
        "import sys; from pathlib import Path\n"
        "from viva_grader.databases.cage import has_bubblewrap\n"
        "from viva_grader.databases.pool import InstancePool\n"
        "from viva_grader.databases.port import QueryLimits\n"
        "from tests.fakes.databases_suite import colours\n"
        "with InstancePool(Path(sys.argv[1])) as pool:\n"
        "    rows = pool.query(colours('one'), 'one', 'select 42', QueryLimits()).rows\n"
        "    (instance,) = (p.instance for group in pool._idle.values() for p in group)\n"
        "print(has_bubblewrap(), rows, instance.alive, instance.folder.exists())\n"
    )
    with short_home() as home:
        shutil.copytree(postgres.root, home / "postgres", symlinks=True)
        done = subprocess.run(
            [sys.executable, "-c", program, str(home)], capture_output=True, text=True, check=False,
            env={"PATH": str(tmp_path), "PYTHONPATH": str(ROOT)}, cwd=ROOT,
        )  # fmt: skip
    assert done.stdout.strip() == "False (('42',),) False False", done.stderr
