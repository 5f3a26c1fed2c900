"""Decides how a notebook is read by one who expects no harm: parsed, walked and measured."""

import ast
import json


class _Counter(ast.NodeVisitor):
    """Walks a tree as linters do: on the interpreter's own stack."""

    def __init__(self) -> None:
        self.nodes = 0

    def generic_visit(self, node: ast.AST) -> None:
        self.nodes += 1
        super().generic_visit(node)


def read_plainly(submission: bytes) -> int:
    """Read a notebook and count what stands in its code; raises whatever comes."""
    document = json.loads(submission.decode())
    counter = _Counter()
    for cell in document["cells"]:
        text = "".join(cell["source"])
        text.encode()
        _ = cell["metadata"].get("nbgrader", {}).get("grade_id", "")
        if cell["cell_type"] == "code":
            counter.visit(ast.parse(text))
            compile(text, "cell", "exec")
    if document["nbformat"] != 4:
        raise ValueError("not a notebook of format 4")
    return counter.nodes
