"""Decides how staff comment on an interview, a question, a part or a dimension."""

from viva_console.domain.comment import (
    About,
    Comment,
    ShownComment,
    Subject,
    chosen_subject,
    comment_to_correct,
    shown_comments,
)
from viva_console.domain.interview import Interview
from viva_console.domain.record import Actor
from viva_console.domain.written import checked_comment
from viva_console.flow.console import Console
from viva_console.store.port import UnitOfWork


def subjects_of(work: UnitOfWork, interview: Interview) -> dict[Subject, str]:
    """Give what may be commented on, with its title: dimensions once a rubric was used."""
    found = {Subject(): "The interview"}
    runs = {one.submission_id: one for one in work.runs.latest_of_interview(interview.id)}
    slugs = {one.question.slug: one.id for one in work.submissions.of_interview(interview.id)}
    for question in interview.questions:
        found[Subject(About.QUESTION, question.slug)] = question.title
        run = runs.get(slugs.get(question.slug, ""))
        document = work.library.question(run.question_sha256 if run else question.sha256)
        for part in document["parts"]:
            title = f"{question.title}, {part['title'] or part['name']}"
            found[Subject(About.PART, question.slug, part["name"])] = title
        evaluation = work.runs.evaluation(run.id) if run else None
        if evaluation is None or run is None or work.runs.final(run.id) is None:
            continue
        for dimension in work.library.rubric(evaluation.rubric_sha256).dimensions:
            title = f"{question.title}, {dimension.title}"
            found[Subject(About.DIMENSION, question.slug, dimension.name)] = title
    return found


def comments_of(
    work: UnitOfWork, interview: Interview, titles: dict[Subject, str]
) -> tuple[ShownComment, ...]:
    """Give an interview's comments, oldest first; an erased candidate's are gone."""
    if interview.erased_at:
        return ()
    return shown_comments(work.comments.of_interview(interview.id), titles)


def comments_on(
    work: UnitOfWork, interview: Interview, subject: Subject
) -> tuple[ShownComment, ...]:
    """Give the comments on one subject, oldest first."""
    return tuple(one for one in comments_of(work, interview, {}) if one.comment.subject == subject)


def comment(
    console: Console, interview_id: str, by: Actor, *, about: str, text: str, corrects: str = ""
) -> Comment:
    """Keep a comment; it is never changed, and a later one may correct it.

    Parameters
    ----------
    about : str
        The key of a :class:`Subject` of the interview; a correction keeps that of the earlier one.
    text : str
        1 to 2000 characters, plain.
    corrects : str
        The id of a comment of the same person's; empty for none.

    Raises
    ------
    UnknownError
        When there is no such interview.
    BadRequestError
        For no such subject, no plain text, or another person's comment (``comment.not_yours``).
    GoneError
        When the candidate was erased.
    """
    now = console.clock.now()
    with console.store.unit() as work:
        interview = work.interviews.get(interview_id, lock=True)
        if corrects:
            earlier = work.comments.of_interview(interview_id)
            subject = comment_to_correct(earlier, corrects, by.name).subject
        else:
            subject = chosen_subject(subjects_of(work, interview), about)
        kept = Comment(
            console.ids.new(),
            interview_id,
            by.name,
            now,
            subject,
            checked_comment(text),
            corrects or None,
        )
        work.record.write(
            now,
            by,
            "comment.corrected" if corrects else "comment.written",
            interview_id,
            comment=kept.id,
            about=subject.key,
            corrects=kept.corrects,
            text_sealed_sha256=work.comments.add(kept),
        )
        work.commit()
    return kept
