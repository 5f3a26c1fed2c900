import pytest
from viva_console.store.seal import KeyRing, SealBrokenError, seal, unseal

KEY = b"\x01" * 32


def test_sealed_content_opens_with_its_key_and_place() -> None:
    sealed = seal(KEY, b"notebook", "submissions.content:s1")
    assert b"notebook" not in sealed
    assert unseal(KEY, sealed, "submissions.content:s1") == b"notebook"


def test_same_content_is_never_sealed_the_same() -> None:
    assert seal(KEY, b"x", "a") != seal(KEY, b"x", "a")


@pytest.mark.parametrize(
    ("key", "place", "change"),
    [
        (b"\x02" * 32, "a", lambda sealed: sealed),
        (KEY, "b", lambda sealed: sealed),
        (KEY, "a", lambda sealed: sealed[:-1] + bytes([sealed[-1] ^ 1])),
        (KEY, "a", lambda sealed: b"\x02" + sealed[1:]),
        (KEY, "a", lambda sealed: sealed[:10]),
        (KEY, "a", lambda sealed: b""),
    ],
    ids=["key", "place", "bit", "version", "cut", "empty"],
)
def test_anything_else_opens_nothing(key: bytes, place: str, change: object) -> None:
    with pytest.raises(SealBrokenError):
        unseal(key, change(seal(KEY, b"notebook", "a")), place)


def test_wrapped_key_is_for_one_candidate() -> None:
    ring = KeyRing(KEY)
    wrapped = ring.new_wrapped("one")
    assert len(ring.unwrap("one", wrapped)) == 32
    with pytest.raises(SealBrokenError):
        ring.unwrap("two", wrapped)
    with pytest.raises(SealBrokenError):
        KeyRing(b"\x02" * 32).unwrap("one", wrapped)
