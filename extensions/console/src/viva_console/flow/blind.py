"""Decides from whom a model's scores are withheld, and notes to whom they were shown."""

from collections.abc import Mapping

from viva_grader.domain.evaluation import Evaluation

from viva_console.domain.rating import Standing, Step, has_scores
from viva_console.domain.record import Actor
from viva_console.flow.console import Console
from viva_console.store.port import UnitOfWork


def show_scores(
    console: Console, interview_id: str, evaluations: Mapping[str, Evaluation | None], by: Actor
) -> set[str]:
    """Give the submissions whose scores are withheld from ``by``; note that the rest are shown.

    The note is written before anything is shown: whoever has it can rate no more.
    """
    now = console.clock.now()
    withheld: set[str] = set()
    with console.store.unit() as work:
        # Nobody can begin a rating between this look and the note.
        work.interviews.get(interview_id, lock=True)
        standings = work.ratings.standings(by.name)
        for submission_id, evaluation in evaluations.items():
            if standings.get(submission_id, Standing()).is_pending:
                withheld.add(submission_id)
            elif has_scores(evaluation):
                work.ratings.take_step(submission_id, by.name, Step.SHOWN, now)
        work.commit()
    return withheld


def are_hidden(work: UnitOfWork, submission_ids: list[str], by: Actor) -> bool:
    """Whether ``by`` has yet to choose, for one of them, between rating blind and reading on."""
    standings = work.ratings.standings(by.name)
    return not all(standings.get(one, Standing()).has_seen for one in submission_ids)
