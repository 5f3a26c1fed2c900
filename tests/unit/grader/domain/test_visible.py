"""Decides which characters are named instead of shown."""

import pytest
from viva_grader.domain.visible import reveal


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain ünïcödé — ok\n\tindented", "plain ünïcödé — ok\n\tindented"),
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("\u2066\u2069", "⟨U+2066⟩⟨U+2069⟩"),
        ("zero\u200bwidth\ufeff", "zero⟨U+200B⟩width⟨U+FEFF⟩"),
        ("\x00\x1b[0m\r", "⟨U+0000⟩⟨U+001B⟩[0m⟨U+000D⟩"),
        ("\u2028\u2029\x85", "⟨U+2028⟩⟨U+2029⟩⟨U+0085⟩"),
        ("\U000e0041", "⟨U+E0041⟩"),
        ("\ud800", "⟨U+D800⟩"),
        ("\u3164", "⟨U+3164⟩"),
        ("e\u0301\u0302\u0303\u0304", "e\u0301\u0302\u0303⟨U+0304⟩"),
        ("नमस्ते, שלום, 你好", "नमस्ते, שלום, 你好"),
    ],
)
def test_unseen_characters_are_named_and_scripts_stay(text: str, expected: str) -> None:
    assert reveal(text) == expected
