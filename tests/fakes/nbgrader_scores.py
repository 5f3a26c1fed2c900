"""Decides what ``nbgrader autograde`` itself gives a course: run as a program of its own.

Called as ``python -m tests.fakes.nbgrader_scores FOLDER``: grades the assignment ``ps1`` of the
course in the folder, and prints ``{student: {notebook: {cell: points}}}`` as JSON.
"""

import json
import sys
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.apps import NbGraderAPI
from traitlets.config import Config


def scores(course: Path) -> dict[str, dict[str, dict[str, float]]]:
    config = Config()
    config.CourseDirectory.root = str(course)
    config.CourseDirectory.db_assignments = []
    config.CourseDirectory.course_id = "course"
    config.GenerateAssignment.create_assignment = True
    api = NbGraderAPI(config=config)
    made = api.generate_assignment("ps1", force=True, create=True)
    if not made["success"]:
        raise RuntimeError(made["log"])
    for student in sorted(path.name for path in (course / "submitted").iterdir()):
        graded = api.autograde("ps1", student, force=True, create=True)
        if not graded["success"]:
            raise RuntimeError(graded["log"])
    found: dict[str, dict[str, dict[str, float]]] = {}
    with Gradebook(f"sqlite:///{course}/gradebook.db", "course") as gradebook:
        for submission in gradebook.assignment_submissions("ps1"):
            notebooks = found.setdefault(submission.student.id, {})
            for notebook in submission.notebooks:
                notebooks[notebook.name] = {
                    grade.name: grade.auto_score
                    for grade in notebook.grades
                    if grade.auto_score is not None
                }
    return found


if __name__ == "__main__":
    sys.stdout.write(json.dumps(scores(Path(sys.argv[1]))) + "\n")
