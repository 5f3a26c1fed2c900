import pytest

from tests.fakes.console_store import MemoryStore
from tests.fakes.console_store_suite import StoreSuite
from tests.fakes.console_words_suite import WordsSuite


class TestMemoryStore(StoreSuite, WordsSuite):
    @pytest.fixture
    def store(self) -> MemoryStore:
        return MemoryStore()
