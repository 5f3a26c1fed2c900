import pytest

from tests.fakes.console_store import MemoryStore
from tests.fakes.console_store_suite import StoreSuite


class TestMemoryStore(StoreSuite):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()
