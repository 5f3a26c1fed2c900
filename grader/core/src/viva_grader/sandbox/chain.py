"""Decides whether a sandbox is ending, however late that is to be seen from outside."""

from pathlib import Path


def chain_of(pid: int) -> tuple[int, ...]:
    """List bubblewrap, the first process of its namespace, and the zygote, before any room is."""
    found: list[int] = []
    while pid:
        found.append(pid)
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        pid = int(children[0]) if children else 0
    return tuple(found)


def is_ending(chain: tuple[int, ...]) -> bool:
    """Say whether one of a sandbox's processes is ending, or has ended.

    A process that ends gives up its memory before anything that ends with it is told. So there is
    nothing to wait for: where a room ended with its sandbox, this is so already.
    """
    for pid in chain:
        try:
            if not Path(f"/proc/{pid}/cmdline").read_bytes():
                return True
        except OSError:
            return True
    return False
