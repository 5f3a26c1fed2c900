"""The reference says what the code says: settings, commands, error codes, fields, links."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from pydantic import AliasChoices, SecretStr
from pydantic_core import PydanticUndefined
from pydantic_settings import BaseSettings
from viva_console.cli import app as console_commands
from viva_console.settings import ConsoleSettings
from viva_grader.cli import app as grader_commands
from viva_grader.cli import authors_commands
from viva_grader.cli_grade import graded_line, refused_line
from viva_grader.domain.errors import BadSubmissionError
from viva_grader.domain.grade import Grade, GradeStatus, Status
from viva_grader.library.question_file import (
    CaseEntry,
    EffortEntry,
    ForbiddenEntry,
    LimitsEntry,
    PartEntry,
    QueryEntry,
    QuestionFile,
)
from viva_grader.model.accepts import MODELS
from viva_grader.settings import GraderSettings
from viva_hub.room_options import RoomOptions
from viva_hub.settings import HubSettings

ROOT = Path(__file__).resolve().parents[2]
REFERENCE = ROOT / "docs" / "reference"
SOURCES = (
    "grader/core/src",
    "grader/runner/src",
    "extensions/console/src",
    "extensions/lab/viva_lab",
    "hub_config/src",
)
# Made from a status or the request, not from an exception's class: api/problems.py.
CODES_BY_STATUS = {"web.bad_request", "web.method_not_allowed", "web.failed"}
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *ROOT.glob("rubrics/*.md")])


def section(page: str, heading: str) -> str:
    """The text below a heading, up to the next one of its level."""
    text = (REFERENCE / page).read_text()
    found = re.search(
        rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL
    )
    assert found, f"{page} has no section {heading}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """Cells of a page's tables, headings and rules left out."""
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def first_words(text: str) -> set[str]:
    """Names in the first column."""
    return {name for row in rows(text) for name in re.findall(r"`([^`]+)`", row[0])}


def settings_of(model: type[BaseSettings]) -> dict[str, str]:
    """Variable and default, as the page writes them; what is computed has a word instead."""
    said: dict[str, str] = {}
    prefix = model.model_config.get("env_prefix", "")
    for name, field in model.model_fields.items():
        alias = field.validation_alias or f"{prefix}{name}".upper()
        variable = str(alias.choices[0]) if isinstance(alias, AliasChoices) else str(alias)
        default = field.default
        if field.is_required():
            said[variable] = "*required*"
        elif default is PydanticUndefined:
            said[variable] = "the clone" if name == "library_root" else "one for each clone"
        elif default in {None, ""} or (
            isinstance(default, SecretStr) and not default.get_secret_value()
        ):
            said[variable] = "none"
        else:
            said[variable] = f"`{default}`"
    return said


@pytest.mark.parametrize(
    ("heading", "model"),
    [("Grader", GraderSettings), ("Console", ConsoleSettings), ("Hub", HubSettings)],
)
def test_settings_page_names_every_variable_and_default(
    heading: str, model: type[BaseSettings]
) -> None:
    written = {row[0].strip("`"): row[1] for row in rows(section("settings.md", heading))}
    assert written == settings_of(model)


def test_models_page_says_what_each_model_is_sent() -> None:
    written = [tuple(row) for row in rows(section("models.md", "What a model is sent"))]
    words = {True: "yes", False: "no"}
    assert written == [
        (f"`{name}`", words[takes.temperature], words[takes.seed], words[takes.effort])
        for name, takes in MODELS
    ]


def test_settings_page_names_what_a_room_is_told() -> None:
    room = RoomOptions.parse(
        {"interview": "i", "fixture": "shop", "session_token": "t", "console_path": "/c"}
    )
    assert first_words(section("settings.md", "Room")) == set(room.environment())


def codes() -> Iterator[str]:
    """Every error code in the sources: of a class, or given to one exception."""
    for source in SOURCES:
        for path in (ROOT / source).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text())):
                value: ast.expr | None = None
                if isinstance(node, ast.ClassDef) and node.name.endswith("Error"):
                    for line in node.body:
                        if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == "code":
                            value = line.value
                elif isinstance(node, ast.keyword) and node.arg == "code":
                    value = node.value
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    yield value.value


def test_errors_page_names_every_code_and_no_other() -> None:
    assert first_words((REFERENCE / "errors.md").read_text()) == {*codes(), *CODES_BY_STATUS}


def commands() -> dict[str, set[str]]:
    """Every command with its options."""
    found: dict[str, set[str]] = {}
    for part in (grader_commands, *authors_commands(), console_commands):
        root: Any = typer.main.get_group(part)
        prefix = "" if part in (grader_commands, console_commands) else f"{root.name} "
        waiting = [(prefix, root)]
        while waiting:
            path, group = waiting.pop()
            for name, command in group.commands.items():
                if hasattr(command, "commands"):
                    waiting.append((f"{path}{name} ", command))
                    continue
                options = [option for each in command.params for option in each.opts]
                found[f"{path}{name}"] = {o for o in options if o.startswith("--")} - {"--help"}
    return found


def test_commands_page_names_every_command_and_option() -> None:
    text = (REFERENCE / "commands.md").read_text()
    written: dict[str, set[str]] = {}
    for block in re.split(r"^#{2,3} ", text, flags=re.MULTILINE)[1:]:
        title, _, body = block.partition("\n")
        if words := re.match(r"`viva ([a-z ]+?)(?: \[?[A-Z].*)?`", title):
            written[words[1]] = first_words(body)
    assert written == commands()


def test_commands_page_names_every_make_target() -> None:
    text = (ROOT / "Makefile").read_text()
    told = set(re.findall(r"^([a-z]+):.*## ", text, re.MULTILINE))
    assert first_words(section("commands.md", "Make")) == {f"make {name}" for name in told}


def test_grade_page_names_every_key() -> None:
    grade = Grade(GradeStatus.GRADED, "", "", "", (), (), None, 0.0, None)
    line = section("grade-json.md", "One line for each submission (`--json`)")
    refused = refused_line(Path("x.ipynb"), BadSubmissionError("why"))
    keys = {*graded_line(Path("x.ipynb"), grade), *refused}
    assert first_words(line) == keys | {status.value for status in Status}
    document = section("grade-json.md", "The grade document (`--out DIR`)")
    assert first_words(document) == set(grade.document())


def test_grade_page_names_every_kind_of_evidence() -> None:
    told = first_words(section("grade-json.md", "Kinds of evidence"))
    sources = (ROOT / "grader/core/src").rglob("*.py")
    made = re.compile(r"\bFact\(\s*\"(\w+)\"")
    assert told == {kind for path in sources for kind in made.findall(path.read_text())}


@pytest.mark.parametrize(
    ("heading", "form"),
    [
        ("`[limits]`", LimitsEntry),
        ("`[[parts]]`", PartEntry),
        ("`[parts.query]`", QueryEntry),
        ("`[[parts.cases]]`", CaseEntry),
        ("`[parts.effort]`", EffortEntry),
        ("`[[forbidden]]`", ForbiddenEntry),
    ],
)
def test_question_page_names_every_key(heading: str, form: Any) -> None:
    assert first_words(section("question-toml.md", heading)) == set(form.model_fields)


def test_question_page_names_every_key_of_the_file() -> None:
    head = (REFERENCE / "question-toml.md").read_text().partition("\n## ")[0]
    assert first_words(head) == set(QuestionFile.model_fields)


def test_question_page_gives_the_limits_of_the_code() -> None:
    written = {
        row[0].strip("`"): float(row[1]) for row in rows(section("question-toml.md", "`[limits]`"))
    }
    assert written == LimitsEntry().model_dump()


def test_panel_page_names_every_field() -> None:
    schema = json.loads((ROOT / "extensions/lab/schema/panel.json").read_text())
    text = (REFERENCE / "panel-api.md").read_text()
    fields = {name for model in schema["$defs"].values() for name in model.get("properties", ())}
    assert {name for name in fields if f"`{name}`" not in text and f'"{name}"' not in text} == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text())
    assert [target for target in targets if not (page.parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_commands_of_a_page_exist(page: Path) -> None:
    text = page.read_text()
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    code = "\n".join(a or b for a, b in re.findall(r"```\w*\n(.*?)```|`([^`\n]+)`", text, re.S))
    assert set(re.findall(r"\bmake ([a-z]+)", code)) <= targets
    known = {name.split()[0] for name in commands()}
    assert set(re.findall(r"\bviva ([a-z]+)\b", code)) <= known
