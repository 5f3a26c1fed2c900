"""Decides what the console may ask for a candidate's server, and what the server is told of it."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, StringConstraints, ValidationError

from viva_hub.databases import address
from viva_hub.errors import BadRoomError

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class RoomOptions(BaseModel):
    """``user_options`` of the console's request for a server.

    Attributes
    ----------
    interview : str
        The interview's id; for logs and labels only.
    fixture : str or None
        The slug of the prepared database that the candidate gets, or none.
    session_token : str
        What the candidate's panel shows the console; good for this session only.
    console_path : str
        Where the console answers, as a path on the public address.
    begun : bool
        Whether the interview has begun: its database admits the candidate from the start.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    interview: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    fixture: Slug | None = None
    session_token: Annotated[str, StringConstraints(min_length=1, max_length=512)]
    console_path: Annotated[str, StringConstraints(pattern=r"^(/[A-Za-z0-9_-]+)+$", max_length=128)]
    begun: bool = False

    @classmethod
    def parse(cls, user_options: dict[str, Any]) -> "RoomOptions":
        """Read what the console sent.

        Raises
        ------
        BadRoomError
            If a field is missing, unknown or malformed; the message names the fields, not the
            values, for one of them is a secret.
        """
        try:
            return cls.model_validate(user_options)
        except ValidationError as error:
            fields = sorted({".".join(map(str, item["loc"])) for item in error.errors()})
            raise BadRoomError(f"a room cannot be made from these: {', '.join(fields)}") from None

    def environment(self) -> dict[str, str]:
        """Give the variables that the candidate's server and kernels are started with."""
        variables = {
            "VIVA_SESSION_TOKEN": self.session_token,
            "VIVA_CONSOLE_PATH": self.console_path,
            "VIVA_HAS_DATABASE": "1" if self.fixture else "0",
        }
        if self.fixture:
            variables["DATABASE_URL"] = address(self.fixture, "/pg")
        return variables


def check_user_options(spawner: Any, user_options: dict[str, Any]) -> None:
    """Refuse a malformed request for a room before anything is made; JupyterHub answers 400.

    Parameters
    ----------
    spawner : Spawner
        Not used; the spawner reads the options when it starts.
    user_options : dict
        What the console sent.
    """
    RoomOptions.parse(user_options)
