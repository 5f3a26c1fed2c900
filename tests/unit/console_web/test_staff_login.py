from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.requests import cookie_parser
from viva_console.api.browser import LOGIN
from viva_console.api.staff import inner_path
from viva_console.pages.app import create_app

from tests.fakes.console_parts import console_on_fakes
from tests.fakes.web_client import PREFIX
from tests.fakes.web_identity import AUTHORIZE, FakeIdentity


async def begin(browser, path="/"):
    sent = await browser.get(path)
    assert sent.status_code == 303
    assert sent.headers["location"].startswith(AUTHORIZE)
    return parse_qs(urlsplit(sent.headers["location"]).query)["state"][0]


async def finish(browser, state, code="staff-code"):
    return await browser.get("/oauth_callback", params={"code": code, "state": state})


async def test_login_leads_back_to_the_page_that_was_asked_for(site):
    browser = site.browser()
    state = await begin(browser, "/interviews/new?x=1")
    back = await finish(browser, state)
    assert back.headers["location"] == f"{PREFIX}/interviews/new?x=1"
    assert (await browser.get("/")).status_code == 200


async def test_login_is_recorded_by_name(site):
    await site.staff()
    assert list(site.parts.console.store.rows.users) == ["reviewer"]


async def test_session_cookie_is_out_of_reach_for_scripts_and_other_paths(site):
    browser = site.browser()
    answer = await finish(browser, await begin(browser))
    cookie = next(c for c in answer.headers.get_list("set-cookie") if "viva-staff=" in c)
    assert "HttpOnly" in cookie
    assert "Path=/services/console/" in cookie
    assert "SameSite=lax" in cookie
    assert "staff-token" not in cookie


async def test_callback_with_another_state_is_refused(site):
    browser = site.browser()
    await begin(browser)
    for state in ("of-somebody-else", "\u00e4", ""):
        answer = await finish(browser, state)
        assert answer.status_code == 403
        assert "viva-staff" not in browser.http.cookies


async def test_callback_in_a_browser_that_began_nothing_is_refused(site):
    state = await begin(site.browser())
    victim = site.browser()
    assert (await finish(victim, state)).status_code == 403
    assert "viva-staff" not in victim.http.cookies


async def test_callback_after_the_login_took_too_long_is_refused(site):
    browser = site.browser()
    state = await begin(browser)
    site.parts.clock.forward(seconds=601)
    assert (await finish(browser, state)).status_code == 403


async def test_code_that_the_hub_does_not_know_is_refused(site):
    browser = site.browser()
    answer = await finish(browser, await begin(browser), code="made-up")
    assert answer.status_code == 403
    assert "did not accept this login" in answer.text


async def test_candidate_who_logs_in_gets_no_session(site):
    browser = site.browser()
    answer = await finish(browser, await begin(browser), code="candidate-code")
    assert answer.status_code == 403
    assert "for staff" in answer.text
    assert "viva-staff" not in browser.http.cookies


async def test_session_ends_after_eight_idle_hours_and_lives_on_while_used(site):
    staff = await site.staff()
    for _ in range(3):
        site.parts.clock.forward(hours=3)
        assert (await staff.get("/")).status_code == 200
    staff = await site.staff()
    site.parts.clock.forward(hours=8, seconds=1)
    assert (await staff.get("/")).status_code == 303


async def test_page_that_looks_again_by_itself_keeps_no_session_alive(site):
    staff = await site.staff()
    for _ in range(3):
        site.parts.clock.forward(hours=2.6)
        answer = await staff.get("/", headers={"hx-request": "true"})
        assert answer.status_code == 200
    site.parts.clock.forward(hours=1)
    assert (await staff.get("/", headers={"hx-request": "true"})).status_code == 401


async def test_session_ends_at_its_greatest_age_however_busy(site):
    staff = await site.staff()
    for _ in range(4):
        site.parts.clock.forward(hours=2.9)
        assert (await staff.get("/")).status_code == 200
    site.parts.clock.forward(hours=1)
    assert (await staff.get("/")).status_code == 303


async def test_session_ends_at_once_when_the_hub_has_ended_it(site):
    staff = await site.staff()
    staff.http.cookies.set("jupyterhub-session-id", "s1")
    assert (await staff.get("/")).status_code == 200
    site.identity.ended.add("s1")
    assert (await staff.get("/")).status_code == 303


async def test_cookie_that_was_altered_or_made_for_another_use_is_nobody(site):
    staff = await site.staff()
    good = staff.http.cookies["viva-staff"]
    for bad in (good[:-2] + "AA", "", "x.y.z", site.parts.console.signer.sign(LOGIN, {"sid": "s"})):
        staff.http.cookies.clear()
        staff.http.cookies.set("viva-staff", bad, domain="viva.test", path=f"{PREFIX}/")
        assert (await staff.get("/")).status_code == 303


@pytest.mark.parametrize("tossed", ["x", "", "made for another use"])
async def test_cookie_of_the_same_name_set_elsewhere_shuts_nobody_out(site, tossed):
    """A candidate's page may set one for a wider path; browsers send both, it comes last."""
    tossed = site.parts.console.signer.sign(LOGIN, {"state": "s"}) if "use" in tossed else tossed
    staff = await site.staff()
    own = staff.http.cookies["viva-staff"]
    for header in (
        f"viva-staff={own}; viva-staff={tossed}",
        f"viva-staff={tossed}; viva-staff={own}; a=1",
    ):
        answer = await site.browser().get("/", headers={"cookie": header})
        assert answer.status_code == 200
    header = f"viva-staff={own}; viva-staff={tossed}"
    assert cookie_parser(header)["viva-staff"] == tossed, "the control: others believe the last"
    assert (await site.browser().get("/", headers={"cookie": f"viva-staff={tossed}"})).is_redirect


async def test_login_tossed_beside_ones_own_stops_no_login(site):
    browser, attacker = site.browser(), site.browser()
    state, theirs = await begin(browser), await begin(attacker)
    own = browser.http.cookies["viva-login"]
    tossed = attacker.http.cookies["viva-login"]
    both = {"cookie": f"viva-login={own}; viva-login={tossed}"}
    answer = await site.browser().get(
        "/oauth_callback", params={"code": "staff-code", "state": state}, headers=both
    )
    assert answer.status_code == 303
    alone = {"cookie": f"viva-login={own}"}
    answer = await site.browser().get(
        "/oauth_callback", params={"code": "staff-code", "state": theirs}, headers=alone
    )
    assert answer.status_code == 403


async def test_hub_that_is_silent_is_said_and_is_no_login(site):
    staff = await site.staff()
    site.identity.silent = True
    answer = await staff.get("/")
    assert answer.status_code == 503
    assert "hub does not answer" in answer.text


async def test_script_that_looks_again_after_the_session_is_told_to_reload(site):
    answer = await site.browser().get("/", headers={"hx-request": "true"})
    assert answer.status_code == 401
    assert answer.headers["hx-refresh"] == "true"


async def test_logout_needs_the_sessions_own_form(site):
    staff = await site.staff()
    assert (await staff.post("/logout", data={"csrf": "made-up"})).status_code == 403
    assert (await staff.get("/")).status_code == 200
    answer = await staff.send("/", "/logout")
    assert answer.headers["location"] == "/hub/logout"
    assert (await staff.get("/")).status_code == 303


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/",
        "/services/console/../../hub/logout",
        "/services/console/\\evil",
        "/services/consoleevil/",
        "/user/c-aaaaaaaaaaaa/files/x.html",
        "javascript:alert(1)",
        "/services/console/a\nb",
        "",
    ],
)
def test_login_leads_nowhere_but_into_the_console(site, wanted):
    assert inner_path(site.app.state.web, wanted) == f"{PREFIX}/"


def test_idle_hours_are_a_setting(tmp_path):
    console = console_on_fakes(tmp_path).console
    console.settings.idle_hours = 0.5
    app = create_app(console, identity=FakeIdentity())
    assert app.state.web.terms.staff_idle_s == 1800
