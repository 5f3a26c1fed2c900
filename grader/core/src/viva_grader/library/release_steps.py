"""Decides which of nbgrader's preprocessors make a release, and the stubs they leave."""

# nbformat and nbgrader carry no complete types:
# pyright: reportMissingTypeStubs=false, reportUnknownVariableType=false
# pyright: reportUnknownMemberType=false

import logging
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode, from_dict
from nbgrader.nbgraderformat import ValidationError
from nbgrader.preprocessors import (
    CheckCellMetadata,
    ClearHiddenTests,
    ClearMarkScheme,
    ClearOutput,
    ClearSolutions,
    ComputeChecksums,
    LockCells,
)
from nbgrader.utils import is_solution

from viva_grader.library.notebook_magics import is_sql

PYTHON_STUB = "# YOUR CODE HERE\nraise NotImplementedError()"
SQL_STUB = "-- YOUR QUERY HERE"

# nbgrader logs a traceback before it raises; whoever calls has the one line already.
_SILENT = logging.getLogger("viva.release")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


class ClearSolutionsByLanguage(ClearSolutions):
    """ClearSolutions, leaving an SQL comment where Python's stub would be a syntax error."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Clear one cell with its own language's stub."""
        sql = cell["cell_type"] == "code" and is_sql(cell["source"])
        stub = SQL_STUB if sql else PYTHON_STUB
        if sql and is_solution(cell) and self.begin_solution_delimeter not in cell["source"]:
            # the whole cell is the solution; its first line says where the result goes
            stub = cell["source"].partition("\n")[0] + "\n" + SQL_STUB
        self.code_stub = {"python": stub}
        return super().preprocess_cell(cell, resources, cell_index)


def clear(notebook: dict[str, Any]) -> dict[str, Any]:
    """Run GenerateAssignment's steps, in its order, less those that need a gradebook or a kernel.

    Raises
    ------
    RuntimeError, ValueError, KeyError
        As nbgrader does for regions without an end, cells without a grade_id and the like.
    """
    node: Any = from_dict(notebook)
    resources: Any = ResourcesDict()
    steps: tuple[Any, ...] = (
        LockCells,
        ClearSolutionsByLanguage,
        ClearOutput,
        CheckCellMetadata,
        ComputeChecksums,
        ClearHiddenTests,
        ClearMarkScheme,
        ComputeChecksums,
        CheckCellMetadata,
    )
    try:
        for step in steps:
            node, resources = step(log=_SILENT).preprocess(node, resources)
    except ValidationError as error:
        # nbgrader logs what is wrong and raises that something is
        raise ValueError(str(error.__context__ or error)) from error
    return node
