"""A cell is parsed in one piece."""

import ast
import gc
from collections.abc import Callable, Iterator

import pytest
from viva_grader.library.parsing import parse_cell
from viva_runner import parsing

TEXT = "\n".join(f"x{n} = [{n}]" for n in range(200))


def deeper(depth: int) -> None:
    if depth:
        deeper(depth - 1)
    else:
        ast.parse("a = 1")


@pytest.fixture
def parsing_collections() -> Iterator[None]:
    """Parse in every collection, as the warning of a coroutine that nobody awaited may."""

    def collected(phase: str, _facts: object) -> None:
        if phase == "stop":
            deeper(20)

    before = gc.get_threshold()
    gc.callbacks.append(collected)
    gc.set_threshold(50)
    yield
    gc.set_threshold(*before)
    gc.callbacks.remove(collected)


@pytest.mark.usefixtures("parsing_collections")
@pytest.mark.parametrize("parse", [parse_cell, parsing.parse_cell])
def test_parsing_is_not_disturbed_by_what_a_collection_parses(
    parse: Callable[[str], ast.Module],
) -> None:
    assert len(parse(TEXT).body) == 200
    assert gc.isenabled()
