"""Decides what a scoring by models gives: an evaluation with its whole record, or unscored."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from viva_grader.domain.evaluation import DimensionScore, Evaluation, Spent
from viva_grader.domain.grade import Grade, GradeStatus, Json
from viva_grader.domain.question import Question
from viva_grader.domain.rubric import Rubric, Twin
from viva_grader.model.port import ChatModel, Judges, Message, ModelRequest
from viva_grader.rubric.asking import Asking, Tag, sha256
from viva_grader.rubric.controls import CONTROLS, with_controls
from viva_grader.rubric.defence import injected, twin_of
from viva_grader.rubric.judged import (
    called,
    claims_of,
    disputes,
    doubts_of,
    for_variant,
    judged,
    twin_variants,
    without_refuted,
)
from viva_grader.rubric.parse import Unusable, parse_doubts, parse_picks
from viva_grader.rubric.prompt import (
    MAX_SUBMISSION_CHARACTERS,
    PROMPT_VERSION,
    Brief,
    adversary_messages,
    claim_texts,
    draw_nonce,
    reconciler_messages,
    repair_message,
    sample_messages,
    sample_texts,
    shuffled,
)
from viva_grader.rubric.protocol import ORIGINAL, Protocol
from viva_grader.rubric.sample import ANSWERED, Sample, read_sample
from viva_grader.rubric.schema import (
    DOUBTS_NAME,
    PICKS_NAME,
    SCHEMA_NAME,
    answer_schema,
    doubts_schema,
    picks_schema,
)
from viva_grader.rubric.shown import Shown, shown
from viva_grader.rubric.task import task_text, verdicts_text

RECORD_SCHEMA = "viva.evaluation-record/3"
NO_MODEL = "No model is configured, so nothing was scored beyond the tests."
_DATA_NONCE = "The submission holds the random words drawn to fence it in."


class _NoNonceError(Exception):
    """Every nonce that was drawn stands in the data."""


def evaluate(
    question: Question,
    grade: Grade,
    rubric: Rubric,
    model: ChatModel | Judges | None,
    *,
    known_names: Sequence[str] = (),
    protocol: Protocol | None = None,
    already: Spent | None = None,
    nonce: Callable[[], str] = lambda: secrets.token_hex(16),
) -> Evaluation:
    """Score by models what tests cannot.

    Parameters
    ----------
    grade : Grade
        Of the same question; its ``cells`` are what is read, its evidence the facts.
    model : ChatModel, Judges or None
        One for all passes, or one for each; None where no endpoint is configured: every dimension
        is then unscored.
    known_names : sequence of str
        What is known of the candidate, taken out before a model reads anything.
    already : Spent, optional
        What the same interview spent before.
    nonce : callable
        Draws a random word for the fences around data.

    Returns
    -------
    Evaluation
        Never raises for what an endpoint does: each of its failures ends as ``unscored``.
    """
    if grade.status is GradeStatus.REFUSED:
        return unscored(rubric, "The submission was refused, so there is nothing to score.")
    if model is None:
        return unscored(rubric, NO_MODEL)
    data = shown(grade, known_names)
    if sum(map(len, data.texts)) > MAX_SUBMISSION_CHARACTERS:
        limit = f"{MAX_SUBMISSION_CHARACTERS:,} characters"
        return unscored(rubric, f"The submission is longer than the {limit} of a prompt.")
    chosen = protocol or Protocol()
    asked = rubric.with_checks(question.judging.checks)
    task = task_text(question)
    variants = {ORIGINAL: data}
    if chosen.twin:
        variants |= {
            each.value: twin_of(data, grade, task, keep_strings=each is Twin.STRINGS)
            for each in twin_variants(asked)
        }
    session = _Session(
        judges=model if isinstance(model, Judges) else Judges(model, model, model),
        rubric=asked,
        protocol=chosen,
        task=task,
        tests=verdicts_text(grade),
        data=variants,
        nonce=nonce,
        asking=Asking(chosen, already or Spent()),
    )
    try:
        session.run()
    except _NoNonceError:
        return unscored(rubric, _DATA_NONCE)
    return judged(_record(question, grade, rubric, session), rubric)


@dataclass(frozen=True, slots=True)
class _Session:
    """One scoring while it runs."""

    judges: Judges
    rubric: Rubric
    protocol: Protocol
    task: str
    tests: str
    data: dict[str, Shown]
    nonce: Callable[[], str]
    asking: Asking

    @property
    def controlled(self) -> bool:
        """Whether there is a neutral twin whose decisions can be compared."""
        return Twin.NEUTRAL.value in self.data

    def run(self) -> None:
        """Make all calls that the protocol wants; what they give is computed from the record."""
        samples = [self._sample(number, ORIGINAL) for number in range(self.protocol.samples)]
        if not any(each.level is not None for sample in samples for each in sample.values()):
            return  # no other pass can make a score out of nothing
        for variant in self.data:
            if variant != ORIGINAL:
                self._sample(0, variant)
        if self.protocol.adversary:
            self._doubt(samples)
        doubts, _ = doubts_of(self.asking.calls, samples, self.rubric)
        remaining = without_refuted(samples, doubts, self.data[ORIGINAL], self.rubric)
        if self.protocol.reconciler and disputes(remaining):
            self._reconcile(remaining)

    def _sample(self, number: int, variant: str) -> Sample:
        data = self.data[variant]
        seed = self.protocol.seed + number
        kept = for_variant(self.rubric, variant)
        order = shuffled(
            with_controls(self.rubric, kept, variant) if self.controlled else kept, seed
        )

        def asked(*more: Message) -> ModelRequest:
            messages = sample_messages(self._brief(variant), order, self._fence(data.texts))
            return ModelRequest((*messages, *more), SCHEMA_NAME, answer_schema(order), seed=seed)

        tag = Tag("A", number, variant)
        self.asking.ask(self.judges.judge, tag, asked())
        sample = self._read(tag)
        broken = {name: each.reason for name, each in sample.items() if each.repairable}
        if broken:
            self.asking.ask(self.judges.judge, tag, asked(repair_message(broken)))
            sample = self._read(tag)
        return sample

    def _read(self, tag: Tag) -> Sample:
        calls = called(self.asking.calls, tag.pass_name, tag.sample, tag.variant)
        return read_sample(calls, for_variant(self.rubric, tag.variant), self.data[tag.variant])

    def _doubt(self, samples: Sequence[Sample]) -> None:
        claims = claims_of(samples, self.rubric)
        data = self.data[ORIGINAL]
        ids = frozenset(each.id for each in claims)

        def asked(*more: Message) -> ModelRequest:
            fence = self._fence([*data.texts, *claim_texts(claims)])
            messages = adversary_messages(self._brief(ORIGINAL), claims, fence)
            return ModelRequest((*messages, *more), DOUBTS_NAME, doubts_schema())

        self._twice(self.judges.adversary, Tag("B"), asked, lambda text: parse_doubts(text, ids))

    def _reconcile(self, samples: Sequence[Sample]) -> None:
        names = disputes(samples)
        data = self.data[ORIGINAL]

        def asked(*more: Message) -> ModelRequest:
            fence = self._fence([*data.texts, *sample_texts(samples)])
            messages = reconciler_messages(self._brief(ORIGINAL), samples, names, fence)
            return ModelRequest((*messages, *more), PICKS_NAME, picks_schema(list(names)))

        self._twice(
            self.judges.reconciler,
            Tag("C"),
            asked,
            lambda text: parse_picks(text, frozenset(names)),
        )

    def _twice(
        self,
        model: ChatModel,
        tag: Tag,
        asked: Callable[..., ModelRequest],
        read: Callable[[str], object],
    ) -> None:
        """Ask, and once more where the answer had not the form asked for."""
        call = self.asking.ask(model, tag, asked())
        problem = str(call["said"])
        if call["outcome"] == ANSWERED:
            try:
                read(call["response"]["text"])
            except Unusable as error:
                problem = str(error)
            else:
                return
        elif call["outcome"] not in {"truncated", "malformed"}:
            return
        self.asking.ask(model, tag, asked(repair_message({"answer": problem})))

    def _brief(self, variant: str) -> Brief:
        return Brief(self.rubric, self.task, self.tests, self.data[variant])

    def _fence(self, texts: Sequence[str]) -> str:
        fence = draw_nonce(self.nonce, texts)
        if fence is None:
            raise _NoNonceError
        return fence


def unscored(rubric: Rubric, reason: str, record: dict[str, Json] | None = None) -> Evaluation:
    """Say that nothing was scored, and why."""
    return Evaluation(
        rubric=rubric.name,
        rubric_sha256=rubric.sha256,
        status="unscored",
        dimensions=tuple(
            DimensionScore(dimension=each.name, score=None, rationale="", reason=reason)
            for each in rubric.scored()
        ),
        rubric_score=None,
        communication_score=None,
        reason=reason,
        record=record or {},
    )


def record_sha256(record: dict[str, Json]) -> str:
    """Hash a record over everything but its timing and the hash itself."""
    kept = {name: value for name, value in record.items() if name not in {"timing", "sha256"}}
    if "calls" in kept:
        kept["calls"] = [
            {name: value for name, value in call.items() if name != "timing"}
            for call in kept["calls"]
        ]
    return sha256(kept)


def _record(question: Question, grade: Grade, rubric: Rubric, session: _Session) -> dict[str, Json]:
    judging = question.judging.document()
    record: dict[str, Json] = {
        "schema": RECORD_SCHEMA,
        "prompt_version": PROMPT_VERSION,
        "question": question.slug,
        "question_sha256": question.sha256,
        "judging": judging,
        "judging_sha256": sha256(judging),
        "grade_sha256": grade.sha256,
        "submission_sha256": grade.submission_sha256,
        "rubric": rubric.name,
        "rubric_sha256": rubric.sha256,
        "protocol": session.protocol.document(),
        "correctness": _correctness(grade),
        "controls": [each.id for each in CONTROLS] if session.controlled else [],
        "injections": injected(session.data[ORIGINAL], grade),
        "data": {name: each.document() for name, each in session.data.items()},
        "calls": session.asking.calls,
        "spent": session.asking.spent(),
    }
    return record | {"sha256": record_sha256(record)}


def _correctness(grade: Grade) -> float | None:
    if grade.auto_score is None or not grade.max_score:
        return None
    return round(grade.auto_score / grade.max_score, 4)
