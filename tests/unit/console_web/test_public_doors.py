from viva_console.api.rates import Rate
from viva_console.api.terms import Terms
from viva_console.domain.errors import UnavailableError

from tests.fakes.web_client import Site


def strict(**rates: Rate) -> Terms:
    wide = Rate(burst=1000, per_s=1000.0)
    return Terms(**{"address_rate": wide, "key_rate": wide, "guess_rate": wide, **rates})


async def test_guessing_invites_is_slowed_long_before_visiting_is(tmp_path):
    site = Site(tmp_path, strict(guess_rate=Rate(burst=3, per_s=0.1)))
    browser = site.browser(address="203.0.113.7")
    statuses = [(await browser.get(f"/i/guess-{n}")).status_code for n in range(5)]
    assert statuses == [404, 404, 404, 429, 429]
    assert (await site.browser(address="203.0.113.8").get("/i/guess")).status_code == 404


async def test_guessing_panel_tokens_is_slowed(tmp_path):
    site = Site(tmp_path, strict(guess_rate=Rate(burst=2, per_s=0.1)))
    browser = site.browser(address="203.0.113.7")
    statuses = [
        (
            await browser.get("/panel/v1/brief", headers={"authorization": f"Bearer g{n}"})
        ).status_code
        for n in range(4)
    ]
    assert statuses == [401, 401, 429, 429]


async def test_too_many_requests_say_when_to_come_back(tmp_path):
    site = Site(tmp_path, strict(address_rate=Rate(burst=1, per_s=0.25)))
    browser = site.browser(address="203.0.113.7")
    await browser.get("/i/one")
    answer = await browser.get("/i/two")
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["retry-after"]) <= 5
    assert "wait a moment" in answer.text


async def test_asking_for_health_is_counted_because_it_asks_the_store(tmp_path):
    site = Site(tmp_path, strict(address_rate=Rate(burst=2, per_s=0.1)))
    browser = site.browser(address="203.0.113.7")
    assert [(await browser.get("/health")).status_code for _ in range(3)] == [200, 200, 429]


async def test_one_key_is_counted_wherever_it_comes_from(tmp_path):
    site = Site(tmp_path, strict(key_rate=Rate(burst=2, per_s=0.1)))
    statuses = [
        (await site.browser(address=f"203.0.113.{n}").get("/i/the-same")).status_code
        for n in range(1, 4)
    ]
    assert statuses == [404, 404, 429]


async def test_forwarded_address_counts_only_where_our_proxy_said_it(tmp_path):
    site = Site(tmp_path, strict(address_rate=Rate(burst=1, per_s=0.01)))
    behind_proxy = site.browser(address="127.0.0.1")
    # The candidate wrote the first entry; the proxy added the last.
    first = await behind_proxy.get("/i/a", headers={"x-forwarded-for": "198.51.100.1, 203.0.113.1"})
    again = await behind_proxy.get("/i/a", headers={"x-forwarded-for": "198.51.100.2, 203.0.113.1"})
    other = await behind_proxy.get("/i/a", headers={"x-forwarded-for": "203.0.113.2"})
    assert [first.status_code, again.status_code, other.status_code] == [404, 429, 404]
    direct = site.browser(address="203.0.113.9")
    statuses = [
        (await direct.get("/i/a", headers={"x-forwarded-for": f"198.51.100.{n}"})).status_code
        for n in range(2)
    ]
    assert statuses == [404, 429]


async def test_metrics_are_for_this_machine_only(site):
    here = await site.browser(address="127.0.0.1").get("/metrics")
    through_proxy = await site.browser(address="127.0.0.1").get(
        "/metrics", headers={"x-forwarded-for": "127.0.0.1"}
    )
    elsewhere = await site.browser(address="203.0.113.7").get("/metrics")
    assert here.status_code == 200
    assert [through_proxy.status_code, elsewhere.status_code] == [404, 404]


async def test_metrics_count_routes_and_name_no_invite(site):
    browser = site.browser()
    await browser.get("/i/an-invite-that-must-not-be-logged")
    numbers = (await browser.get("/metrics")).text
    assert 'route="/i/{invite}",status="404"' in numbers
    assert "an-invite-that-must-not-be-logged" not in numbers


async def test_health_says_so_when_the_store_is_gone(site):
    def gone():
        raise UnavailableError("away")

    assert (await site.browser().get("/health")).json() == {"status": "ok"}
    site.parts.console.store.unit = gone
    answer = await site.browser().get("/health")
    assert answer.status_code == 503
