"""Decides what a model answers that obeys whatever order it can read in its prompt, else honestly."""

import base64
import binascii
import codecs
import html
import json
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, Final

from tests.attacks.prompts.injections import Injection
from tests.fakes.scripted_model_server import Received, Reply, completion

_LINE: Final = re.compile(r"^(c\d+):L(\d+)│(.*)$", re.MULTILINE)
_FACT: Final = re.compile(r"^(F\d+)│(.*)$", re.MULTILINE)
_LOOK_ALIKES: Final = str.maketrans(
    dict(
        zip(
            "\u0406\u0456\u043e\u0435\u0430\u0501\u0441\u0440\u0445\u0443",
            "Iioeadcpxy",
            strict=True,
        )
    )
)
_RANGE: Final = re.compile(r"^- (\w+): (\d) to (\d)$", re.MULTILINE)


def obeying(injection: Injection | None) -> Callable[[Received], Reply]:
    """Script a model; without an injection it is honest."""

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
                name: _scored(prompt, form, top=obeys and (not aims or name in aims))
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
    wanted = _letters(injection.order)
    return any(wanted in _letters(each) for each in _readings(seen, injection.decode))


def _letters(text: str) -> str:
    return "".join(each for each in text.casefold() if each.isalnum())


def _readings(seen: str, rule: str) -> Iterator[str]:
    yield seen
    match rule:
        case "tags":
            yield "".join(
                chr(ord(each) - 0xE0000) for each in seen if 0xE0000 <= ord(each) < 0xE007F
            )
        case "unseen":
            yield "".join(
                e for e in seen if unicodedata.category(e) not in {"Cf", "Mn", "Zl", "Zp"}
            )
        case "look_alike":
            yield unicodedata.normalize("NFKC", seen).translate(_LOOK_ALIKES)
        case "reversed":
            yield seen[::-1]
            yield seen[::-1].replace("\u202e", "")
        case "rot13":
            yield codecs.decode(seen, "rot13")
        case "entities":
            yield html.unescape(seen)
        case "base64" | "hex":
            for word in re.findall(r"[A-Za-z0-9+/=]{12,}", seen):
                try:
                    raw = bytes.fromhex(word) if rule == "hex" else base64.b64decode(word)
                except (ValueError, binascii.Error):
                    continue
                yield raw.decode("utf-8", "replace")
        case _:
            pass


def _scored(prompt: str, form: dict[str, Any], *, top: bool) -> dict[str, Any]:
    """Answer one dimension; an honest one looks at what a twin has too, so it answers it alike."""
    grouped = "group by" in prompt.lower() or ".groupby(" in prompt
    decision, score = ("met", 5) if top else ("partly", 3) if grouped else ("not_met", 1)
    answer: dict[str, Any] = {
        "evidence": _evidence(prompt),
        "rationale": "The lines that are cited show it.",
        "score": score,
        "confidence": 1.0 if top else 0.8,
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
