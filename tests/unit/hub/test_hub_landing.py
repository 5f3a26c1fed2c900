"""Decides that a login link leads into the person's own part of this site and nowhere else."""

from types import SimpleNamespace

import pytest
from viva_hub.landing import is_candidate, landing_url, next_path

CANDIDATE = "c-abcdefgh2345"


@pytest.mark.parametrize(
    "wanted",
    [
        f"/user/{CANDIDATE}/lab/tree/1_top_customers.ipynb",
        f"/user/{CANDIDATE}/",
        "/services/console/i/some.invite/receipt",
    ],
)
def test_candidate_goes_where_the_link_says_within_their_room(wanted):
    assert next_path(wanted, CANDIDATE) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example/",
        "/%5cevil.example",
        "///evil.example",
        "javascript:alert(1)",
        "/user/c-zzzzzzzzzzzz/lab",
        f"/user/{CANDIDATE}/../c-zzzzzzzzzzzz/lab",
        f"/user/{CANDIDATE}/%2e%2e/c-zzzzzzzzzzzz/",
        f"/user/{CANDIDATE}/%252e%252e/c-zzzzzzzzzzzz/",
        f"/user/{CANDIDATE}x/lab",
        f"/user/{CANDIDATE}/lab\r\nSet-Cookie: a=b",
        f"/user/{CANDIDATE}/lab%0d%0aSet-Cookie:%20a=b",
        "/services/console/",
        "/hub/logout",
        f"/user/{CANDIDATE}/" + "a" * 2000,
    ],
)
def test_candidate_goes_home_where_the_link_leads_elsewhere(wanted):
    assert next_path(wanted, CANDIDATE) == f"/user/{CANDIDATE}/lab"


@pytest.mark.parametrize("wanted", ["/services/console/", "/services/console/interviews/7"])
def test_staff_go_within_the_console(wanted):
    assert next_path(wanted, "staff") == wanted


@pytest.mark.parametrize(
    "wanted", [f"/user/{CANDIDATE}/lab", "/hub/admin", "//evil.example", "/services/other/"]
)
def test_staff_never_go_to_a_candidates_server(wanted):
    assert next_path(wanted, "staff") == "/services/console/"


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (CANDIDATE, True),
        ("c-ABCDEFGH2345", False),
        ("c-abcdefgh2341", False),
        ("c-abcdefgh234", False),
        (CANDIDATE + "\n", False),
        ("staff", False),
        ("", False),
    ],
)
def test_candidates_are_told_by_their_names(name, expected):
    assert is_candidate(name) is expected


def test_default_page_is_the_room_the_console_or_the_login():
    def page(user):
        return landing_url(SimpleNamespace(current_user=user))

    assert page(SimpleNamespace(name=CANDIDATE)) == f"/user/{CANDIDATE}/lab"
    assert page(SimpleNamespace(name="staff")) == "/services/console/"
    assert page(None) == "/hub/login"
