"""Decides how far a model agrees with the people who graded a public set of Python snippets.

Offline: it replays answers that a model gave before, from a folder that is not part of this
repository. The folder holds

``grades.csv``
    One line for each grade that a person gave, with the columns ``snippet``, ``author``,
    ``grader`` and ``score`` (1 to 5). ``author`` is who wrote the snippet: intervals draw authors.
``answers.jsonl``
    One JSON object for each stored answer: ``snippet``, ``model`` and ``answer``, the model's raw
    text. An answer that is no JSON object with a whole ``score`` of 1 to 5 is unscored, as null is.

It prints, for each model, the quadratic weighted kappa against each person with its 95 % interval,
people's among each other, and the share that the model scored. Exit status 2 where lines were left
out or the folder cannot be read, 1 where a model has too few for a kappa.
"""

import argparse
import csv
import json
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from viva_grader.calibration.figure import Figure, Sampling, seeded
from viva_grader.calibration.ratings import LEVELS, Kind, Rating
from viva_grader.calibration.report import Slice, calibrate

NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)  # a public set says nothing of when


class Lines:
    """What was read, and a line for each that was left out."""

    def __init__(self, folder: Path) -> None:
        self.bad: list[str] = []
        self.authors: dict[str, str] = {}
        self.ratings = [*self._grades(folder / "grades.csv")]
        self.ratings += self._answers(folder / "answers.jsonl")

    def _grades(self, path: Path) -> Iterator[Rating]:
        with path.open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                score = whole(row.get("score"))
                names = [row.get(name) for name in ("snippet", "author", "grader")]
                if score is None or not all(names):
                    self.bad.append(f"{path.name}:{number}: not a snippet, author, grader, 1 to 5")
                    continue
                snippet, author, grader = map(str, names)
                if self.authors.setdefault(snippet, author) != author:
                    self.bad.append(f"{path.name}:{number}: {snippet} has another author above")
                    continue
                yield self._rating(f"g{number}", snippet, Kind.HUMAN, grader, score)

    def _answers(self, path: Path) -> Iterator[Rating]:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                stored: dict[str, Any] = json.loads(line)
                snippet, model, answer = stored["snippet"], stored["model"], stored["answer"]
            except (ValueError, KeyError, TypeError):
                self.bad.append(f"{path.name}:{number}: not a snippet, model, answer")
                continue
            if snippet not in self.authors:
                self.bad.append(f"{path.name}:{number}: nobody graded {snippet}")
                continue
            yield self._rating(f"a{number}", snippet, Kind.MODEL, model, score_of(answer))

    def _rating(self, key: str, snippet: str, kind: Kind, rater: str, score: int | None) -> Rating:
        author = self.authors[snippet]
        return Rating(
            key, author, snippet, "snippets", "", "", "score", "public", kind, rater, score, NO_TIME
        )


def whole(value: Any) -> int | None:
    """Give a level, or None for anything else."""
    return next((level for level in LEVELS if value == str(level)), None)


def score_of(answer: Any) -> int | None:
    """Give the score that a raw answer holds; None where it holds none."""
    try:
        said = json.loads(answer)
    except (ValueError, TypeError):
        return None
    score = said.get("score") if isinstance(said, dict) else None
    return score if type(score) is int and score in LEVELS else None


def replayed(folder: Path, seed: int, resamples: int) -> tuple[tuple[Slice, ...], list[str]]:
    """Compute the figures of each model in a folder; give the lines that were left out too."""
    lines = Lines(folder)
    slices = calibrate(lines.ratings, ["model"], Sampling(seeded(seed), resamples))
    return slices, lines.bad


def said(figure: Figure) -> str:
    """Give a figure with its interval, or why there is none."""
    if figure.value is None:
        return figure.reason
    if figure.low is None:
        return f"{figure.value:.3f} ({figure.reason})"
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]"


def main(words: Sequence[str] | None = None) -> int:
    """Print the figures; give the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seed", type=int, default=20260101)
    parser.add_argument("--resamples", type=int, default=2000)
    parser.add_argument("--json", action="store_true", help="one JSON object")
    asked = parser.parse_args(words)
    try:
        slices, bad = replayed(asked.folder, asked.seed, asked.resamples)
    except (OSError, UnicodeDecodeError) as error:
        print(f"{asked.folder} cannot be read: {error}", file=sys.stderr)
        return 2
    for line in bad:
        print(line, file=sys.stderr)
    found = {
        each.key["model"]: {
            "qwk": said(each.kappa),
            "qwk_humans": said(each.human_kappa),
            "ceiling": said(each.ceiling),
            "scored": f"{each.coverage.scored} of {each.coverage.asked}",
        }
        for each in slices
    }
    if asked.json:
        print(json.dumps(found))
    else:
        for model, figures in found.items():
            print(model, *(f"  {name:<12}{text}" for name, text in figures.items()), sep="\n")
    if bad:
        return 2
    return int(not slices or any(each.kappa.value is None for each in slices))


if __name__ == "__main__":
    sys.exit(main())
