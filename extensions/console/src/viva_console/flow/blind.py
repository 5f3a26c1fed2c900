"""Decides from whom levels are withheld, and notes to whom they were shown."""

from collections.abc import Mapping

from viva_console.domain.errors import NotNowError
from viva_console.domain.rating import Standing, Step
from viva_console.domain.record import Actor
from viva_console.flow.console import Console
from viva_console.store.port import UnitOfWork


class StillBlindError(NotNowError):
    """Who can still rate blind is shown no level, and decides none."""

    code = "judgement.still_blind"


def show_scores(
    console: Console, interview_id: str, revealing: Mapping[str, bool], by: Actor
) -> set[str]:
    """Give the submissions whose levels are withheld from ``by``; note that the rest are shown.

    The note is written before anything is shown: whoever has it can rate no more.

    Parameters
    ----------
    revealing : mapping of str to bool
        Of each submission, whether there is a level that could be seen: a model's or a person's.
    """
    now = console.clock.now()
    withheld: set[str] = set()
    with console.store.unit() as work:
        # Nobody can begin a rating between this look and the note.
        work.interviews.get(interview_id, lock=True)
        standings = work.ratings.standings(by.name)
        for submission_id, reveals in revealing.items():
            if standings.get(submission_id, Standing()).is_pending:
                withheld.add(submission_id)
            elif reveals:
                work.ratings.take_step(submission_id, by.name, Step.SHOWN, now)
        work.commit()
    return withheld


def are_hidden(work: UnitOfWork, revealing: Mapping[str, bool], by: Actor) -> bool:
    """Whether ``by`` has yet to choose, for one of them, between rating blind and reading on.

    Parameters
    ----------
    revealing : mapping of str to bool
        As for :func:`show_scores`. Where there is nothing to see, only a rating under way hides.
    """
    return hides(work.ratings.standings(by.name), revealing)


def hides(standings: Mapping[str, Standing], revealing: Mapping[str, bool]) -> bool:
    """Say the same of somebody who stands to submissions as ``standings`` say."""
    return any(
        standing.is_pending or (reveals and not standing.has_seen)
        for standing, reveals in (
            (standings.get(one, Standing()), reveals) for one, reveals in revealing.items()
        )
    )


def must_not_be_hidden(work: UnitOfWork, revealing: Mapping[str, bool], by: Actor) -> None:
    """Refuse what only somebody who need not be blind any more may see or do.

    Raises
    ------
    StillBlindError
        Before ``by`` has rated, declined to, or read the report.
    """
    if are_hidden(work, revealing, by):
        raise StillBlindError(
            "You can still rate this interview blind: its levels are kept from you. "
            "Rate or decline, or read the report, and come back."
        )


def judged_submissions(work: UnitOfWork, interview_id: str) -> set[str]:
    """Give the submissions of which a person gave a level, on whatever run: others may see it."""
    of = {run.id: run.submission_id for run in work.runs.of_interview(interview_id)}
    return {of[one.run_id] for one in work.judgements.of_interview(interview_id)}
