"""The server half takes the session out of the environment."""

from viva_lab.handlers import Session, take_session


def test_session_is_taken_and_leaves_no_trace_in_the_environment():
    environment = {
        "VIVA_SESSION_TOKEN": "t0",
        "VIVA_CONSOLE_PATH": "/services/console/",
        "PATH": "/bin",
    }
    assert take_session(environment) == Session("/services/console", "t0")
    assert environment == {"PATH": "/bin"}


def test_half_a_session_is_none_and_is_removed_too():
    environment = {"VIVA_SESSION_TOKEN": "t0"}
    assert take_session(environment) is None
    assert environment == {}
