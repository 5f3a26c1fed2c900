"""Decides where questions, fixtures and rubrics stand, and finds them by slug or by path."""

from dataclasses import dataclass
from pathlib import Path

from viva_grader.domain.errors import BadFixtureError, BadQuestionError
from viva_grader.domain.fixture import Fixture
from viva_grader.domain.question import Question
from viva_grader.library.fixtures import load_fixture
from viva_grader.library.questions import NOTEBOOK, load_question


@dataclass(frozen=True, slots=True)
class Shelf:
    """The library: a folder with ``notebooks_templates``, ``sql_fixtures`` and ``rubrics``."""

    root: Path

    @property
    def questions_folder(self) -> Path:
        """Where each folder is a question."""
        return self.root / "notebooks_templates"

    @property
    def fixtures_folder(self) -> Path:
        """Where each folder is a SQL fixture."""
        return self.root / "sql_fixtures"

    @property
    def rubrics_folder(self) -> Path:
        """Where each folder is a rubric, with its versions."""
        return self.root / "rubrics"

    def slugs(self) -> tuple[str, ...]:
        """Name all questions, in alphabetical order."""
        return tuple(sorted(p.parent.name for p in self.questions_folder.glob(f"*/{NOTEBOOK}")))

    def fixtures(self) -> tuple[str, ...]:
        """Name all fixtures, in alphabetical order."""
        return tuple(sorted(p.parent.name for p in self.fixtures_folder.glob("*/fixture.toml")))

    def question_path(self, slug_or_path: str | Path) -> Path:
        """Say where a question lies.

        Raises
        ------
        BadQuestionError
            If it is neither a slug on this shelf nor a path that exists.
        """
        if str(slug_or_path) in self.slugs():
            return self.questions_folder / slug_or_path
        path = Path(slug_or_path)
        if path.exists():
            return path
        known = ", ".join(self.slugs()) or "none"
        raise BadQuestionError(f"no question {str(slug_or_path)!r}; there are: {known}")

    def question(self, slug_or_path: str | Path) -> Question:
        """Load a question by its slug, its folder or its source notebook.

        Raises
        ------
        BadQuestionError, BadFixtureError
            If there is none, or it breaks its format.
        """
        return load_question(self.question_path(slug_or_path), fixtures=self.fixtures_folder)

    def fixture(self, slug: str) -> Fixture:
        """Load a fixture by its slug.

        Raises
        ------
        BadFixtureError
            If there is none, or it breaks its format.
        """
        if slug not in self.fixtures():
            known = ", ".join(self.fixtures()) or "none"
            raise BadFixtureError(f"no fixture {slug!r}; there are: {known}")
        return load_fixture(self.fixtures_folder / slug)
