import pytest

from tests.fakes.databases_suite import DatabasesSuite
from tests.fakes.sqlite_databases import SqliteDatabases


class TestSqliteDatabases(DatabasesSuite):
    @pytest.fixture
    def databases(self) -> SqliteDatabases:
        return SqliteDatabases()
