import pytest
from viva_console.domain.errors import UnavailableError
from viva_console.store.engine import PostgresStore


def test_store_that_does_not_answer_is_unavailable_and_names_no_address():
    store = PostgresStore("postgresql://nobody:word@127.0.0.1:1/none", b"k" * 32)
    with pytest.raises(UnavailableError) as refused, store.unit():
        pass
    assert "127.0.0.1" not in refused.value.message
    assert "word" not in refused.value.message
    store.close()
