"""Decides the JSON that the candidate's panel and the console exchange."""

from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, PlainSerializer

PanelState = Literal["practice", "open", "submitted", "expired"]
LostBy = Literal["room", "service"]


def _utc_text(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


UtcTime = Annotated[
    datetime,
    PlainSerializer(_utc_text, return_type=str, when_used="json"),
    Field(json_schema_extra={"format": "date-time"}),
]
"""A moment, written as ISO 8601 in UTC."""


class PanelModel(BaseModel):
    """What every message has in common: frozen, and nothing that is not named here."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class PanelQuestion(PanelModel):
    """One question of the interview, as the panel lists it."""

    slug: str
    title: str
    kind: str
    minutes: int = Field(ge=0, description="Minutes that the question is meant to take.")
    path: str = Field(description="The notebook, relative to the server's root.")
    brief: str = Field(description="What is asked, as Markdown.")


class Disclosure(PanelModel):
    """What is recorded, and which AI takes part: only what is switched on."""

    recorded: list[str]
    ai: list[str]


class Credit(PanelModel):
    """Time that was added, because it was lost by our fault."""

    until: UtcTime = Field(description="When the room could be used again.")
    seconds: int = Field(ge=1)
    reason: LostBy = Field(description="What was away: the room, or the interview service.")


class Brief(PanelModel):
    """What the panel shows from the first moment: questions, and the server's clock."""

    interview: str
    state: PanelState
    now: UtcTime = Field(description="The server's clock, so that the browser's does not matter.")
    ends_at: UtcTime = Field(
        description="Later in each answer while `paused_by` is set; in practice, its end."
    )
    minutes: int = Field(ge=0, description="Minutes of the whole interview.")
    paused_by: LostBy | None = Field(
        description="What is away by our fault at this moment; null while all is well."
    )
    credits: list[Credit]
    questions: list[PanelQuestion]
    disclosure: Disclosure
    put_back: str = Field(
        description="What came back into a room that had lost notebooks, and what not; or empty."
    )


class BeginRequest(PanelModel):
    """An empty body: practice ends, the questions are put in place, and the clock starts."""


class SavedNotebook(PanelModel):
    """What of one notebook has arrived at the interview service, and is kept there."""

    path: str
    work_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        description="Of the types and sources of its cells, as recorded last; null before that."
    )
    at: UtcTime | None = Field(description="When that arrived.")
    problem: str = Field(description="Why changes do not arrive, for people; empty while they do.")


class Saved(PanelModel):
    """What has arrived of every notebook."""

    notebooks: list[SavedNotebook]


class SubmitRequest(PanelModel):
    """An empty body: submitting hands in every question at once."""


class Receipt(PanelModel):
    """Proof of one notebook's submission, or the reason why there is none."""

    question: str
    title: str
    path: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] | None = Field(
        description="Of the bytes that were received; null where none could be collected."
    )
    bytes: int = Field(ge=0, description="Size of what was received.")
    problem: str = Field(description="Why nothing was collected, for people; empty otherwise.")
    saved_at: UtcTime | None = Field(description="When it was last saved, as the room said.")


class Submitted(PanelModel):
    """The answer to a submit: one receipt for each question, the same for each repetition."""

    submitted_at: UtcTime
    receipts: list[Receipt]
    receipt_url: str = Field(description="Path of the receipt's page on the console.")


class Problem(PanelModel):
    """What every refusal looks like."""

    code: str = Field(description="Stable, for programs.")
    message: str = Field(description="One line in plain words, safe to show.")
