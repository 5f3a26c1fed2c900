"""Decides how a kernel is started within its own walls, and what little it is handed."""

import os
import subprocess
from pathlib import Path
from typing import Any

from jupyter_client.ioloop.manager import AsyncIOLoopKernelManager
from traitlets import default

from viva_lab.first_kernel import FirstKernelWaits

# The kernelspec's word for the one folder of connections that this kernel sees.
CONNECTION_DIR = "{connection_dir}"
# Its word for the file from which bubblewrap reads what the kernel may not ask of the system.
FILTER = "{filter}"


class WalledKernel(AsyncIOLoopKernelManager):
    """One kernel, reached over sockets in a folder of its own, told nothing of the server's."""

    @default("transport")
    def _default_transport(self) -> str:
        return "ipc"

    def format_kernel_cmd(self, extra_arguments: list[str] | None = None) -> list[str]:
        """Return the kernelspec's command with this kernel's folder in it.

        Raises
        ------
        RuntimeError
            If it is not the kernelspec that the hub made, which begins with the kernel's walls.
        """
        folder = str(Path(self.connection_file).parent)
        words = super().format_kernel_cmd(extra_arguments)
        if CONNECTION_DIR not in words:
            raise RuntimeError("this kernelspec has no walls")
        return [word.replace(CONNECTION_DIR, folder) for word in words]

    async def _async_launch_kernel(self, kernel_cmd: list[str], **kw: Any) -> None:
        # Between here and the kernel stands bubblewrap, still outside the kernel's walls: nothing
        # that a request or the server's environment holds may steer it. Its output goes nowhere,
        # because a kernel could fill the server's log with it.
        kw |= {"env": {"PATH": os.environ["PATH"]}, "cwd": "/", "independent": True}
        kw |= {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with Path(os.environ["VIVA_KERNEL_FILTER"]).open("rb") as filter_file:
            fd = filter_file.fileno()
            words = [str(fd) if word == FILTER else word for word in kernel_cmd]
            await super()._async_launch_kernel(words, **(kw | {"pass_fds": (fd,)}))


class WalledKernels(FirstKernelWaits):
    """All kernels of a server; each has a folder for its connection that no other one sees."""

    @default("kernel_manager_class")
    def _default_kernel_manager_class(self) -> Any:
        return f"{__name__}.WalledKernel"

    def pre_start_kernel(self, kernel_name: str | None, kwargs: Any) -> Any:
        """Make the kernel's folder, then its manager."""
        kernel_id = kwargs.get("kernel_id") or self.new_kernel_id(**kwargs)
        kwargs["kernel_id"] = kernel_id
        # The name is short, because a socket's path is; it is ours, because an id may be the
        # browser's choice.
        folder = Path(os.environ["VIVA_CONNECTIONS"], os.urandom(6).hex())
        folder.mkdir(mode=0o700, parents=True)
        self.connection_dir = str(folder)
        return super().pre_start_kernel(kernel_name, kwargs)
