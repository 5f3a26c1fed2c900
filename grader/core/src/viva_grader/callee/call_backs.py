"""Decides how a test's own function answers the candidate's code that calls it."""

# pyright: reportUnknownVariableType=false, reportUnknownMemberType=false
# pyright: reportUnknownArgumentType=false
# Values of any type pass through here.

from collections.abc import Callable
from typing import Any

from viva_grader.callee.codec import Decoder, Encoder, Foreign
from viva_grader.callee.interruptions import NoAnswer
from viva_grader.callee.waiting import waited
from viva_grader.callee.wire import Message


def replied(
    asked: Message, functions: list[Callable[..., Any]], foreign: Foreign
) -> tuple[Message, Exception | None]:
    """Call the function that a message names.

    Returns
    -------
    dict
        What to send back.
    Exception or None
        What the function raised.

    Raises
    ------
    NoAnswer
        If the message is not as the runner writes it.
    """
    arguments: Any = Decoder(foreign).decode(asked.get("value"))
    number: Any = asked["cb"]
    if type(number) is not int or not 0 <= number < len(functions):
        raise NoAnswer("a call of a function that does not exist")
    if type(arguments) is not list or [type(a) for a in arguments] != [tuple, dict]:
        raise NoAnswer("a malformed call")
    args, kwargs = arguments
    try:
        result = waited(functions[number](*args, **kwargs))
        return {"return": Encoder(foreign).encode(result)}, None
    except Exception as error:
        return {"raise": Encoder(foreign).encode(error)}, error
