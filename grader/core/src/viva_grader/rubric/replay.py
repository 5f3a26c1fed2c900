"""Decides whether a stored scoring can be trusted: the same scores again, without any network."""

from collections.abc import Mapping

from viva_grader.domain.errors import VivaError
from viva_grader.domain.evaluation import Evaluation
from viva_grader.domain.grade import Json
from viva_grader.domain.rubric import Rubric
from viva_grader.rubric.asking import sha256, text_sha256
from viva_grader.rubric.evaluate import record_sha256
from viva_grader.rubric.first import FIRST_RECORD_SCHEMA, first_judged
from viva_grader.rubric.judged import judged


class BrokenRecordError(VivaError):
    """A stored scoring does not fit its own hashes."""

    code = "rubric.record_broken"


def replay(evaluation: Evaluation, rubric: Rubric) -> Evaluation:
    """Compute the scores again from the stored raw answers.

    Returns
    -------
    Evaluation
        Equal to the stored one, byte by byte of its document, unless somebody changed a score. A
        scoring for which no model was asked is given back as it is.

    Raises
    ------
    BrokenRecordError
        Where the record was changed, or belongs to another rubric.
    """
    record = evaluation.record
    if not record:
        return evaluation
    if record["rubric_sha256"] != rubric.sha256:
        raise BrokenRecordError(f"the stored scoring used another version of {rubric.name}")
    if record["sha256"] != record_sha256(record):
        raise BrokenRecordError("the stored scoring does not fit its hash")
    if record["schema"] == FIRST_RECORD_SCHEMA:
        _check(record)
        return first_judged(record, rubric) if record["outcome"] == "answered" else evaluation
    for call in record["calls"]:
        _check(call)
    return judged(record, rubric)


def _check(call: Mapping[str, Json]) -> None:
    if call["prompt_sha256"] != sha256(call["prompt"]):
        raise BrokenRecordError("the stored prompt does not fit its hash")
    response = call.get("response")
    if response and response["sha256"] != text_sha256(response["text"]):
        raise BrokenRecordError("the stored answer does not fit its hash")
