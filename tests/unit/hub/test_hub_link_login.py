"""Decides who gets in by a link, who by the operator's authenticator, and as whom."""

from types import SimpleNamespace

import pytest
from itsdangerous import URLSafeTimedSerializer
from jupyterhub.auth import Authenticator
from viva_hub.authenticator.handlers import KeyLogin
from viva_hub.authenticator.link_login import LinkLogin, LinksOnly
from viva_hub.authenticator.staff_key import StaffKey
from viva_hub.authenticator.tickets import TICKET_MAX_AGE_S, Ticket, read_ticket

TICKET_KEY = "the key of console and hub"
STAFF_KEY = "the key in the terminal"
CANDIDATE = "c-abcdefgh2345"


def ticket(claims, key=TICKET_KEY, salt="viva.join", age_s=0) -> str:
    class Earlier(URLSafeTimedSerializer.default_signer):
        def get_timestamp(self) -> int:
            return super().get_timestamp() - age_s

    return URLSafeTimedSerializer(key, salt=salt, signer=Earlier).dumps(claims)


@pytest.mark.parametrize("age_s", [0, TICKET_MAX_AGE_S - 5])
def test_ticket_names_its_candidate_for_a_minute(age_s):
    given = ticket({"user": CANDIDATE, "opens": True}, age_s=age_s)
    assert read_ticket(given, TICKET_KEY) == Ticket(CANDIDATE, opens=True)


@pytest.mark.parametrize("claims", [{}, {"opens": False}, {"opens": "yes"}, {"opens": 1}])
def test_ticket_that_does_not_say_so_opens_no_room(claims):
    given = ticket({"user": CANDIDATE, **claims})
    assert read_ticket(given, TICKET_KEY) == Ticket(CANDIDATE, opens=False)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "nonsense",
        "a.b.c",
        ticket({"user": CANDIDATE}, key="another key"),
        ticket({"user": CANDIDATE}, salt="viva.invite"),
        ticket({"user": CANDIDATE}, age_s=TICKET_MAX_AGE_S + 5),
        ticket({"user": CANDIDATE}) + "x",
        ticket({"user": "staff"}),
        ticket({"user": "c-abcdefgh2345\n"}),
        ticket({"user": ["c-abcdefgh2345"]}),
        ticket({"name": CANDIDATE}),
        ticket([CANDIDATE]),
        ticket(CANDIDATE),
        ticket(None),
    ],
)
def test_bad_ticket_names_nobody(bad):
    assert read_ticket(bad, TICKET_KEY) is None


def test_staff_key_is_good_once(tmp_path):
    key = StaffKey(STAFF_KEY, tmp_path / "hub" / "spent")
    assert not key.spend("another key")
    assert key.spend(STAFF_KEY)
    assert not key.spend(STAFF_KEY)


def test_staff_key_stays_spent_after_a_restart_and_a_new_one_is_good(tmp_path):
    assert StaffKey(STAFF_KEY, tmp_path / "spent").spend(STAFF_KEY)
    assert not StaffKey(STAFF_KEY, tmp_path / "spent").spend(STAFF_KEY)
    assert StaffKey("a new key", tmp_path / "spent").spend("a new key")


def test_spent_keys_are_kept_as_hashes_in_a_private_file(tmp_path):
    StaffKey(STAFF_KEY, tmp_path / "spent").spend(STAFF_KEY)
    assert STAFF_KEY not in (tmp_path / "spent").read_text()
    assert (tmp_path / "spent").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("offered", ["", "\udcff", "ключ"])
def test_empty_key_lets_nobody_in(tmp_path, offered):
    assert not StaffKey("", tmp_path / "spent").spend(offered)
    assert not StaffKey(STAFF_KEY, tmp_path / "spent").spend(offered)


class Directory(Authenticator):
    """An operator's authenticator: it believes whoever knows the word."""

    async def authenticate(self, handler, data):
        known = data.get("password") == "word"
        return {"name": data["username"], "admin": True, "groups": ["hiring"]} if known else None

    async def refresh_user(self, user, handler=None):
        return {"name": user.name, "groups": ["hiring"], "admin": True}


class LinksAndDirectory(LinkLogin, Directory):
    """Both."""


class Links(LinkLogin, LinksOnly):
    """Links only."""


class Hub:
    """As much of a handler as an authenticator asks for."""

    def __init__(self, *users: str) -> None:
        self._users = users

    def find_user(self, name: str):
        return SimpleNamespace(name=name) if name in self._users else None


def authenticator(kind, tmp_path) -> LinkLogin:
    made = kind(ticket_key=TICKET_KEY, staff_key=STAFF_KEY)
    made.spent_keys_file = str(tmp_path / "spent")
    made.allow_all = True
    return made


@pytest.mark.parametrize("kind", [Links, LinksAndDirectory])
async def test_staff_link_gives_a_member_of_staff_once(tmp_path, kind):
    made = authenticator(kind, tmp_path)
    model = await made.get_authenticated_user(Hub(), KeyLogin("staff", STAFF_KEY))
    assert (model["name"], model["groups"], model["admin"]) == ("staff", ["staff"], False)
    assert await made.get_authenticated_user(Hub(), KeyLogin("staff", STAFF_KEY)) is None


@pytest.mark.parametrize("kind", [Links, LinksAndDirectory])
async def test_ticket_gives_a_candidate_whom_the_console_made(tmp_path, kind):
    made = authenticator(kind, tmp_path)
    login = KeyLogin("join", ticket({"user": CANDIDATE}))
    model = await made.get_authenticated_user(Hub(CANDIDATE), login)
    assert (model["name"], model["groups"], model["admin"]) == (CANDIDATE, [], False)


async def test_ticket_does_not_bring_a_deleted_candidate_back(tmp_path):
    login = KeyLogin("join", ticket({"user": CANDIDATE}))
    assert await authenticator(Links, tmp_path).get_authenticated_user(Hub(), login) is None


async def test_keys_of_one_link_do_not_open_the_other(tmp_path):
    made = authenticator(Links, tmp_path)
    swapped = [KeyLogin("join", STAFF_KEY), KeyLogin("staff", ticket({"user": CANDIDATE}))]
    assert [await made.get_authenticated_user(Hub(CANDIDATE), login) for login in swapped] == [
        None,
        None,
    ]


@pytest.mark.parametrize(
    "form",
    [
        {"username": "staff", "password": "word"},
        {"username": CANDIDATE, "password": "word"},
        {"username": "somebody", "kind": "staff", "key": STAFF_KEY},
    ],
)
async def test_form_cannot_pose_as_a_link(tmp_path, form):
    for kind in (Links, LinksAndDirectory):
        assert await authenticator(kind, tmp_path).get_authenticated_user(Hub(), form) is None


async def test_operators_users_are_staff_and_never_administrators(tmp_path):
    made = authenticator(LinksAndDirectory, tmp_path)
    form = {"username": "interviewer", "password": "word"}
    model = await made.get_authenticated_user(Hub(), form)
    assert (model["name"], model["groups"]) == ("interviewer", ["hiring", "staff"])
    assert model["admin"] is False


async def test_refresh_keeps_staff_in_their_group_and_leaves_candidates_alone(tmp_path):
    made = authenticator(LinksAndDirectory, tmp_path)
    fresh = await made.refresh_user(SimpleNamespace(name="interviewer"))
    assert (fresh["groups"], fresh["admin"]) == (["hiring", "staff"], False)
    assert await made.refresh_user(SimpleNamespace(name=CANDIDATE)) is True
    assert await made.refresh_user(SimpleNamespace(name="staff")) is True
