"""Decides whether a stored scoring can be trusted: the same scores again, without any network."""

import hashlib

from viva_grader.domain.errors import VivaError
from viva_grader.domain.rubric import Evaluation, Rubric
from viva_grader.rubric.evaluate import judged, record_sha256, sha256


class BrokenRecordError(VivaError):
    """A stored scoring does not fit its own hashes."""

    code = "rubric.record_broken"


def replay(evaluation: Evaluation, rubric: Rubric) -> Evaluation:
    """Compute the scores again from the stored raw answer.

    Returns
    -------
    Evaluation
        Equal to the stored one, byte by byte of its document, unless somebody changed a score. A
        scoring that got no answer is given back as it is.

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
    if record["prompt_sha256"] != sha256(record["prompt"]):
        raise BrokenRecordError("the stored prompt does not fit its hash")
    if record["outcome"] != "answered":
        return evaluation
    response = record["response"]
    found = hashlib.sha256(response["text"].encode("utf-8", "surrogatepass")).hexdigest()
    if response["sha256"] != found:
        raise BrokenRecordError("the stored answer does not fit its hash")
    return judged(record, rubric)
