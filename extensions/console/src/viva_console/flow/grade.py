"""Decides how a submission is graded, in stages: a dead worker costs time only.

Each stage ends with one commit, and begins by looking whether its result is there already: whoever
takes a run up goes on where the last one stopped, and the store keeps at most one result of a kind.
"""

from viva_grader.domain.errors import BadSubmissionError, VivaError
from viva_grader.domain.evaluation import Evaluation, Spent
from viva_grader.domain.final_score import FinalScore
from viva_grader.domain.grade import Grade, Status
from viva_grader.domain.question import Question

from viva_console.domain.errors import GoneError, UnavailableError
from viva_console.domain.interview import Interview
from viva_console.domain.record import SYSTEM
from viva_console.domain.run import Pile, Run, RunState
from viva_console.flow.console import Console
from viva_console.store.port import UnitOfWork


class GradeAgainError(Exception):
    """Our own machinery got in the way: the same run is to be tried again later."""


def grade_run(console: Console, run_id: str) -> Run:
    """Grade a run to its end, from wherever it stands.

    Raises
    ------
    GradeAgainError
        When it should be tried again: the queue does so with a growing pause.
    """
    run = _claim(console, run_id)
    if run.state.is_over:
        return run
    try:
        grade = _execute(console, run)
        evaluation = _evaluate(console, run, grade)
        _score(console, run, grade, evaluation)
        return _finish(console, run)
    except (BadSubmissionError, GoneError) as error:
        return _give_up(console, run_id, error.message)
    except _QuestionChangedError as error:
        return _give_up(console, run_id, str(error))
    except Exception as error:
        if run.last_attempt:
            why = error.message if isinstance(error, VivaError) else "Grading failed on our side."
            return _give_up(console, run_id, why)
        raise GradeAgainError(f"{type(error).__name__} while grading") from error


def sweep_runs(console: Console) -> list[str]:
    """Queue runs that no job stands for: a process may have died between commit and queue."""
    in_hand = console.queue.runs_in_hand()
    with console.store.unit() as work:
        lost = [run.id for run in work.runs.unfinished() if run.id not in in_hand]
    for run_id in lost:
        console.queue.grade(run_id)
    return lost


def pile_of(console: Console) -> Pile:
    """Say how many runs wait, run and are over."""
    with console.store.unit() as work:
        return work.runs.pile()


class _QuestionChangedError(Exception):
    """The library holds another version of the question than the run is pinned to."""


def _claim(console: Console, run_id: str) -> Run:
    now = console.clock.now()
    with console.store.unit() as work:
        run = work.runs.get(run_id, lock=True).claim(now)
        work.runs.save(run)
        work.commit()
    console.on_stage(run_id, run.state)
    return run


def _execute(console: Console, run: Run) -> Grade:
    with console.store.unit() as work:
        stored = work.runs.grade(run.id)
        submission = work.submissions.get(run.submission_id)
        content = work.submissions.content(run.submission_id)
    if stored is None:
        grade = console.grader.grade(
            content, _pinned_question(console, run, submission.question.slug)
        )
        if any(item.status is Status.INFRA_ERROR for item in grade.items) and not run.last_attempt:
            raise UnavailableError("The sandbox or its database got in the way.")
        with console.store.unit() as work:
            work.runs.add_grade(run.id, grade, console.clock.now())
            stored = work.runs.grade(run.id) or grade
            work.commit()
    _reach(console, run.id, RunState.EXECUTED)
    return stored


def _evaluate(console: Console, run: Run, grade: Grade) -> Evaluation:
    with console.store.unit() as work:
        stored = work.runs.evaluation(run.id)
        submission = work.submissions.get(run.submission_id)
        content = work.submissions.content(run.submission_id)
        known = known_of_candidate(work.interviews.get(run.interview_id))
        already = _spent(work, run)
    if stored is None:
        question = _pinned_question(console, run, submission.question.slug)
        evaluation = console.grader.evaluate(content, question, grade, known, already)
        with console.store.unit() as work:
            work.runs.add_evaluation(run.id, evaluation, console.clock.now())
            stored = work.runs.evaluation(run.id) or evaluation
            work.commit()
    _reach(console, run.id, RunState.EVALUATED)
    return stored


def known_of_candidate(interview: Interview) -> list[str]:
    """Give all that the console knows of who the candidate is.

    That is the alias, what staff gave beside it, and the hub's name, which is what paths and
    prompts in the candidate's room show.
    """
    return [interview.alias, interview.hub_user, *interview.known]


def _spent(work: UnitOfWork, run: Run) -> Spent:
    """Add up what models cost this interview so far: its other questions, as graded last."""
    others = [
        work.runs.evaluation(other.id)
        for other in work.runs.latest_of_interview(run.interview_id)
        if other.id != run.id
    ]
    spent = [each.spent for each in others if each is not None]
    return Spent(
        sum(int(each["tokens"]) for each in spent), sum(float(each["cost"] or 0) for each in spent)
    )


def _score(console: Console, run: Run, grade: Grade, evaluation: Evaluation) -> FinalScore:
    with console.store.unit() as work:
        stored = work.runs.final(run.id)
    if stored is None:
        now = console.clock.now()
        rubric = console.grader.rubric(evaluation.rubric)
        final = console.grader.fuse(grade, evaluation, rubric)
        with console.store.unit() as work:
            work.library.remember_rubric(rubric, now)
            work.runs.add_final(run.id, final, now)
            stored = work.runs.final(run.id) or final
            work.commit()
    _reach(console, run.id, RunState.SCORED)
    return stored


def _finish(console: Console, run: Run) -> Run:
    now = console.clock.now()
    with console.store.unit() as work:
        interview = work.interviews.get(run.interview_id, lock=True)
        done = work.runs.get(run.id, lock=True).reach(RunState.DONE, now)
        work.runs.save(done)
        work.record.write(
            now, SYSTEM, "run.done", run.interview_id, run=run.id, attempts=done.attempts
        )
        if all(one.state.is_over for one in work.runs.latest_of_interview(run.interview_id)):
            work.interviews.save(interview.grade())
        work.commit()
    console.on_stage(run.id, done.state)
    return done


def _give_up(console: Console, run_id: str, why: str) -> Run:
    now = console.clock.now()
    with console.store.unit() as work:
        # The interview before the run, as everywhere: two workers never wait for each other.
        interview = work.interviews.get(work.runs.get(run_id).interview_id, lock=True)
        run = work.runs.get(run_id, lock=True).fail(why, now)
        work.runs.save(run)
        work.record.write(now, SYSTEM, "run.failed", run.interview_id, run=run_id, why=why)
        if all(one.state.is_over for one in work.runs.latest_of_interview(run.interview_id)):
            work.interviews.save(interview.grade())
        work.commit()
    console.on_stage(run_id, run.state)
    return run


def _reach(console: Console, run_id: str, state: RunState) -> None:
    with console.store.unit() as work:
        run = work.runs.get(run_id, lock=True)
        work.runs.save(run.reach(state, console.clock.now()))
        work.commit()
    console.on_stage(run_id, state)


def _pinned_question(console: Console, run: Run, slug: str) -> Question:
    question = console.grader.question(slug)
    if question.sha256 != run.question_sha256:
        raise _QuestionChangedError(
            f"The question {slug} has changed since the interview was created: "
            f"it was {run.question_sha256[:12]}, it is {question.sha256[:12]}. "
            "Order a new grading to use it as it is."
        )
    return question
