import pytest
from pycrdt import Doc, Text, create_sync_message, create_update_message
from viva_console.domain.recording import UpdateKind
from viva_console.live.wire import ASK_FOR_STATE, read


def test_question_for_the_state_is_the_librarys() -> None:
    assert create_sync_message(Doc()) == ASK_FOR_STATE


def test_update_is_read_as_the_library_writes_it() -> None:
    update = Doc({"text": Text("x" * 1000)}).get_update()
    assert read(create_update_message(update)) == (UpdateKind.CHANGE, update)


@pytest.mark.parametrize(
    "message", [b"", b"\x00", ASK_FOR_STATE, b"\x01\x02ab", b"\x02", b"\x00\x09"]
)
def test_everything_else_is_dropped(message: bytes) -> None:
    assert read(message) is None


@pytest.mark.parametrize(
    "message",
    [
        b"\x00\x02",
        b"\x00\x02\x05abc",
        b"\x00\x02\x01abc",
        b"\x00\x02" + b"\xff" * 9,
        b"\x00\x01\x80",
    ],
)
def test_update_of_another_length_than_it_says_is_refused(message: bytes) -> None:
    with pytest.raises(ValueError, match="update"):
        read(message)
