import pytest
from viva_console.api.browser import STAFF, form_token
from viva_console.domain.record import staff as staff_actor
from viva_console.flow.invite import create_interview, invite_token
from viva_console.pages.app import create_app

from tests.fakes.web_client import PREFIX, Site

OPEN_TO_ALL = {
    "/health",
    "/metrics",
    "/oauth_callback",
    "/report.css",
    "/panel/v1/brief",
    "/panel/v1/saved",
    "/panel/v1/submit",
    "/i/{invite}",
    "/i/{invite}/consent",
    "/i/{invite}/begin",
    "/panel/v1/begin",
    "/i/{invite}/ahead",
    "/i/{invite}/room",
    "/i/{invite}/receipt",
    "/i/{invite}/receipt/{question}",
}
FOR_STAFF = [
    ("GET", "/"),
    ("GET", "/interviews/new"),
    ("POST", "/interviews"),
    ("GET", "/interviews/{interview_id}"),
    ("GET", "/interviews/{interview_id}/invite"),
    ("GET", "/interviews/{interview_id}/audit"),
    ("GET", "/interviews/{interview_id}/report"),
    ("GET", "/interviews/{interview_id}/report.json"),
    ("POST", "/interviews/{interview_id}/decide"),
    ("POST", "/interviews/{interview_id}/comments"),
    ("GET", "/interviews/{interview_id}/dimensions/{run_id}/{dimension}"),
    ("POST", "/interviews/{interview_id}/dimensions/{run_id}/{dimension}"),
    ("POST", "/interviews/{interview_id}/dimensions/{run_id}/{dimension}/comments"),
    ("POST", "/interviews/{interview_id}/regrade"),
    ("POST", "/interviews/{interview_id}/close"),
    ("POST", "/interviews/{interview_id}/erase"),
    ("GET", "/ratings"),
    ("GET", "/ratings/{submission_id}"),
    ("POST", "/ratings/{submission_id}/begin"),
    ("POST", "/ratings/{submission_id}/rate"),
    ("POST", "/ratings/{submission_id}/decline"),
    ("GET", "/calibration"),
    ("GET", "/calibration/ratings.csv"),
    ("GET", "/calibration/ratings.parquet"),
    ("POST", "/logout"),
]

NOWHERE = {"submission_id": "none", "run_id": "none", "dimension": "clarity"}


def an_interview(site: Site):
    return create_interview(
        site.parts.console,
        "K-17",
        ["top_customers"],
        minutes=30,
        role="Senior data scientist",
        created_by=staff_actor("reviewer"),
    )


def test_no_route_is_missing_from_these_lists(site):
    routes = {
        (method.upper(), path.removeprefix(PREFIX))
        for path, operations in site.app.openapi()["paths"].items()
        for method in operations
    }
    assert {route for route in routes if route[1] not in OPEN_TO_ALL} == set(FOR_STAFF)


@pytest.mark.parametrize(("method", "path"), FOR_STAFF)
async def test_staff_route_is_shut_to_strangers_and_to_candidates(site, method, path):
    path = PREFIX + path.format(interview_id=an_interview(site).id, **NOWHERE)
    before = site.parts.console.store.rows
    stranger = site.browser()
    answer = await stranger.http.request(method, path)
    assert answer.status_code == (303 if method == "GET" else 401)
    candidate = site.browser()
    values = {"sid": "s", "token": "candidate-token", "began": site.parts.clock.now().timestamp()}
    candidate.http.cookies.set("viva-staff", site.parts.console.signer.sign(STAFF, values))
    csrf = form_token(site.parts.console.signer, "s")
    if path != f"{PREFIX}/logout":
        answer = await candidate.http.request(method, path, data={"csrf": csrf})
        assert answer.status_code == 403
    assert site.parts.console.store.rows == before


@pytest.mark.parametrize("path", [path for method, path in FOR_STAFF if method == "POST"])
async def test_form_from_elsewhere_changes_nothing(site, path):
    path = path.format(interview_id=an_interview(site).id, **NOWHERE)
    staff, other = await site.staff(), await site.staff()
    before = site.parts.console.store.rows
    theirs = (await other.get("/")).text.split('name="csrf" value="')[1].split('"')[0]
    own = (await staff.get("/")).text.split('name="csrf" value="')[1].split('"')[0]
    for csrf in (None, "", "x", theirs):
        answer = await staff.post(path, data={} if csrf is None else {"csrf": csrf})
        assert answer.status_code == 403
        assert "web.form_expired" in answer.text
    answer = await staff.post(path, data={"csrf": own}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403
    assert site.parts.console.store.rows == before


@pytest.mark.parametrize("path", [path for _, path in FOR_STAFF if "_id}" in path])
async def test_interview_that_does_not_exist_is_not_found(site, path):
    staff = await site.staff()
    csrf = (await staff.get("/")).text.split('name="csrf" value="')[1].split('"')[0]
    verb = next(method for method, one in FOR_STAFF if one == path)
    for name in ("nope", "..%2f..%2fetc", "' OR 1=1 --", "a" * 500):
        address = path.format(interview_id=name, submission_id=name, run_id=name, dimension=name)
        answer = (
            await staff.get(address)
            if verb == "GET"
            else await staff.post(
                address, data={"csrf": csrf, "verdict": "Hire", "reason": "r" * 20}
            )
        )
        assert answer.status_code == 404
        assert "Traceback" not in answer.text


async def test_form_with_files_is_refused(site):
    staff = await site.staff()
    answer = await staff.post("/interviews", files={"alias": ("x.txt", b"x")})
    assert answer.status_code in {400, 403}


@pytest.mark.parametrize(
    ("method", "path"), [route for route in FOR_STAFF if route[1] != "/logout"]
)
async def test_staff_route_is_shut_at_the_name_of_candidates_servers(site, method, path):
    # A page that a candidate's server made shares that origin, and the cookies set there.
    path = PREFIX + path.format(interview_id=an_interview(site).id, **NOWHERE)
    browser = await site.staff()
    assert (await browser.http.request(method, path)).status_code != 421
    site.parts.console.settings.staff_url = "http://staff.test:8000"
    answer = await browser.http.request(method, path)
    assert answer.status_code == 421
    assert "K-17" not in answer.text


async def test_staff_log_in_at_their_own_name_only_and_candidates_come_in_as_before(tmp_path):
    site = Site(tmp_path)
    site.parts.console.settings.staff_url = "http://staff.test:8000"
    site.app = create_app(site.parts.console, identity=site.identity)
    assert (await site.browser(host="staff.test:8000").get("/")).status_code == 303
    assert (await site.browser().get("/oauth_callback?code=c&state=s")).status_code == 421
    invite = invite_token(site.parts.console, an_interview(site))
    assert (await site.browser().get(f"/i/{invite}")).status_code == 200
