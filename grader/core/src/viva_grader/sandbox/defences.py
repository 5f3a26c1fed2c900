"""Decides which defences a sandbox has: all of them, unless a test takes one away by hand."""

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True)
class Defences:
    """What stands between a submission and the machine, by name; every one is on.

    A test that wants to see an attack succeed gives a sandbox ``Defences(seccomp=False)`` in its
    own code. No setting, no environment and no question can: only the constructors of the two
    adapters take it.

    Attributes
    ----------
    seccomp : bool
        The filter of system calls.
    network : bool
        A network namespace of its own, without an interface.
    processes : bool
        A PID namespace of its own (bubblewrap), a uid of its own beside the supervisor (Docker):
        without it a submission can signal what is not its own.
    ipc : bool
        An IPC namespace of its own.
    filesystem : bool
        The interpreter's folders and nothing else of the host.
    read_only : bool
        Everything but the working folder is read-only.
    proc : bool
        No ``/proc`` (bubblewrap), a masked one (Docker).
    folder : bool
        A working folder, ``/tmp`` and ``/dev/shm`` of its own, gone with the submission.
    privileges : bool
        A uid of its own, no capability, no way to gain one.
    memory, pids, disk, files, cpu : bool
        The limit of that name.
    """

    seccomp: bool = True
    network: bool = True
    processes: bool = True
    ipc: bool = True
    filesystem: bool = True
    read_only: bool = True
    proc: bool = True
    folder: bool = True
    privileges: bool = True
    memory: bool = True
    pids: bool = True
    disk: bool = True
    files: bool = True
    cpu: bool = True

    def missing(self) -> list[str]:
        """Name those that a test took away."""
        return [field.name for field in fields(self) if not getattr(self, field.name)]


ALL = Defences()
