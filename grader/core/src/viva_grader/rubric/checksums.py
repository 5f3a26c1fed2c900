"""Decides by which checksum a number is a person's account, card or identity, and no other one."""

import ipaddress
import math
import re
from collections import Counter
from collections.abc import Callable
from typing import Final


def _c(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _digits(text: str) -> list[int]:
    return [int(each) for each in text if each.isdigit()]


def _luhn(text: str) -> bool:
    """ISO/IEC 7812-1."""
    digits = _digits(text)[::-1]
    doubled = sum(sum(divmod(2 * each, 10)) for each in digits[1::2])
    return (sum(digits[::2]) + doubled) % 10 == 0 and len(set(digits)) > 1


def _iban(text: str) -> bool:
    """ISO 13616: the rearranged number leaves 1 by 97."""
    plain = text.replace(" ", "").upper()
    moved = plain[4:] + plain[:4]
    return 15 <= len(plain) <= 34 and int("".join(str(int(each, 36)) for each in moved)) % 97 == 1  # noqa: PLR2004


def _nir(text: str) -> bool:
    """France: the key is 97 less the number's remainder by 97."""
    digits = "".join(map(str, _digits(text)))
    return 97 - int(digits[:13]) % 97 == int(digits[13:])


def _dni(text: str) -> bool:
    """Spain: the letter follows from the number's remainder by 23."""
    plain = text.replace("-", "").upper()
    number = plain[:-1].translate(str.maketrans("XYZ", "012"))
    return "TRWAGMYFPDXBNJZSQVHLCKE"[int(number) % 23] == plain[-1]


_TURNS: Final = (
    "0123456789",
    "1234067895",
    "2340178956",
    "3401289567",
    "4012395678",
    "5987604321",
    "6598710432",
    "7659821043",
    "8765932104",
    "9876543210",
)
_SHIFTS: Final = (
    "0123456789",
    "1576283094",
    "5803796142",
    "8916043527",
    "9453126870",
    "4286573901",
    "2793806415",
    "7046913258",
)


def _verhoeff(text: str) -> bool:
    """India's Aadhaar: the dihedral check of J. Verhoeff (1969)."""
    check = 0
    for place, digit in enumerate(reversed(_digits(text))):
        check = int(_TURNS[check][int(_SHIFTS[place % 8][digit])])
    return check == 0


def _personnummer(text: str) -> bool:
    digits = _digits(text)[-10:]
    month, day = digits[2] * 10 + digits[3], digits[4] * 10 + digits[5]
    return 1 <= month <= 12 and 1 <= day <= 31 and _luhn("".join(map(str, digits)))  # noqa: PLR2004


def _ip(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_loopback or address.is_unspecified)


def _ipv6(text: str) -> bool:
    """Not the ``::2`` of a slice and not a cast of PostgreSQL's: three groups and eight digits."""
    groups = [each for each in text.split(":") if each]
    return len(groups) >= 3 and sum(map(len, groups)) >= 8 and _ip(text)  # noqa: PLR2004


def _random(text: str) -> bool:
    """Keys are drawn: both cases and digits, well mixed. Long names are not."""
    runs = len(re.findall(r"\d+", text))
    bits = -sum(n / len(text) * math.log2(n / len(text)) for n in Counter(text).values())
    return runs >= 3 and bits >= 4.0 and text.lower() != text != text.upper()  # noqa: PLR2004


CHECKED: Final[tuple[tuple[re.Pattern[str], str, Callable[[str], bool]], ...]] = (
    (_c(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b"), "[account]", _iban),
    (
        _c(
            r"(?<![\w.-])[2-6]\d{3}(?:[ -]\d{4}){3}(?![\w-])|(?<![\w.-])3[47]\d{2}[ "
            r"-]\d{6}[ -]\d{5}(?![\w-])|(?<![\w.])[2-6]\d{13,15}(?!\w)"
        ),
        "[card]",
        _luhn,
    ),
    (_c(r"(?<!\w)[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}(?!\w)"), "[id]", _nir),
    (_c(r"\b(?:\d{8}|[XYZ]\d{7})-?[A-Z]\b"), "[id]", _dni),
    (_c(r"(?<![\w-])[2-9]\d{3}[ -]\d{4}[ -]\d{4}(?![\w-])"), "[id]", _verhoeff),
    (_c(r"(?<![\w-])(?:\d{2})?\d{6}[-+]\d{4}(?![\w-])"), "[id]", _personnummer),
    (_c(r"(?<![\w.=~])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])"), "[ip]", _ip),
    (_c(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:.])"), "[ip]", _ipv6),
    (_c(r"(?<![\w+/=])[A-Za-z0-9+/]{32,}={0,2}(?![\w+/=])"), "[secret]", _random),
)
"""Finds of one line that a checksum or a parser decides."""
