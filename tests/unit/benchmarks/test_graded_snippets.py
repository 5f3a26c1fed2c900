import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from sklearn.metrics import cohen_kappa_score

from benchmarks.graded_snippets import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Thirty authors with two snippets each; the model is one level off in every fourth."""
    grades = ["snippet,author,grader,score"]
    answers = []
    for at in range(60):
        level = 1 + at * 7 % 5
        grades += [f"s{at},a{at // 2},ada,{level}", f"s{at},a{at // 2},grace,{max(1, level - 1)}"]
        score = min(5, level + (at % 4 == 0))
        answer = "I cannot say." if at == 7 else json.dumps({"score": score, "why": "…"})
        answers.append(json.dumps({"snippet": f"s{at}", "model": "m-1", "answer": answer}))
    (tmp_path / "grades.csv").write_text("\n".join(grades))
    (tmp_path / "answers.jsonl").write_text("\n".join(answers))
    return tmp_path


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    def call(folder: Path, *words: str) -> Done:
        status = main([str(folder), "--resamples", "300", *words])
        said = capsys.readouterr()
        return Done(status, said.out, said.err)

    return call


def test_stored_answers_are_replayed_to_a_kappa_with_its_interval(
    folder: Path, run: Callable[..., Done]
) -> None:
    done = run(folder, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    found = json.loads(done.stdout)["m-1"]
    model, human = [], []
    for at in (at for at in range(60) if at != 7):
        level = 1 + at * 7 % 5
        model += [min(5, level + (at % 4 == 0))] * 2
        human += [level, max(1, level - 1)]
    expected = cohen_kappa_score(model, human, weights="quadratic")
    value, low, high = found["qwk"].replace(",", "").replace("[", "").replace("]", "").split()
    assert float(value) == pytest.approx(expected, abs=5e-4)
    assert float(low) < float(value) < float(high)
    assert found["scored"] == "59 of 60"
    assert run(folder, "--json").stdout == done.stdout


def test_bad_lines_are_said_and_the_rest_goes_on(folder: Path, run: Callable[..., Done]) -> None:
    with (folder / "grades.csv").open("a") as grades:
        grades.write("\ns1,a9,joan,3\ns1,a0,joan,9\n")
    with (folder / "answers.jsonl").open("a") as answers:
        answers.write('\n{"snippet": "none", "model": "m", "answer": "{}"}\nno json\n')
    done = run(folder)
    assert done.returncode == 2
    assert done.stderr.splitlines() == [
        "grades.csv:122: s1 has another author above",
        "grades.csv:123: not a snippet, author, grader, 1 to 5",
        "answers.jsonl:61: nobody graded none",
        "answers.jsonl:62: not a snippet, model, answer",
    ]
    assert "qwk" in done.stdout


def test_few_snippets_give_words_and_an_absent_folder_one_line(
    folder: Path, run: Callable[..., Done]
) -> None:
    for name in ("grades.csv", "answers.jsonl"):
        lines = (folder / name).read_text().splitlines()
        (folder / name).write_text("\n".join(lines[: 9 if name == "grades.csv" else 4]))
    done = run(folder)
    assert (done.returncode, done.stderr) == (1, "")
    assert "too few: 8 of 50 pairs, 2 of 20 candidates" in done.stdout
    assert run(folder / "none").returncode == 2
