"""The corpus itself: large enough, well named, and written down."""

import re

from tests.attacks.corpus import CORPUS, GROUPS, QUERIES
from tests.attacks.written import PAGE, page


def test_corpus_is_as_large_as_promised() -> None:
    assert len(CORPUS) >= 60
    assert GROUPS


def test_each_attack_says_in_one_line_what_it_tries() -> None:
    for name, attack in [*CORPUS.items(), *QUERIES.items()]:
        assert re.fullmatch(r"[a-z0-9_]+", attack.name), name
        assert 10 <= len(attack.tries) <= 110, name
        assert "\n" not in attack.tries, name


def test_documentation_lists_each_attack() -> None:
    text = PAGE.read_text()
    assert page(text) == text, "run .venv/bin/python -m tests.attacks.written"
