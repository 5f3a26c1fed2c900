"""Decides which calls a scoring makes: their order, what stops them, and which are made at once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from viva_grader.domain.rubric import Rubric, Twin
from viva_grader.model.port import ChatModel, Judges, Message, ModelRequest
from viva_grader.rubric.answers import (
    called,
    claims_of,
    disputes,
    doubts_of,
    for_variant,
    without_refuted,
)
from viva_grader.rubric.asking import Asking, Tag
from viva_grader.rubric.controls import with_controls
from viva_grader.rubric.parse import LEFT_OUT, Unusable, parse_doubts, parse_picks
from viva_grader.rubric.prompt import (
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
from viva_grader.rubric.shown import Shown


class NoNonceError(Exception):
    """Every nonce that was drawn stands in the data."""


@dataclass(frozen=True, slots=True)
class Passes:
    """One scoring while it runs.

    Attributes
    ----------
    data : dict of str to Shown
        By variant: the original and its twins.
    nonce : callable
        Draws a random word.
    parallel : int
        ≥ 1; how many samples are asked for at once.
    """

    judges: Judges
    rubric: Rubric
    protocol: Protocol
    task: str
    tests: str
    data: dict[str, Shown]
    nonce: Callable[[], str]
    asking: Asking
    parallel: int = 1

    @property
    def controlled(self) -> bool:
        """Whether there is a neutral twin whose decisions can be compared."""
        return Twin.NEUTRAL.value in self.data

    def run(self) -> None:
        """Make all calls that the protocol wants; what they give is computed from the record.

        Raises
        ------
        NoNonceError
            Where no fence can be drawn around the data.
        """
        samples = self._samples([(number, ORIGINAL) for number in range(self.protocol.samples)])
        if not any(each.level is not None for sample in samples for each in sample.values()):
            return  # no other pass can make a score out of nothing
        self._samples([(0, variant) for variant in self.data if variant != ORIGINAL])
        if self.protocol.adversary:
            self._doubt(samples)
        doubts, _ = doubts_of(self.asking.calls, samples, self.rubric)
        remaining = without_refuted(samples, doubts, self.data[ORIGINAL], self.rubric)
        if self.protocol.reconciler and disputes(remaining):
            self._reconcile(remaining)

    def _samples(self, wanted: Sequence[tuple[int, str]]) -> list[Sample]:
        """Ask for samples, at once where that can change nothing; the record keeps their order."""
        requests = [self._request(number, variant) for number, variant in wanted]
        if self.parallel == 1 or len(wanted) == 1 or not self.asking.affords(requests):
            return [self._sample(self.asking, *each) for each in zip(wanted, requests, strict=True)]
        branches = [self.asking.branch() for _ in wanted]
        with ThreadPoolExecutor(self.parallel, "judge") as pool:
            samples = list(pool.map(self._sample, branches, wanted, requests))
        for branch in branches:
            self.asking.join(branch)
        return samples

    def _request(self, number: int, variant: str) -> ModelRequest:
        data = self.data[variant]
        seed = self.protocol.seed + number
        kept = for_variant(self.rubric, variant)
        order = shuffled(
            with_controls(self.rubric, kept, variant) if self.controlled else kept, seed
        )
        messages = sample_messages(self._brief(variant), order, self._fence(data.texts))
        return ModelRequest(messages, SCHEMA_NAME, answer_schema(order), seed=seed)

    def _sample(self, asking: Asking, wanted: tuple[int, str], request: ModelRequest) -> Sample:
        tag = Tag("A", *wanted)
        asking.ask(self.judges.judge, tag, request)
        sample = self._read(asking, tag)
        broken = {name: each.reason for name, each in sample.items() if each.repairable}
        if broken:
            again = replace(request, messages=(*request.messages, repair_message(broken)))
            asking.ask(self.judges.judge, tag, again)
            sample = self._read(asking, tag)
        return sample

    def _read(self, asking: Asking, tag: Tag) -> Sample:
        calls = called(asking.calls, tag.pass_name, tag.sample, tag.variant)
        return read_sample(calls, for_variant(self.rubric, tag.variant), self.data[tag.variant])

    def _doubt(self, samples: Sequence[Sample]) -> None:
        claims = claims_of(samples, self.rubric)
        data = self.data[ORIGINAL]
        ids = frozenset(each.id for each in claims)

        def asked(*more: Message) -> ModelRequest:
            fence = self._fence([*data.texts, *claim_texts(claims)])
            messages = adversary_messages(self._brief(ORIGINAL), claims, fence)
            return ModelRequest((*messages, *more), DOUBTS_NAME, doubts_schema())

        self._twice(self.judges.adversary, Tag("B"), asked, lambda text: _all_doubts(text, ids))

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
            raise NoNonceError
        return fence


def _all_doubts(text: str, ids: frozenset[str]) -> None:
    """Ask for a repair too where citations were left out.

    Raises
    ------
    Unusable
        As :func:`viva_grader.rubric.parse.parse_doubts`, and where any is left out.
    """
    if parse_doubts(text, ids).keys() != ids:
        raise Unusable(LEFT_OUT)
