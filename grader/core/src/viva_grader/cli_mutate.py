"""Decides what ``viva questions mutate`` tries, prints and ends with."""

import json
import sys
from collections.abc import Callable
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from viva_grader.bootstrap import Grader, build_grader
from viva_grader.cli_progress import progress
from viva_grader.domain.errors import BadQuestionError
from viva_grader.domain.grade import Grade
from viva_grader.domain.question import Question
from viva_grader.library.mutation_file import StoredMutation, store
from viva_grader.library.shelf import Shelf
from viva_grader.mutation.equivalents import load_equivalents
from viva_grader.mutation.run import Subject, chosen, controls, subjects
from viva_grader.mutation.score import GOAL, MutationScore, add_up
from viva_grader.mutation.trial import Fate, Trial, try_mutants
from viva_grader.settings import GraderSettings


def mutate(
    slug: Annotated[str, typer.Argument(help="A question's slug.")],
    *,
    goal: Annotated[float, typer.Option(min=0, max=1, help="Least share to be noticed.")] = GOAL,
    sample: Annotated[
        int | None, typer.Option(min=1, help="Try so many only: the same ones every time.")
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, max=256, help="Mutants at a time; all cores without.")
    ] = None,
    json_document: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
    keep: Annotated[
        bool, typer.Option("--store", help="Write the numbers to mutation.json, for `check`.")
    ] = False,
) -> None:
    """Put small faults into the author's answers and see which of them the hidden tests notice.

    Exit status 1 if the goal is missed, a mutant could not be judged, or mutants.toml is wrong.
    """
    settings = GraderSettings()
    if jobs is not None:
        settings = settings.model_copy(update={"jobs": jobs})
    shelf = Shelf(settings.library_root)
    question = shelf.question(slug)
    schema = shelf.fixture(question.fixture).schema_sql if question.fixture else ""
    tried = chosen(subjects(question, schema), sample)
    with progress(len(tried)) as advance, build_grader(settings) as grader:
        score = score_question(
            grader, question, tried, load_equivalents(shelf.questions_folder / question.slug),
            sampled=sample is not None, jobs=settings.parallel, advance=advance,
        )  # fmt: skip
    if keep and sample is None:
        store(shelf.questions_folder / question.slug, _numbers(question, score))
    if json_document:
        sys.stdout.write(json.dumps(score.document(goal), indent=1, ensure_ascii=False) + "\n")
    else:
        _print(score, goal)
    raise typer.Exit(0 if score.reaches(goal) else 1)


def score_question(
    grader: Grader,
    question: Question,
    tried: list[Subject],
    equivalents: dict[str, str],
    *,
    sampled: bool,
    jobs: int,
    advance: Callable[[], None] = lambda: None,
) -> MutationScore:
    """Try some of a question's mutants with a grader; see ``mutation.score``.

    Raises
    ------
    BadQuestionError
        If the author's own answers do not pass: then nothing can be learnt.
    """

    def judge(submission: bytes, asked: Question) -> Grade:
        return grader.grade(submission, asked, measured=False)

    for trial in try_mutants(question, controls(question), judge, {}, jobs=jobs):
        if trial.fate is not Fate.SURVIVED:
            raise BadQuestionError(
                f"{question.slug}: the author's own answer {trial.mutant.cell} does not pass"
            )
    trials = try_mutants(question, tried, judge, equivalents, jobs=jobs, advance=advance)
    return add_up(question.slug, trials, equivalents, sampled=sampled)


def _numbers(question: Question, score: MutationScore) -> StoredMutation:
    return StoredMutation(
        question.sha256,
        score.count(Fate.KILLED),
        score.count(Fate.SURVIVED),
        score.count(Fate.EQUIVALENT),
        score.count(Fate.STILLBORN),
    )


def _print(score: MutationScore, goal: float) -> None:
    console = Console(markup=False, highlight=False, soft_wrap=True)
    console.print(_operators(score))
    killers = Table(title="Noticed by", title_justify="left")
    for heading in ("data set or part", "mutants", "nobody else notices"):
        killers.add_column(heading)
    for name, (killed, alone) in score.by_killer().items():
        killers.add_row(name, str(killed), f"{len(alone)}  {' '.join(alone[:3])}".rstrip())
    console.print(killers)
    for trial in score.of(Fate.SURVIVED):
        console.print(f"survived {_named(trial)}")
        for line in trial.mutant.diff:
            console.print(f"    {line}")
    for trial in score.of(Fate.UNJUDGED):
        console.print(f"unjudged {_named(trial)}: {trial.why}")
    for trial in score.of(Fate.EQUIVALENT):
        console.print(f"equivalent {_named(trial)}: {trial.why}")
    for name in score.stale:
        console.print(f"mutants.toml: {name} is no mutant, or is noticed: take it out")
    value = "no mutants" if score.value is None else f"{score.value:.1%}"
    console.print(
        f"{score.slug}: {value} of {score.count(Fate.KILLED) + score.count(Fate.SURVIVED)} "
        f"{'sampled ' if score.sampled else ''}mutants noticed (goal {goal:.0%}); apart: "
        f"{score.count(Fate.EQUIVALENT)} equivalent, {score.count(Fate.STILLBORN)} stillborn"
    )


def _operators(score: MutationScore) -> Table:
    table = Table(title=f"Mutants of {score.slug}", title_justify="left")
    table.add_column("operator")
    for fate in Fate:
        table.add_column(fate.value, justify="right")
    for name, counts in score.by_operator().items():
        table.add_row(name, *(str(counts[fate] or "–") for fate in Fate))
    return table


def _named(trial: Trial) -> str:
    return f"{trial.mutant.id} in {trial.mutant.cell}: {trial.mutant.said}"
