"""Decides what a candidate's two containers may use: no capability, and so much."""

from typing import Any

from docker.types import LogConfig, Ulimit

from viva_hub.docker_spawner.syscalls import profile
from viva_hub.settings import HubSettings

MIB = 1024 * 1024
# No account of a host has this number: a person with the same one could read a room's processes.
SERVER_UID = 59_440
POSTGRES_UID = 70
CPU_PERIOD_US = 100_000
OPEN_FILES = 4096
SCRATCH_FILES = 65_536
# Never routed, never assigned: whatever asks the engine's name server gets no answer from beyond.
NO_NAME_SERVER = "240.0.0.1"


def log_config() -> LogConfig:
    """Give a log that cannot fill the host's disk: by default 543 MB were written in 3 s."""
    options = {"max-size": "1m", "max-file": "2"}
    return LogConfig(type=LogConfig.types.JSON, config=options)


def _walls(memory_mib: int, pids: int, file_mib: int) -> dict[str, Any]:
    return {
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges", f"seccomp={profile()}"],
        "mem_limit": memory_mib * MIB,
        # The same figure as for memory alone: no swap.
        "memswap_limit": memory_mib * MIB,
        "pids_limit": pids,
        "ulimits": [
            Ulimit(name="nofile", soft=OPEN_FILES, hard=OPEN_FILES),
            Ulimit(name="fsize", soft=file_mib * MIB, hard=file_mib * MIB),
            Ulimit(name="core", soft=0, hard=0),
        ],
        "log_config": log_config(),
    }


def server_host_config(settings: HubSettings) -> dict[str, Any]:
    """Give the host's side of the container with the candidate's server and kernels."""
    # A file without a byte costs the host memory, and a size alone does not count it.
    bounds = f"size={settings.candidate_disk_mib}m,nr_inodes={SCRATCH_FILES}"
    scratch = f"rw,nosuid,nodev,mode=1777,{bounds}"
    return {
        **_walls(
            settings.candidate_memory_mib, settings.candidate_pids, settings.candidate_disk_mib
        ),
        "tmpfs": {"/tmp": scratch},  # noqa: S108 - the container's own
        "dns": [NO_NAME_SERVER],
        # A look-up fails at once instead of after twenty seconds.
        "dns_opt": ["timeout:1", "attempts:1"],
        # A first process that buries the orphans of kernels.
        "init": True,
        # What became of a server that ended by itself is read from its container.
        "auto_remove": False,
    }


def database_host_config(settings: HubSettings, volumes: dict[str, str]) -> dict[str, Any]:
    """Give the host's side of the container with the candidate's PostgreSQL.

    Parameters
    ----------
    settings : HubSettings
        For the limits.
    volumes : dict
        Names of volumes and where the container sees them.
    """
    file_mib = max(settings.candidate_disk_mib, settings.database_memory_mib)
    return {
        **_walls(settings.database_memory_mib, settings.database_pids, file_mib),
        # One core: a query in each of ten sessions would otherwise take the whole machine.
        "cpu_period": CPU_PERIOD_US,
        "cpu_quota": CPU_PERIOD_US,
        "network_mode": "none",
        "binds": {name: {"bind": path, "mode": "rw"} for name, path in volumes.items()},
        "shm_size": 64 * MIB,
        # Whoever ends the server from inside finds it back, with what was committed. Not "unless
        # stopped": to the engine a container that was sent any signal has been stopped by hand.
        "restart_policy": {"Name": "always"},
    }
