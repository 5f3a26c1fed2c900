"""Decides by which patterns and checksums personal data and secrets are known from ordinary code."""

import ipaddress
import math
import re
from collections import Counter
from collections.abc import Callable
from typing import Final

_LONG_VALUE: Final = r"[^\s'\"`,;<>()\[\]{}]"
_QUOTED: Final = (
    r"(?P<quote>['\"])(?![A-Z]+(?:_[A-Z]+)+(?P=quote)|\[secret\]|[{$])(?:(?!(?P=quote)).){4,200}(?P=quote)"
)
"""A literal that is neither the name of a variable nor to be filled in."""
_IN_LINK: Final = r"(?:\{[^{}\s]*\}|[^\s'\"<>)\]}`])"
_CAPITAL: Final = r"[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:['’.-][^\W\d_]+)*\.?"
_FULL_NAME: Final = rf"{_CAPITAL}(?:[ \t]+(?:(?:van|von|de|der|den|da|di|del|la|bin|al|el)[ \t]+)*{_CAPITAL}){{1,3}}"
_COMPANY_ENDS: Final = (
    r"(?:Inc|Ltd|LLC|LLP|PLC|Corp|Corporation|GmbH|AG|KGaA|SE|S\.A\.|SAS|SARL|S\.r\.l\.|B\.V\.|N\.V\.|"
    r"A/S|AB|Oy|Pty|Holdings?|Technologies|Consulting|Bank|Laborator(?:y|ies))"
)


def _c(pattern: str, flags: int = 0) -> re.Pattern[str]:
    return re.compile(pattern, flags)


BLOCKS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    (
        _c(
            r"-----BEGIN [A-Z0-9 ]*(?:PRIVATE KEY|PGP MESSAGE)[A-Z ]*-----"
            r"(?:[\s\S]{0,20000}?-----END [A-Z0-9 ]+-----|[^\n]*(?:\n[\w+/=: .,#'\"\\-]{16,})*)"
        ),
        "[secret]",
    ),
)
"""Finds of several lines; each of those lines is replaced."""

PATTERNS: Final[tuple[tuple[re.Pattern[str], str], ...]] = (
    # Secrets that their own form gives away; published prefixes of their issuers.
    (_c(r"\beyJ[\w-]{8,}\.[\w-]{6,}\.[\w-]*"), "[secret]"),
    (_c(r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b"), "[secret]"),
    (_c(r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,})"), "[secret]"),
    (_c(r"\bxox[abeoprs]-[\w-]{10,}|\bxapp-[\w-]{10,}"), "[secret]"),
    (_c(r"\bAIza[\w-]{30,}|\bya29\.[\w-]{20,}|\bGOCSPX-[\w-]{20,}"), "[secret]"),
    (_c(r"\bsk-[\w-]{16,}|\b[rsp]k_(?:live|test)_\w{10,}|\bwhsec_\w{16,}"), "[secret]"),
    (_c(r"\b(?:npm_\w{30,}|pypi-[\w-]{30,}|hf_\w{20,}|dapi[0-9a-f]{30,}|dop_v1_\w{30,})"), "[secret]"),
    (_c(r"\bSG\.[\w-]{16,}\.[\w-]{16,}|\b(?:AC|SK)[0-9a-f]{32}\b"), "[secret]"),
    (_c(r"\bssh-(?:rsa|dss|ed25519) [\w+/=]{40,}(?: \S+)?|\becdsa-sha2-\S+ [\w+/=]{40,}(?: \S+)?"), "[secret]"),
    (_c(r"(?i)\b(AccountKey|SharedAccessKey|sig)=[\w+/%=-]{16,}"), r"\1=[secret]"),
    (_c(r"(?i)\b(Bearer|Basic)[ ]+(?=[\w.~+/=-]*\d)[\w.~+/=-]{12,}"), r"\1 [secret]"),
    # Secrets that their label gives away: a literal after it, never another name.
    (
        _c(
            rf"(?i)((?:pass(?:word|wd|phrase)|pwd|secret(?:_?key)?|api_?key|access_?key|auth_?token|"
            rf"access_?token|refresh_?token|client_?secret|private_?key|\btoken)\w{{0,12}}['\"]?\]?"
            rf"(?:\s*(?::=|=(?!=)|:|=>)\s*|\s+IS\s+|(?<=password)\s+))(?:[rb]{{0,2}}){_QUOTED}"
        ),
        r"\1'[secret]'",
    ),
    (_c(r"(?i)\b(IDENTIFIED[ ]+BY[ ]+)'[^']+'"), r"\1'[secret]'"),
    (_c(rf"\b(PGPASSWORD|MYSQL_PWD|[A-Z0-9_]+_(?:TOKEN|SECRET|PASSWORD|KEY))=(?!['\"\s=]){_LONG_VALUE}{{4,}}(?=\s|$)"), r"\1=[secret]"),
    (_c(rf"(?i)(?<=[;\s'\"])(password|pwd)=(?=[^\s'\";,)]+(?:[;'\"]|\s+\w+=))[^\s'\";,)]+"), r"\1=[secret]"),
    (_c(rf"(?i)(--(?:password|token|api-key)[ =])(?!['\"]?\$){_LONG_VALUE}{{4,}}"), r"\1[secret]"),
    (_c(r"(?i)\b((?:my |the )?(?:password|passphrase|pin|otp) (?:is|was)[: ]+)[`'\"]?(?=\S*[\d!$%&*#])\S{4,}"), r"\1[secret]"),
    # Links, before the e-mail addresses that stand in some.
    (_c(rf"\b[a-zA-Z][a-zA-Z0-9+.-]{{1,30}}://{_IN_LINK}+|\bwww\.{_IN_LINK}+"), "[link]"),
    (_c(r"\bgit@[\w.-]+:[\w./~-]+"), "[link]"),
    (
        _c(
            r"(?i)(?<![\w@.-])(?:[\w-]+\.)*(?:github|gitlab|linkedin|bitbucket|kaggle|medium|twitter|facebook|"
            r"instagram|stackoverflow|xing|researchgate|orcid|huggingface|substack|t)\.(?:com|org|co|net|io|me)"
            r"/[^\s'\"<>)\]}]+|(?<![\w@.-])[\w-]+\.(?:github|gitlab)\.io\b\S*"
        ),
        "[link]",
    ),
    (_c(r"(?i)(?<![\w@.-])(?:[a-z0-9-]{3,}\.)+(?:com|org|net)/[a-z~][^\s'\"<>)\]}]*"), "[link]"),
    # E-mail addresses; a matrix product of an attribute (a @ b.T) is none.
    (_c(r"(?i)mailto:\S+"), "[e-mail]"),
    (
        _c(
            r"(?<![\\\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}(?!(?:values|shape|size|ndim|dtype|columns|index|iloc|loc|real)\b)"
            r"[^\W\d_]{2,24}(?![\w(\[])"
        ),
        "[e-mail]",
    ),
    (
        _c(
            r"(?i)\b[\w.+-]{2,64}\s?[\[({<]\s?at\s?[\])}>]\s?[\w-]+(?:\s?[\[({<]\s?(?:dot|punkt)\s?[\])}>]\s?|\.)"
            r"[\w.-]{2,40}"
        ),
        "[e-mail]",
    ),
    (_c(r"(?i)\b[\w.+-]{2,64} at [\w-]{2,63} dot (?:com|org|net|io|dev|edu|[a-z]{2})\b"), "[e-mail]"),
    # Who wrote it.
    (_c(rf"{_FULL_NAME}(?=\s*<\[e-mail\]>)"), "[name]"),
    (_c(r"(?i)\b((?:signed-off|co-authored|reviewed|reported|tested)-by:\s*)[^<\n]{2,80}?(?=\s*(?:<|$))"), r"\1[name]"),
    (_c(r"(?i)(\b__(?:author|maintainer|credits)__\s*=\s*)(['\"\[(]).{2,120}$"), r"\1'[name]'"),
    (
        _c(
            rf"(?i:((?:^|[#*/\-\s\"'{{,(@])(?:authors?|maintainer|candidate|applicant|committer|interviewee)['\"]?"
            rf"\s*(?:name)?['\"]?\s*[:=]\s*['\"]?)){_FULL_NAME}(?=\s*(?:[\"'<,;]|$))"
        ),
        r"\1[name]",
    ),
    (_c(r"((?:[#*-]|//|^(?=[A-Z]))\s*(?i:authors?|maintainer|candidate|applicant)\s*:\s*)(?!\[)[^\W\d_][^\n<,;(=:\[\]]{1,40}$"), r"\1[name]"),
    (_c(rf"(@author[ :]+|(?:^|[#*]|//|--)\s*(?i:by) ){_FULL_NAME}(?=\s*$)"), r"\1[name]"),
    (_c(r"(?i)(\bconfig\b.{0,30}\buser\.(?:name|email)[ =]+)(?:\"[^\"]+\"|'[^']+'|[A-Z]\S+)"), r"\1[name]"),
    (_c(rf"(?i:\b(my name is|this is|i am|i'm|name['\"]?\s*:|ich heiße|je m'appelle|me llamo|written by|solved by|made by|created by|submitted by|prepared by|regards,?|cheers,?|thanks,?|sincerely,?)[ ,'\"]+){_FULL_NAME}(?![ \t]*\()"), r"\1 [name]"),
    (_c(r"(?i)\b((?:github|gitlab|twitter|linkedin|telegram|slack|discord|skype|kaggle|instagram)(?:[ ]*(?:handle|user(?:name)?|id))?[ ]*[:=]?[ ]*(?:@|(?<=: )|(?<== )))(?!\[|int\b|float\b|str\b|bool\b|None\b|list\b|dict\b|pd\b|np\b)[\w.-]{3,}(?![\w(\[])"), r"\1[handle]"),
    # Where they work and learned.
    (_c(rf"\b(?:{_CAPITAL}[ ]){{1,3}}{_COMPANY_ENDS}\b\.?"), "[employer]"),
    (_c(rf"(?i:\b(?P<at>(?:work(?:ed|ing|s)?|employed|engineer|scientist|analyst|intern(?:ship)?|job|role|currently|previously|formerly)(?: \w+){{0,2}} (?:at|for|by)|my (?:current |former |last |previous )?(?:employer|company|team) (?:is|was|at)|employer[ ]*[:=]|company[ ]*:|at my (?:employer|company))[ ,'\"]+)(?:the )?(?!\[){_CAPITAL}(?:[ ]{_CAPITAL})*"), r"\g<at>[employer]"),
    (_c(rf"\b(?:Universit(?:y|ät|é|à|y College)|College|Institute)(?: of| de| di)? {_CAPITAL}(?: {_CAPITAL})?|\b{_CAPITAL} (?:University|Polytechnic)\b"), "[school]"),
    (_c(rf"(?i:\b(studied at|graduated from|alumn\w+ of|degree from|phd from|msc from)[ ]+){_CAPITAL}(?:[ ]{_CAPITAL})*"), r"\1 [school]"),
    # Where they live, and when they were born.
    (_c(rf"\b\d{{1,5}}[A-Za-z]? (?:{_CAPITAL} ){{1,3}}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Square|Terrace|Way)\b\.?"), "[address]"),
    (_c(r"\b[^\W\d_]{3,}(?:straße|strasse|str\.|gasse|weg|platz|allee|laan|straat) \d{1,4}[a-z]?\b"), "[address]"),
    (_c(r"\b\d{1,4},? (?:rue|avenue|boulevard|place|calle|via|piazza) (?:d[eu] |de la |des )?[^\W\d_]+(?:[ ][^\W\d_]+)?", re.IGNORECASE), "[address]"),
    (_c(r"(?i)\b(date of birth|birth ?date|birthday|dob|born(?: on)?|geboren(?: am)?|né[e]? le)(['\"]?\s*(?:is)?[:= '\"]+)\d{1,4}[./ -]\w{1,9}[./ ,-]{1,2}\d{1,4}"), r"\1\2[birth date]"),
    # Numbers of a person; what has a checksum stands in CHECKED.
    (_c(r"(?i)\b(passport|social security|ssn|national id(?:entity)?|id card|tax id|steuer-?id(?:entifikationsnummer)?|tin|pesel|nif|nie|dni|nino|aadhaar|pan card|driver'?s? licen[cs]e|driving licen[cs]e|personalausweis|reisepass|national insurance|visa|employee id|student id|matrikelnummer)((?: ?(?:no|nr|num|number|id))?\.?[ :=#'\"]{1,4}(?:is )?)(?=[A-Z0-9 ./-]*\d{3})[A-Z0-9][A-Z0-9./-]{4,20}"), r"\1\2[id]"),
    (_c(r"(?<![\w-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])"), "[id]"),
    (_c(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b"), "[id]"),
    (_c(r"\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b"), "[id]"),
    (_c(r"\b[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]\b"), "[id]"),
    (_c(r"(?<![\w.])\d{3}\.\d{3}\.\d{3}-\d{2}(?![\w-])"), "[id]"),
    (_c(r"(?<![\w:-])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![\w:-])"), "[address of a device]"),
    (_c(r"\b0x[0-9a-fA-F]{40}\b|\bbc1[a-z0-9]{25,60}\b"), "[account]"),
    (_c(r"(?i)\b((?:swift|bic)(?: code)?[ :=]+)[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?\b"), r"\1[account]"),
    # Paths that hold a user's name, or a machine's.
    (_c(r"(?:/mnt/[a-z])?/(?:home|Users)/[^\s'\"<>,;:()\[\]{}]+"), "[path]"),
    (_c(r"\b[A-Za-z]:[\\/]{1,2}(?:Users|Documents and Settings)[\\/]{1,2}[^\s'\"<>|,;]+"), "[path]"),
    (_c(r"\b[A-Z]:(?:\\{1,2}[\w-]{2,}){1,8}\\{1,2}[\w-]{2,}\.\w{1,5}\b"), "[path]"),
    (_c(r"(?<![\w\\])\\\\[\w.-]{2,}\\[\w$.-]{2,}(?:\\[\w .-]+)*"), "[path]"),
    (_c(r"(?<![\w/.])~[a-z][\w.-]+/[\w./-]+"), "[path]"),
    (_c(r"\b[\w.-]{2,32}@[\w-]{2,63}:(?:~|/)[^\s'\"]*[$#]?"), "[path]"),
    (_c(r"\b(?:[a-z0-9-]+\.)+(?:internal|corp|intranet|lan)\b(?![(\w.])"), "[host]"),
    # Telephone numbers: international, in brackets, in the groups that countries write.
    (
        _c(
            r"(?<![\w+])\+\d[\d ().\u00a0/-]{6,18}\d(?!\w)"
            r"|(?<!\w)\((?:0\d{1,4}|\d{3})\)[ .-]?\d{3,4}[ .-]?\d{3,4}(?!\w)"
            r"|(?<![\w.-])\d{3}[ .-]\d{3}[ .-]\d{4}(?![\w.-])"
            r"|(?<![\w.:-])0\d(?:[ .]\d{2}){4}(?![\w.:-])"
            r"|(?<![\w.:-])0\d{2,4}[ /-]\d{3}[ ]?\d{3,6}(?![\w.:-])"
            r"|(?<![\w.:-])00[1-9]\d[ -]\d[\d -]{6,14}\d(?![\w.:-])"
        ),
        "[phone]",
    ),
    (_c(r"(?i)\b((?:tel(?:ephone)?|phone|mobile|cell|mob|handy|whatsapp|call me (?:at|on)|reach me (?:at|on))['\"]?(?: ?(?:no|nr|number))?\.?[ :='\"]{1,4})(?=[\d ().+/-]*\d{3})[+\d(][\d ().+/-]{5,}\d"), r"\1[phone]"),
)
"""Finds of one line that their form decides, in this order."""


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


_TURNS: Final = ("0123456789", "1234067895", "2340178956", "3401289567", "4012395678",
                 "5987604321", "6598710432", "7659821043", "8765932104", "9876543210")
_SHIFTS: Final = ("0123456789", "1576283094", "5803796142", "8916043527",
                  "9453126870", "4286573901", "2793806415", "7046913258")


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
    (_c(r"(?<![\w.-])[2-6]\d{3}(?:[ -]\d{4}){3}(?![\w-])|(?<![\w.-])3[47]\d{2}[ -]\d{6}[ -]\d{5}(?![\w-])|(?<![\w.])[2-6]\d{13,15}(?!\w)"), "[card]", _luhn),
    (_c(r"(?<!\w)[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?\d{2} ?\d{3} ?\d{3} ?\d{2}(?!\w)"), "[id]", _nir),
    (_c(r"\b(?:\d{8}|[XYZ]\d{7})-?[A-Z]\b"), "[id]", _dni),
    (_c(r"(?<![\w-])[2-9]\d{3}[ -]\d{4}[ -]\d{4}(?![\w-])"), "[id]", _verhoeff),
    (_c(r"(?<![\w-])(?:\d{2})?\d{6}[-+]\d{4}(?![\w-])"), "[id]", _personnummer),
    (_c(r"(?<![\w.=~])\d{1,3}(?:\.\d{1,3}){3}(?![\w.])"), "[ip]", _ip),
    (_c(r"(?<![\w:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?![\w:.])"), "[ip]", _ipv6),
    (_c(r"(?<![\w+/=])[A-Za-z0-9+/]{32,}={0,2}(?![\w+/=])"), "[secret]", _random),
)
"""Finds of one line that a checksum or a parser decides."""
