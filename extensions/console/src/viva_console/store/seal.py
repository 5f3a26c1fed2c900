"""Decides how candidate content is sealed: AES-256-GCM under a key per candidate, itself wrapped.

Layout of everything sealed: one version byte, 12 random bytes of nonce, ciphertext with its
16-byte tag (NIST SP 800-38D). The additional data names the place it was written for, so a sealed
value that is moved to another row or column does not open.
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from viva_console.domain.errors import ConsoleError

_VERSION = b"\x01"
_NONCE_BYTES = 12
_KEY_BITS = 256


class SealBrokenError(ConsoleError):
    """A sealed value does not open: another key, another place, or altered bytes."""

    code = "store.seal_broken"


def seal(key: bytes, content: bytes, place: str) -> bytes:
    """Seal ``content`` for ``place`` under a key of 32 bytes."""
    nonce = os.urandom(_NONCE_BYTES)
    return _VERSION + nonce + AESGCM(key).encrypt(nonce, content, _VERSION + place.encode())


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """Open what :func:`seal` made for the same place.

    Raises
    ------
    SealBrokenError
        When key, place or bytes are not those.
    """
    nonce, body = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
    if sealed[:1] != _VERSION:
        raise SealBrokenError("A stored value has an unknown form.")
    try:
        return AESGCM(key).decrypt(nonce, body, _VERSION + place.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBrokenError("A stored value does not open with the keys at hand.") from error


class KeyRing:
    """Makes, wraps and unwraps the keys of candidates.

    Parameters
    ----------
    key_encryption_key : bytes
        32 bytes from the folder of secrets; never in the store.
    """

    def __init__(self, key_encryption_key: bytes) -> None:
        self._key = key_encryption_key

    def new_wrapped(self, candidate_id: str) -> bytes:
        """Make a candidate's key, wrapped for the store."""
        return seal(self._key, AESGCM.generate_key(_KEY_BITS), _place(candidate_id))

    def unwrap(self, candidate_id: str, wrapped: bytes) -> bytes:
        """Give a candidate's key.

        Raises
        ------
        SealBrokenError
            When it was wrapped by another key-encryption key.
        """
        return unseal(self._key, wrapped, _place(candidate_id))


def _place(candidate_id: str) -> str:
    return f"candidate_keys.wrapped_key:{candidate_id}"
