"""Decides, at a real hub, what one candidate's browser and pages can do to another's room.

What the proxy refuses and takes away is tried in ``hub_proxy``, with a hostile room behind it.
"""

from urllib.parse import urljoin, urlsplit

import pytest
import requests
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

pytestmark = pytest.mark.docker

ELSEWHERE = "https://evil.example"
BY_SCRIPT = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin"}
PAGE = "<script>parent.document.title = 'run'</script>"


@pytest.fixture(scope="module")
def browsers(rooms, docker_hub):
    """The browsers of two candidates, each in their own room."""
    made = []
    for room in rooms:
        browser = requests.Session()
        home = f"/user/{room.user}/lab"
        query = {"key": docker_hub.ticket(room.user), "next": home}
        assert browser.get(f"{docker_hub.url}/hub/join", params=query).url.endswith(home)
        made.append(browser)
    yield made
    for browser in made:
        browser.close()


def xsrf(browser, path: str) -> dict[str, str]:
    return {**BY_SCRIPT, "X-XSRFToken": browser.cookies.get("_xsrf", path=path)}


@pytest.mark.parametrize("path", ["lab", "api", "files/page.html", "viva/session"])
def test_room_is_shown_to_no_other_browser_though_its_server_would_answer(
    rooms, browsers, docker_hub, path
):
    _, second = rooms
    address = f"{docker_hub.url}/user/{second.user}/{path}"
    for browser in (browsers[0], requests):
        answer = browser.get(address, timeout=10)
        assert answer.status_code == 403
        assert "This door is shut" in answer.text
    assert browsers[1].get(address, timeout=10).status_code in {200, 404}
    # The control: past the proxy, the room's server answers whoever asks.
    direct = f"http://{second.address()}:8888/user/{second.user}/api"
    assert "version" in requests.get(direct, timeout=10).json()


def test_token_against_forged_requests_is_good_in_its_own_room_only(rooms, browsers, docker_hub):
    first, second = rooms
    path = f"/user/{first.user}/"
    contents = f"{docker_hub.url}{path}api/contents/"
    tokens = [
        {**BY_SCRIPT},
        {**BY_SCRIPT, "X-XSRFToken": "x"},
        xsrf(browsers[0], "/hub/"),
        xsrf(browsers[1], f"/user/{second.user}/"),
    ]
    for headers in tokens:
        answer = browsers[0].post(contents, json={"type": "file"}, headers=headers)
        assert answer.status_code == 403
    own = browsers[0].post(contents, json={"type": "file"}, headers=xsrf(browsers[0], path))
    assert own.status_code == 201
    name = own.json()["path"]
    assert browsers[0].delete(contents + name, headers=xsrf(browsers[0], path)).status_code == 204


def test_token_of_a_room_is_not_the_hubs(rooms, browsers, docker_hub):
    me = f"{docker_hub.url}/hub/api/user"
    for path, status in ((f"/user/{rooms[0].user}/", 403), ("/hub/", 200)):
        answer = browsers[0].get(me, headers=xsrf(browsers[0], path))
        assert answer.status_code == status, path


def test_pages_from_elsewhere_open_no_websocket_and_read_no_answer(rooms, browsers, docker_hub):
    path = f"/user/{rooms[0].user}/api"
    request = requests.Request("GET", f"{docker_hub.url}{path}/status")
    cookies = browsers[0].prepare_request(request).headers["Cookie"]
    address = f"{docker_hub.url.replace('http', 'ws', 1)}{path}/events/subscribe"
    shown = {"Cookie": cookies}
    with (
        pytest.raises(InvalidStatus, match="403"),
        connect(address, additional_headers=shown, origin=ELSEWHERE),
    ):
        pytest.fail("it is open")
    with connect(address, additional_headers=shown, origin=docker_hub.url) as own:
        assert own.state.name == "OPEN"
    answer = browsers[0].get(f"{docker_hub.url}{path}/status", headers={"Origin": ELSEWHERE})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_page_among_the_files_is_shown_as_nobodys(rooms, browsers, docker_hub):
    path = f"/user/{rooms[0].user}/"
    body = {"type": "file", "format": "text", "content": PAGE}
    address = f"{docker_hub.url}{path}api/contents/page.html"
    headers = xsrf(browsers[0], path)
    assert browsers[0].put(address, json=body, headers=headers).status_code == 201
    shown = browsers[0].get(f"{docker_hub.url}{path}files/page.html")
    assert shown.text == PAGE
    policy = shown.headers["Content-Security-Policy"]
    assert "sandbox allow-scripts" in policy
    assert "allow-same-origin" not in policy
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert browsers[0].delete(address, headers=headers).status_code == 204


@pytest.mark.parametrize(
    "path",
    [
        "/hub/login?next=https://evil.example/",
        "/hub/login?next=//evil.example/",
        "/hub/login?next=/%5Cevil.example/",
        "/hub//evil.example/",
        "/hub/user-redirect//evil.example/",
        "/hub/spawn?next=//evil.example/",
        "/user/{user}/login?next=//evil.example/",
        "/user/{user}/login?next=https://evil.example/",
        "/user/{user}//evil.example/",
        "/user/{user}/lab//evil.example/..",
        "//evil.example/%2e%2e/user/{user}/",
    ],
)
def test_no_address_leads_elsewhere(rooms, browsers, docker_hub, path):
    address = docker_hub.url + path.format(user=rooms[0].user)
    for _ in range(6):
        answer = browsers[0].get(address, allow_redirects=False, timeout=10)
        if "Location" not in answer.headers:
            break
        address = urljoin(address, answer.headers["Location"])
        assert urlsplit(address).netloc == urlsplit(docker_hub.url).netloc, address
