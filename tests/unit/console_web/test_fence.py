import asyncio

import httpx
import pytest
from viva_console.api.fence import host_name
from viva_console.api.terms import Terms

from tests.fakes.web_client import PREFIX, SITE, Site


async def test_every_answer_carries_the_security_headers_also_a_refusal(site):
    browser = site.browser()
    for path in ("/health", "/i/nonsense", "/nowhere", "/static/theme.css"):
        headers = (await browser.get(path)).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy, path
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


async def test_private_pages_are_never_stored_and_versioned_files_are(site):
    staff = await site.staff()
    assert (await staff.get("/")).headers["cache-control"] == "no-store"
    assert "immutable" in (await staff.get("/static/theme.css?v=1")).headers["cache-control"]
    assert "immutable" not in (await staff.get("/static/theme.css")).headers["cache-control"]


async def test_script_nonces_differ_between_answers_and_stand_in_the_page(site):
    staff = await site.staff()
    pages = [await staff.get("/"), await staff.get("/")]
    nonces = [
        page.headers["content-security-policy"].split("'nonce-")[1].split("'")[0] for page in pages
    ]
    assert nonces[0] != nonces[1]
    for page, nonce in zip(pages, nonces, strict=True):
        assert page.text.count("<script") == page.text.count(f'nonce="{nonce}" defer')
        assert "style=" not in page.text


@pytest.mark.parametrize("host", ["evil.example", "viva.test.evil.example", "", "viva.test:80:80"])
async def test_host_that_is_not_ours_is_refused(site, host):
    answer = await site.browser(host=host).get("/health")
    assert answer.status_code == 421
    assert host not in answer.text or not host


@pytest.mark.parametrize("host", ["VIVA.test:8000", "localhost", "127.0.0.1:8010", "[::1]:8010"])
async def test_host_that_is_ours_is_taken(site, host):
    assert (await site.browser(host=host).get("/health")).status_code == 200


def test_host_name_drops_the_port_and_keeps_brackets():
    assert host_name("[::1]:8000") == "[::1]"
    assert host_name("Viva.Test") == "viva.test"


async def test_body_larger_than_a_form_is_refused_whether_declared_or_not(site):
    async def pieces():
        for _ in range(100):
            yield b"x" * 1024

    browser = site.browser()
    declared = await browser.post("/panel/v1/submit", content=b"x" * 70_000)
    streamed = await browser.post("/panel/v1/submit", content=pieces())
    lying = await browser.post("/panel/v1/submit", content=b"x", headers={"content-length": "-1"})
    for answer in (declared, streamed, lying):
        assert answer.status_code == 413
        assert answer.json()["code"] == "web.too_large"


async def test_body_that_trickles_is_given_up(tmp_path):
    async def drops():
        while True:
            yield b"x"
            await asyncio.sleep(0.01)

    site = Site(tmp_path, Terms(body_s=0.05))
    answer = await site.browser().post("/panel/v1/submit", content=drops())
    assert answer.status_code == 408


async def test_failure_that_nobody_foresaw_shows_plain_words_and_no_trace(site, capsys):
    def explode() -> list[object]:
        raise RuntimeError("the-secret-inside")

    site.parts.grader.questions = explode
    staff = await site.staff()
    page = await staff.get("/interviews/new")
    assert page.status_code == 500
    assert "Something went wrong on our side" in page.text
    assert "web.failed" in page.text
    assert "the-secret-inside" not in page.text
    assert "Traceback" not in page.text
    assert "content-security-policy" in page.headers
    logged = capsys.readouterr()
    assert "the-secret-inside" in logged.out + logged.err


async def test_candidate_page_failure_is_answered_for_programs_as_json(site):
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(site.app),
        base_url=SITE,
        headers={"accept": "application/json"},
    ) as program:
        answer = await program.get(f"{PREFIX}/i/nonsense")
    assert answer.status_code == 404
    assert answer.json()["code"] == "link.invalid"
