"""Decides how stock nbgrader grades: its own generate and autograde, for each student in turn.

Run as a script in a course folder: prints one line of JSON per student with the points per part.
"""

import functools
import json
import logging
import sys
import warnings
from pathlib import Path

warnings.simplefilter("ignore")

import nbgrader.api  # noqa: E402 - its warnings are its own
from nbgrader.api import Gradebook  # noqa: E402 - as above
from nbgrader.apps import NbGraderAPI  # noqa: E402 - as above
from nbgrader.coursedir import CourseDirectory  # noqa: E402 - as above
from traitlets.config import Config  # noqa: E402 - as above


def main(folder: str) -> None:
    logging.disable(logging.CRITICAL)
    # it asks a program for its newest schema whenever it opens a gradebook: once is enough
    nbgrader.api.get_alembic_version = functools.cache(nbgrader.api.get_alembic_version)
    config = Config()
    config.CourseDirectory.root = folder
    config.CourseDirectory.course_id = "course"
    config.Exchange.course_id = "course"
    config.Execute.timeout = 15
    directory = CourseDirectory(config=config)
    api = NbGraderAPI(directory, config=config)
    made = api.generate_assignment("ps1")
    assert made["success"], made["error"]
    for student in sorted(path.name for path in Path(folder, "submitted").iterdir()):
        done = api.autograde("ps1", student)
        points: dict[str, float] = {}
        if done["success"]:
            with Gradebook(directory.db_url, "course") as book:
                notebook = book.find_submission_notebook("problem", "ps1", student)
                points = {
                    grade.name: grade.auto_score if grade.auto_score is not None else 0.0
                    for grade in notebook.grades
                }
        said = {"student": student, "points": points, "dead": not done["success"]}
        sys.stdout.write("VIVA " + json.dumps(said) + "\n")
        sys.stdout.flush()


main(sys.argv[1])
