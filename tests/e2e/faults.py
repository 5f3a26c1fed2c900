"""Decides how the rooms of each deployment are broken, and where their files lie."""

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Protocol

from viva_hub.docker_spawner.names import RoomNames, hub_tag

from tests.e2e.rooms import room_process


class Faults(Protocol):
    """What may happen to a candidate's room."""

    home: Path
    limits_each_kernel: ClassVar[bool]
    """Whether one kernel meets a limit of its own before the room does."""

    def kill_server(self, user: str) -> None:
        """End the room's server and kernels at once."""
        ...

    def kill_database(self, user: str) -> None:
        """End the candidate's PostgreSQL at once."""
        ...

    def files(self, user: str) -> Path:
        """Give the folder with the candidate's files, as this machine sees it."""
        ...


@dataclass(frozen=True)
class EmbeddedFaults:
    """Rooms of namespaces."""

    home: Path
    limits_each_kernel: ClassVar[bool] = True

    def kill_server(self, user: str) -> None:
        os.kill(room_process(self.home, user, "server"), signal.SIGKILL)

    def kill_database(self, user: str) -> None:
        os.kill(room_process(self.home, user, "database"), signal.SIGKILL)

    def files(self, user: str) -> Path:
        return self.home / "candidates" / user / "notebooks"


@dataclass(frozen=True)
class DockerFaults:
    """Rooms of containers."""

    home: Path
    limits_each_kernel: ClassVar[bool] = False

    def kill_server(self, user: str) -> None:
        _kill_container(self._names(user).server)

    def kill_database(self, user: str) -> None:
        _kill_container(self._names(user).database)

    def files(self, user: str) -> Path:
        return self.home / "disks" / self._names(user).server / "home"

    def _names(self, user: str) -> RoomNames:
        return RoomNames(hub_tag(self.home), user)


def _kill_container(name: str) -> None:
    subprocess.run(["docker", "kill", name], check=True, capture_output=True)
