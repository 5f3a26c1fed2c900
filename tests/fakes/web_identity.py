"""Decides what stands in for the hub's logins: tokens and codes that are known beforehand."""

from dataclasses import dataclass, field

from viva_console.api.problems import NotStaffError
from viva_console.domain.errors import UnavailableError

AUTHORIZE = "/hub/api/oauth2/authorize?client_id=service-console"


@dataclass
class FakeIdentity:
    """A hub that knows one member of staff and one candidate.

    ``silent`` makes it fail as a hub that is down; a hub session in ``ended`` is logged out.
    """

    tokens: dict[str, str | None] = field(
        default_factory=lambda: {"staff-token": "reviewer", "candidate-token": None}
    )
    codes: dict[str, str] = field(
        default_factory=lambda: {"staff-code": "staff-token", "candidate-code": "candidate-token"}
    )
    verifiers: list[str] = field(default_factory=list)
    ended: set[str] = field(default_factory=set)
    silent: bool = False

    def begin(self, state: str) -> tuple[str, str]:
        self.verifiers.append(f"verifier-{len(self.verifiers)}")
        return f"{AUTHORIZE}&state={state}", self.verifiers[-1]

    async def finish(self, code: str, verifier: str) -> str:
        self._answer()
        if code not in self.codes or verifier not in self.verifiers:
            raise NotStaffError("The hub did not accept this login. Please try again.")
        return self.codes[code]

    async def staff_name(self, token: str, hub_session: str) -> str | None:
        self._answer()
        if token not in self.tokens or hub_session in self.ended:
            return None
        name = self.tokens[token]
        if name is None:
            raise NotStaffError("These pages are for staff. You are logged in as a candidate.")
        return name

    def _answer(self) -> None:
        if self.silent:
            raise UnavailableError("The hub does not answer. Please try again in a moment.")
