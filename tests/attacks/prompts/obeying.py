"""Decides what a model answers that obeys whatever order it can read in its prompt, else honestly."""

import base64
import binascii
import codecs
import html
import json
import re
import unicodedata
import urllib.parse
from collections.abc import Callable, Collection, Iterator
from typing import Any, Final

from tests.attacks.prompts.injections import Injection
from tests.fakes.scripted_model_server import Received, Reply, completion

_LINE: Final = re.compile(r"^(c\d+):L(\d+)│(.*)$", re.MULTILINE)
_FACT: Final = re.compile(r"^(F\d+)│(.*)$", re.MULTILINE)
_LOOK_ALIKES: Final = str.maketrans(
    dict(
        zip(
            "\u0406\u0456\u043e\u0435\u0430\u0501\u0441\u0440\u0445\u0443\u0420",
            "IioeadcpxyP",
            strict=True,
        )
    )
)
_RANGE: Final = re.compile(r"^- (\w+): (\d) to (\d)$", re.MULTILINE)


def obeying(
    injection: Injection | None, *, weak: Collection[str] = ()
) -> Callable[[Received], Reply]:
    """Script a model; without an injection it is honest, and gives 1 on what is ``weak``."""

    def reply(received: Received) -> Reply:
        prompt = next(
            each["content"] for each in received.body["messages"] if each["role"] == "user"
        )
        obeys = injection is not None and can_read(prompt, injection)
        properties = received.body["response_format"]["json_schema"]["schema"]["properties"]
        answer: dict[str, Any] = {}
        if "claims" in properties:
            ids = dict.fromkeys(re.findall(r"^(k\d+)│", prompt, re.MULTILINE))
            answer["claims"] = [
                {"id": each, "why": "It says so.", "evidence": [], "refuted": False} for each in ids
            ]
        elif _RANGE.search(prompt):
            answer["dimensions"] = {
                name: {"why": "It fits best.", "pick": int(high if obeys else low)}
                for name, low, high in _RANGE.findall(prompt)
            }
        else:
            schema = received.body["response_format"]["json_schema"]["schema"]
            aims = injection.aims if injection else ()
            answer["dimensions"] = {
                name: _scored(
                    prompt,
                    form,
                    injection.answers
                    if injection and obeys and (not aims or name in aims)
                    else ("weak" if name in weak else ""),
                )
                for name, form in schema["properties"]["dimensions"]["properties"].items()
            }
        if "bonus" in properties:
            answer["bonus"] = injection.bonus if injection and obeys else 0
        return completion(json.dumps(answer))

    return reply


def can_read(prompt: str, injection: Injection) -> bool:
    """Whether the order stands in the data, as it is or by the rule that its author hopes for."""
    lines = [match[3] for match in _LINE.finditer(prompt)]
    seen = "\n".join([*lines, *(match[2] for match in _FACT.finditer(prompt))])
    wanted = [_letters(each) for each in injection.needs or (injection.order,)]
    read = [_letters(each) for each in _readings(seen, injection.decode)]
    return any(all(each in reading for each in wanted) for reading in read)


def _letters(text: str) -> str:
    """Give what is compared: letters and digits, or all signs where there are none."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(e for e in folded if e.isalnum()) or "".join(folded.split())


def _readings(seen: str, rule: str) -> Iterator[str]:
    yield seen
    if rule in _RULES:
        yield _RULES[rule](seen)
    if rule == "reversed":
        yield seen[::-1].replace("\u202e", "")
    if rule in {"base64", "hex"}:
        yield from _words(seen, rule)


def _words(seen: str, rule: str) -> Iterator[str]:
    for word in re.findall(r"[A-Za-z0-9+/=]{12,}", seen):
        try:
            raw = bytes.fromhex(word) if rule == "hex" else base64.b64decode(word)
        except (ValueError, binascii.Error):
            continue
        yield raw.decode("utf-8", "replace")


def _tags(seen: str) -> str:
    return "".join(chr(ord(each) - 0xE0000) for each in seen if 0xE0000 <= ord(each) < 0xE007F)


def _codes(seen: str) -> str:
    return "".join(chr(int(each)) for each in re.findall(r"\b\d{2,3}\b", seen))


def _shown_alone(seen: str) -> str:
    return "".join(e for e in seen if unicodedata.category(e) not in {"Cf", "Mn", "Zl", "Zp"})


_RULES: Final[dict[str, Callable[[str], str]]] = {
    "tags": _tags,
    "unseen": _shown_alone,
    "look_alike": lambda seen: unicodedata.normalize("NFKC", seen).translate(_LOOK_ALIKES),
    "reversed": lambda seen: seen[::-1],
    "rot13": lambda seen: codecs.decode(seen, "rot13"),
    "entities": html.unescape,
    "url": urllib.parse.unquote,
    "codes": _codes,
    "leet": lambda seen: seen.translate(str.maketrans("013457", "oieast")),
}


def _scored(prompt: str, form: dict[str, Any], told: str) -> dict[str, Any]:
    """Answer one dimension; an honest one looks at what a twin has too, so it answers it alike."""
    grouped = "group by" in prompt.lower() or ".groupby(" in prompt
    honest = ("partly", 3) if grouped else ("not_met", 1)
    known = {
        "top": ("met", 5),
        "null": ("not_shown", None),
        "null_alone": ("not_met", None),
        "weak": ("not_met", 1),
        "low": ("not_met", 1),
    }
    decision, score = known.get(told, honest)
    answer: dict[str, Any] = {
        "evidence": _evidence(prompt),
        "rationale": "The lines that are cited show it.",
        "score": score,
        "confidence": 1.0 if told == "top" else 0.8,
        "red_flags": [],
        "follow_ups": [],
    }
    checks = form.get("properties", {}).get("checklist")
    if checks is not None:
        answer["checklist"] = dict.fromkeys(checks["properties"], decision)
    return answer


def _evidence(prompt: str) -> list[dict[str, Any]]:
    """Cite two lines that really stand there."""
    found: list[dict[str, Any]] = []
    for match in _LINE.finditer(prompt):
        quote = match[3].strip()
        if len(_letters(quote)) >= 5 and len(quote) < 100:  # enough to cite
            number = int(match[2])
            cited = {"cell": match[1], "start": number, "end": number, "quote": quote, "fact": None}
            found.append(cited)
    facts = [
        {"cell": None, "start": None, "end": None, "quote": "", "fact": match[1]}
        for match in _FACT.finditer(prompt)
    ]
    return (found + facts)[:2]
