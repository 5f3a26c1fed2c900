"""Decides, at a real hub, what the two login links do, for whom and how often."""

import uuid

import pytest
import requests


@pytest.fixture
def candidate(hub):
    letters = uuid.uuid4().hex.translate(str.maketrans("0189", "wxyz"))
    name = f"c-{letters[:12]}"
    assert hub.api("POST", f"users/{name}").status_code == 201
    yield name
    hub.api("DELETE", f"users/{name}")


def visit(hub, path: str, **query: str) -> requests.Response:
    return requests.get(f"{hub.url}/hub/{path}", params=query, allow_redirects=False, timeout=10)


def cookies_set(answer: requests.Response) -> list[str]:
    return answer.raw.headers.getlist("Set-Cookie")


def test_ticket_leads_into_the_room_with_a_session(hub, candidate):
    wanted = f"/user/{candidate}/lab/tree/1_top_customers.ipynb"
    answer = visit(hub, "join", key=hub.ticket(candidate), next=wanted)
    assert (answer.status_code, answer.headers["Location"]) == (302, wanted)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"
    cookie = answer.headers["Set-Cookie"]
    assert "jupyterhub-hub-login=" in cookie
    assert "HttpOnly" in cookie
    (door,) = (each for each in cookies_set(answer) if each.startswith("viva-room="))
    assert f"Path=/user/{candidate}/" in door
    assert "HttpOnly" in door


@pytest.mark.parametrize("wanted", ["https://evil.example/", "//evil.example", "/hub/token"])
def test_ticket_leads_nowhere_else(hub, candidate, wanted):
    answer = visit(hub, "join", key=hub.ticket(candidate), next=wanted)
    assert answer.headers["Location"] == f"/user/{candidate}/lab"


@pytest.mark.parametrize("name", ["staff", "c-notacandidate", "c-zzzzzzzzzzzz"])
def test_ticket_for_anybody_but_a_known_candidate_is_refused(hub, name):
    answer = visit(hub, "join", key=hub.ticket(name))
    assert answer.status_code == 403
    assert "Set-Cookie" not in answer.headers or "hub-login" not in answer.headers["Set-Cookie"]


def test_refusal_is_a_page_in_plain_words(hub):
    answer = visit(hub, "join", key="expired")
    assert answer.status_code == 403
    assert "Open your invite link again" in answer.text
    assert "Traceback" not in answer.text
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_staff_link_is_good_once_and_not_after_a_restart(hub):
    key = hub.environment["VIVA_STAFF_KEY"]
    assert visit(hub, "staff", key="not " + key).status_code == 403
    first = visit(hub, "staff", key=key, next="/services/console/interviews")
    assert (first.status_code, first.headers["Location"]) == (302, "/services/console/interviews")
    assert visit(hub, "staff", key=key).status_code == 403
    hub.restart()
    again = visit(hub, "staff", key=key)
    assert again.status_code == 403
    assert "used before" in again.text
    assert key not in hub.log.read_text()
    staff = hub.api("GET", "users/staff").json()
    assert (staff["groups"], staff["admin"]) == (["staff"], False)


def test_login_page_says_which_link_to_open_and_has_no_form(hub):
    page = visit(hub, "login").text
    assert "Candidates: open the link in your invite" in page
    assert "printed in the terminal" in page
    assert "<form" not in page


def test_pages_of_the_hub_cannot_be_framed(hub):
    headers = visit(hub, "login").headers
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
