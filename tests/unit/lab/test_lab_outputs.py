"""How much of a cell's output is shown, on messages as a kernel sends them."""

import random
from types import SimpleNamespace

import pytest
from viva_lab.outputs import (
    ENOUGH,
    MIB,
    MOST_AT_ONCE_MIB,
    MOST_OF_A_RUN_MIB,
    MOST_OUTPUTS,
    bounded,
    by_lines,
    common_length,
)


def message(kind, **content):
    return {"header": {"msg_type": kind}, "content": content}


def text(size, name="stdout"):
    return message("stream", name=name, text="x" * size)


def image(size):
    return message("display_data", data={"image/png": "x" * size}, metadata={})


class Run:
    """One run of a cell, and what a hook was given to show."""

    def __init__(self):
        self.shown, self._state = [], SimpleNamespace()
        self._hook = bounded(lambda outputs, cell, state, each: self.shown.append(each))

    def says(self, *messages):
        for each in messages:
            self._hook([], None, self._state, each)
        return self.shown

    def texts(self):
        return [(each["content"]["name"], each["content"]["text"]) for each in self.shown]


def test_what_is_little_is_shown_as_it_came():
    sent = [text(10), image(10), message("execute_result", data={"text/plain": "1"}), text(3)]
    assert Run().says(*sent) == sent


def test_stream_ends_at_its_bound_with_the_reason_and_is_shown_no_further():
    run, whole = Run(), MOST_AT_ONCE_MIB * MIB
    run.says(text(whole - 5), text(9), text(1), text(whole), image(1))
    assert [len(shown) for _, shown in run.texts()] == [whole - 5, 5, len(ENOUGH)]
    assert run.texts()[-1] == ("stderr", ENOUGH)
    assert "4 MiB" in ENOUGH


def test_how_a_run_ended_is_shown_however_much_it_printed():
    ended = message("error", ename="KeyboardInterrupt", evalue="", traceback=[])
    assert Run().says(text(MOST_AT_ONCE_MIB * MIB + 1), ended)[-1] == ended


def test_outputs_are_counted_and_a_next_run_begins_anew():
    run = Run()
    run.says(*[image(1)] * (MOST_OUTPUTS + 5))
    assert len(run.shown) == MOST_OUTPUTS + 1
    assert run.shown[-1]["content"]["text"] == ENOUGH
    assert len(Run().says(image(1))) == 1


def test_animation_that_clears_what_it_showed_goes_on_for_longer_but_not_for_ever():
    run, clear = Run(), message("clear_output", wait=True)
    frames = [each for _ in range(40) for each in (clear, image(MIB))]
    run.says(*frames)
    shown = [each for each in run.shown if each["header"]["msg_type"] == "display_data"]
    assert len(shown) == MOST_OF_A_RUN_MIB > MOST_AT_ONCE_MIB


def letters(text, new, cursor):
    """Control characters over the whole text, as a terminal goes by them."""
    signs = list(text)
    if signs and signs[-1] in "\b\r":
        new = signs.pop() + new
        cursor = min(max(cursor - 1, 0), len(signs))
    for sign in new:
        if sign == "\b":
            if cursor > 0 and signs[cursor - 1] != "\n":
                del signs[cursor - 1]
                cursor -= 1
        elif sign == "\r":
            while cursor > 0 and signs[cursor - 1] != "\n":
                cursor -= 1
        elif sign == "\n":
            signs.append("\n")
            cursor = len(signs)
        else:
            signs[cursor : cursor + 1] = sign
            cursor += 1
    return "".join(signs), cursor


def test_last_line_alone_gives_the_same_as_the_whole_text():
    dice, quick = random.Random(7), by_lines(letters)  # noqa: S311 -- no secret
    for _ in range(500):
        one = other = ("", 0)
        for _ in range(8):
            new = "".join(dice.choices("ab\n\r\b", k=dice.randint(0, 6)))
            one, other = letters(one[0], new, one[1]), quick(other[0], new, other[1])
            assert one == other


def test_letters_of_earlier_lines_are_not_gone_over_again():
    seen = []

    def apply(text, new, cursor):
        seen.append(len(text))
        return text + new, cursor + len(new)

    assert by_lines(apply)("x" * 1000 + "\nab", "c", 1003) == ("x" * 1000 + "\nabc", 1004)
    assert by_lines(apply)("x" * 1000 + "\nab", "\rc", 1003)[0].endswith("\nab\rc")
    assert seen == [2]


@pytest.mark.parametrize("place", [0, 1, 4095, 4096, 9000, 10_000])
def test_common_length_is_where_two_texts_part(place):
    left = "a" * 10_000
    assert common_length(left, left[:place] + "b" + left[place:]) == place
    assert common_length(left, left[:place]) == place
