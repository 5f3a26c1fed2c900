"""Decides by which form personal data and secrets are known from ordinary code."""

import re
from typing import Final

_LONG_VALUE: Final = r"[^\s'\"`,;<>()\[\]{}]"
_QUOTED: Final = (
    r"(?P<quote>['\"])(?![A-Z]+(?:_[A-Z]+)+(?P=quote)|\[secret\]|"
    r"[{$])(?:(?!(?P=quote)).){4,200}(?P=quote)"
)
"""A literal that is neither the name of a variable nor to be filled in."""
_IN_LINK: Final = r"(?:\{[^{}\s]*\}|[^\s'\"<>)\]}`])"
_CAPITAL: Final = r"[^\W\d_a-zß-öø-ÿ][^\W\d_]*(?:['\u2019.-][^\W\d_]+)*\.?"
_FULL_NAME: Final = (
    rf"{_CAPITAL}(?:[ \t]+(?:(?:van|von|de|der|den|da|di|del|la|bin|al|el)[ "
    rf"\t]+)*{_CAPITAL}){{1,3}}"
)
_COMPANY_ENDS: Final = (
    r"(?:Inc|Ltd|LLC|LLP|PLC|Corp|Corporation|GmbH|AG|KGaA|SE|S\.A\.|SAS|SARL|"
    r"S\.r\.l\.|B\.V\.|N\.V\.|"
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
    (
        _c(r"\b(?:npm_\w{30,}|pypi-[\w-]{30,}|hf_\w{20,}|dapi[0-9a-f]{30,}|dop_v1_\w{30,})"),
        "[secret]",
    ),
    (_c(r"\bSG\.[\w-]{16,}\.[\w-]{16,}|\b(?:AC|SK)[0-9a-f]{32}\b"), "[secret]"),
    (
        _c(
            r"\bssh-(?:rsa|dss|ed25519) [\w+/=]{40,}(?: \S+)?|\becdsa-sha2-\S+ "
            r"[\w+/=]{40,}(?: \S+)?"
        ),
        "[secret]",
    ),
    (_c(r"(?i)\b(AccountKey|SharedAccessKey|sig)=[\w+/%=-]{16,}"), r"\1=[secret]"),
    (_c(r"(?i)\b(Bearer|Basic)[ ]+(?=[\w.~+/=-]*\d)[\w.~+/=-]{12,}"), r"\1 [secret]"),
    # Secrets that their label gives away: a literal after it, never another name.
    (
        _c(
            r"(?i)((?:pass(?:word|wd|phrase)|pwd|secret(?:_?key)?|api_?key|access_?key|"
            r"auth_?token|"
            r"access_?token|refresh_?token|client_?secret|private_?key|"
            r"\btoken)\w{0,12}['\"]?\]?"
            rf"(?:\s*(?::=|=(?!=)|:|=>)\s*|\s+IS\s+|(?<=password)\s+))(?:[rb]{{0,2}}){_QUOTED}"
        ),
        r"\1'[secret]'",
    ),
    (_c(r"(?i)\b(IDENTIFIED[ ]+BY[ ]+)'[^']+'"), r"\1'[secret]'"),
    (
        _c(
            r"\b(PGPASSWORD|MYSQL_PWD|[A-Z0-9_]+_(?:TOKEN|SECRET|PASSWORD|"
            rf"KEY))=(?!['\"\s=]){_LONG_VALUE}{{4,}}(?=\s|$)"
        ),
        r"\1=[secret]",
    ),
    (
        _c(r"(?i)(?<=[;\s'\"])(password|pwd)=(?=[^\s'\";,)]+(?:[;'\"]|\s+\w+=))[^\s'\";,)]+"),
        r"\1=[secret]",
    ),
    (_c(rf"(?i)(--(?:password|token|api-key)[ =])(?!['\"]?\$){_LONG_VALUE}{{4,}}"), r"\1[secret]"),
    (
        _c(
            r"(?i)\b((?:my |the )?(?:password|passphrase|pin|otp) (?:is|was)[: "
            r"]+)[`'\"]?(?=\S*[\d!$%&*#])\S{4,}"
        ),
        r"\1[secret]",
    ),
    # Links, before the e-mail addresses that stand in some.
    (_c(rf"\b[a-zA-Z][a-zA-Z0-9+.-]{{1,30}}://{_IN_LINK}+|\bwww\.{_IN_LINK}+"), "[link]"),
    (_c(r"\bgit@[\w.-]+:[\w./~-]+"), "[link]"),
    (
        _c(
            r"(?i)(?<![\w@.-])(?:[\w-]+\.)*(?:github|gitlab|linkedin|bitbucket|kaggle|"
            r"medium|twitter|facebook|"
            r"instagram|stackoverflow|xing|researchgate|orcid|huggingface|substack|"
            r"t)\.(?:com|org|co|net|io|me)"
            r"/[^\s'\"<>)\]}]+|(?<![\w@.-])[\w-]+\.(?:github|gitlab)\.io\b\S*"
        ),
        "[link]",
    ),
    (_c(r"(?i)(?<![\w@.-])(?:[a-z0-9-]{3,}\.)+(?:com|org|net)/[a-z~][^\s'\"<>)\]}]*"), "[link]"),
    # E-mail addresses; a matrix product of an attribute (a @ b.T) is none.
    (_c(r"(?i)mailto:\S+"), "[e-mail]"),
    (
        _c(
            r"(?<![\\\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}(?!(?:values|shape|size|"
            r"ndim|dtype|columns|index|iloc|loc|real)\b)"
            r"[^\W\d_]{2,24}(?![\w(\[])"
        ),
        "[e-mail]",
    ),
    (
        _c(
            r"(?i)\b[\w.+-]{2,64}\s?[\[({<]\s?at\s?[\])}>]\s?[\w-]+(?:\s?[\[({<]\s?(?:dot|"
            r"punkt)\s?[\])}>]\s?|\.)"
            r"[\w.-]{2,40}"
        ),
        "[e-mail]",
    ),
    (
        _c(r"(?i)\b[\w.+-]{2,64} at [\w-]{2,63} dot (?:com|org|net|io|dev|edu|[a-z]{2})\b"),
        "[e-mail]",
    ),
    # Who wrote it.
    (_c(rf"{_FULL_NAME}(?=\s*<\[e-mail\]>)"), "[name]"),
    (
        _c(
            r"(?i)\b((?:signed-off|co-authored|reviewed|reported|"
            r"tested)-by:\s*)[^<\n]{2,80}?(?=\s*(?:<|$))"
        ),
        r"\1[name]",
    ),
    (_c(r"(?i)(\b__(?:author|maintainer|credits)__\s*=\s*)(['\"\[(]).{2,120}$"), r"\1'[name]'"),
    (
        _c(
            r"(?i:((?:^|[#*/\-\s\"'{,(@])(?:authors?|maintainer|candidate|applicant|"
            r"committer|interviewee)['\"]?"
            rf"\s*(?:name)?['\"]?\s*[:=]\s*['\"]?)){_FULL_NAME}(?=\s*(?:[\"'<,;]|$))"
        ),
        r"\1[name]",
    ),
    (
        _c(
            r"((?:[#*-]|//|^(?=[A-Z]))\s*(?i:authors?|maintainer|candidate|"
            r"applicant)\s*:\s*)(?!\[)[^\W\d_][^\n<,;(=:\[\]]{1,40}$"
        ),
        r"\1[name]",
    ),
    (_c(rf"(@author[ :]+|(?:^|[#*]|//|--)\s*(?i:by) ){_FULL_NAME}(?=\s*$)"), r"\1[name]"),
    (
        _c(r"(?i)(\bconfig\b.{0,30}\buser\.(?:name|email)[ =]+)(?:\"[^\"]+\"|'[^']+'|[A-Z]\S+)"),
        r"\1[name]",
    ),
    (
        _c(
            r"(?i:\b(my name is|this is|i am|i'm|name['\"]?\s*:|ich heiße|je m'appelle|me "
            r"llamo|written by|solved by|made by|created by|submitted by|prepared by|"
            rf"regards,?|cheers,?|thanks,?|sincerely,?)[ ,'\"]+){_FULL_NAME}(?![ \t]*\()"
        ),
        r"\1 [name]",
    ),
    (
        _c(
            r"(?i)\b((?:github|gitlab|twitter|linkedin|telegram|slack|discord|skype|kaggle|"
            r"instagram)(?:[ ]*(?:handle|user(?:name)?|id))?[ ]*[:=]?[ ]*(?:@|(?<=: )|(?<== "
            r")))(?!\[|int\b|float\b|str\b|bool\b|None\b|list\b|dict\b|pd\b|"
            r"np\b)[\w.-]{3,}(?![\w(\[])"
        ),
        r"\1[handle]",
    ),
    # Where they work and learned.
    (_c(rf"\b(?:{_CAPITAL}[ ]){{1,3}}{_COMPANY_ENDS}\b\.?"), "[employer]"),
    (
        _c(
            r"(?i:\b(?P<at>(?:work(?:ed|ing|s)?|employed|engineer|scientist|analyst|"
            r"intern(?:ship)?|job|role|currently|previously|formerly)(?: \w+){0,2} (?:at|"
            r"for|by)|my (?:current |former |last |previous )?(?:employer|company|team) "
            r"(?:is|was|at)|employer[ ]*[:=]|company[ ]*:|at my (?:employer|company))[ "
            rf",'\"]+)(?:the )?(?!\[){_CAPITAL}(?:[ ]{_CAPITAL})*"
        ),
        r"\g<at>[employer]",
    ),
    (
        _c(
            r"\b(?:Universit(?:y|ät|é|à|y College)|College|Institute)(?: of| de| di)? "
            rf"{_CAPITAL}(?: {_CAPITAL})?|\b{_CAPITAL} (?:University|Polytechnic)\b"
        ),
        "[school]",
    ),
    (
        _c(
            r"(?i:\b(studied at|graduated from|alumn\w+ of|degree from|phd from|msc from)[ "
            rf"]+){_CAPITAL}(?:[ ]{_CAPITAL})*"
        ),
        r"\1 [school]",
    ),
    # Where they live, and when they were born.
    (
        _c(
            rf"\b\d{{1,5}}[A-Za-z]? (?:{_CAPITAL} ){{1,3}}(?:Street|St|Road|Rd|Avenue|Ave|"
            r"Lane|Ln|Drive|Dr|Boulevard|Blvd|Court|Square|Terrace|Way)\b\.?"
        ),
        "[address]",
    ),
    (
        _c(
            r"\b[^\W\d_]{3,}(?:straße|strasse|str\.|gasse|weg|platz|allee|laan|straat) "
            r"\d{1,4}[a-z]?\b"
        ),
        "[address]",
    ),
    (
        _c(
            r"\b\d{1,4},? (?:rue|avenue|boulevard|place|calle|via|piazza) (?:d[eu] |de la |"
            r"des )?[^\W\d_]+(?:[ ][^\W\d_]+)?",
            re.IGNORECASE,
        ),
        "[address]",
    ),
    (
        _c(
            r"(?i)\b(date of birth|birth ?date|birthday|dob|born(?: on)?|geboren(?: am)?|"
            r"né[e]? le)(['\"]?\s*(?:is)?[:= '\"]+)\d{1,4}[./ -]\w{1,9}[./ ,-]{1,2}\d{1,4}"
        ),
        r"\1\2[birth date]",
    ),
    # Numbers of a person; what has a checksum stands in CHECKED.
    (
        _c(
            r"(?i)\b(passport|social security|ssn|national id(?:entity)?|id card|tax id|"
            r"steuer-?id(?:entifikationsnummer)?|tin|pesel|nif|nie|dni|nino|aadhaar|pan "
            r"card|driver'?s? licen[cs]e|driving licen[cs]e|personalausweis|reisepass|"
            r"national insurance|visa|employee id|student id|matrikelnummer)((?: ?(?:no|nr|"
            r"num|number|id))?\.?[ :=#'\"]{1,4}(?:is )?)(?=[A-Z0-9 "
            r"./-]*\d{3})[A-Z0-9][A-Z0-9./-]{4,20}"
        ),
        r"\1\2[id]",
    ),
    (_c(r"(?<![\w-])(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\w-])"), "[id]"),
    (_c(r"\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?\d{2} ?\d{2} ?\d{2} ?[A-D]\b"), "[id]"),
    (_c(r"\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b"), "[id]"),
    (_c(r"\b[A-Z]{3}[ABCFGHLJPT][A-Z]\d{4}[A-Z]\b"), "[id]"),
    (_c(r"(?<![\w.])\d{3}\.\d{3}\.\d{3}-\d{2}(?![\w-])"), "[id]"),
    (_c(r"(?<![\w:-])(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}(?![\w:-])"), "[address of a device]"),
    (_c(r"\b0x[0-9a-fA-F]{40}\b|\bbc1[a-z0-9]{25,60}\b"), "[account]"),
    (
        _c(r"(?i)\b((?:swift|bic)(?: code)?[ :=]+)[A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?\b"),
        r"\1[account]",
    ),
    # Paths that hold a user's name, or a machine's.
    (_c(r"(?:/mnt/[a-z])?/(?:home|Users)/[^\s'\"<>,;:()\[\]{}]+"), "[path]"),
    (
        _c(r"\b[A-Za-z]:[\\/]{1,2}(?:Users|Documents and Settings)[\\/]{1,2}[^\s'\"<>|,;]+"),
        "[path]",
    ),
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
    (
        _c(
            r"(?i)\b((?:tel(?:ephone)?|phone|mobile|cell|mob|handy|whatsapp|call me (?:at|"
            r"on)|reach me (?:at|on))['\"]?(?: ?(?:no|nr|number))?\.?[ :='\"]{1,4})(?=[\d "
            r"().+/-]*\d{3})[+\d(][\d ().+/-]{5,}\d"
        ),
        r"\1[phone]",
    ),
)
"""Finds of one line that their form decides, in this order."""
