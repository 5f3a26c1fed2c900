"""Decides what a token may say to whom decodes it: base64, hexadecimal, escapes, entities."""

import base64
import binascii
import html
import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote

_SHORTEST: Final = 8
_BASE64: Final = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_HEX: Final = re.compile(r"(?:[0-9a-fA-F]{2}){4,}")
_ESCAPE: Final = re.compile(r"\\+(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|([0-7]{3}))")


def readings(token: str) -> Iterator[str]:
    """Give what a token says otherwise than as it stands; nothing for most."""
    if len(token) < _SHORTEST:
        return
    if "%" in token:
        yield unquote(token)
    if "&" in token:
        yield html.unescape(token)
    if "\\" in token:
        yield _ESCAPE.sub(_escaped, token)
    for match in _HEX.finditer(token):
        yield _text(bytes.fromhex(match[0]))
    for match in _BASE64.finditer(token):
        raw = match[0].rstrip("=").translate(str.maketrans("-_", "+/"))
        try:
            yield _text(base64.b64decode(raw + "=" * (-len(raw) % 4)))
        except (ValueError, binascii.Error):
            continue


def _escaped(match: re.Match[str]) -> str:
    low, wide, octal = match.groups()
    return chr(int(octal, 8) if octal else int(low or wide, 16))


def _text(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return ""
