"""Decides which parameters a model is sent: some newer ones refuse what older ones take.

The table is from providers' documentation and public reports, read and not tried here. A name
that it does not know gets no more than every endpoint must take. Settings can say otherwise.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, Literal

Effort = Literal["minimal", "low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Accepts:
    """What a model takes beside messages and a schema.

    Attributes
    ----------
    temperature : bool
        Any temperature; otherwise only its own.
    seed, effort : bool
        ``seed`` and ``reasoning_effort``.
    """

    temperature: bool = False
    seed: bool = False
    effort: bool = False


MODELS: Final[tuple[tuple[str, Accepts], ...]] = (
    ("gpt-5*-chat*", Accepts(temperature=True)),
    ("gpt-5*", Accepts(effort=True)),
    ("o1*", Accepts(effort=True)),
    ("o3*", Accepts(effort=True)),
    ("o4*", Accepts(effort=True)),
    ("gpt-4*", Accepts(temperature=True, seed=True)),
    ("gpt-3.5*", Accepts(temperature=True, seed=True)),
    ("*gpt-oss*", Accepts(temperature=True, seed=True, effort=True)),
    ("*llama*", Accepts(temperature=True, seed=True)),
    ("*mistral*", Accepts(temperature=True, seed=True)),
    ("*qwen*", Accepts(temperature=True, seed=True)),
    ("*gemma*", Accepts(temperature=True, seed=True)),
)
"""Pattern of a name without its provider, and what it takes; the first that fits."""


def accepted(name: str) -> Accepts:
    """Look a model up by its name."""
    bare = name.rsplit("/", 1)[-1].lower()
    return next((takes for pattern, takes in MODELS if fnmatchcase(bare, pattern)), Accepts())
