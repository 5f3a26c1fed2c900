"""Decides what a container for one submission may do: nothing but work in its own folder."""

from viva_grader.domain.question import Limits
from viva_grader.sandbox.defences import ALL, Defences
from viva_grader.sandbox.environment import ENVIRONMENT, WORK

LABEL = "viva.sandbox"
PYTHON = "/opt/viva/bin/python"
_OF_THE_IMAGE = ("PATH", "PYTHONPATH")
_SUPERVISOR_MIB = 160
"""What the supervisor holds with its imported packages, and the kernel for the container."""
_SUPERVISOR_PIDS = 4
_KEPT = ("SETUID", "SETGID", "KILL")
"""What the supervisor needs to become the submission's uid, and to end it; it drops them then."""


def options(name: str, owner: str, limits: Limits, defences: Defences = ALL) -> list[str]:
    """Give the options of one container."""
    memory = f"{limits.memory_mib + limits.disk_mib + _SUPERVISOR_MIB}m"
    size = f"size={limits.disk_mib}m,nr_inodes=4096," if defences.disk else ""
    inside = {name: value for name, value in ENVIRONMENT.items() if name not in _OF_THE_IMAGE}
    chosen = {
        "network": ["--network", "none"],
        "read_only": ["--read-only"],
        "privileges": [
            "--cap-drop", "ALL", *(word for name in _KEPT for word in ("--cap-add", name)),
            "--security-opt", "no-new-privileges",
        ],
        "pids": ["--pids-limit", str(limits.pids + _SUPERVISOR_PIDS)],
        "memory": ["--memory", memory, "--memory-swap", memory],
        "ipc": ["--ipc", "private", "--shm-size", "8m"],
        "folder": ["--tmpfs", f"{WORK}:rw,nosuid,nodev,{size}mode=1777"],
    }  # fmt: skip
    instead = {
        "ipc": ["--ipc", "host"],
        "filesystem": ["--volume", "/:/host:ro"],
        "proc": ["--security-opt", "systempaths=unconfined"],
        "seccomp": ["--security-opt", "seccomp=unconfined"],
    }
    missing = defences.missing()
    command = [word for name, words in chosen.items() if name not in missing for word in words]
    command += [word for name in missing for word in instead.get(name, [])]
    return [
        *(word for name, value in inside.items() for word in ("--env", f"{name}={value}")),
        "--interactive", "--rm", "--name", name, "--label", f"{LABEL}={owner}",
        *command, "--user", "0:0", "--log-driver", "none", "--workdir", WORK, "--init",
    ]  # fmt: skip
