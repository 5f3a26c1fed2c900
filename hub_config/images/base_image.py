"""Decides what the images stand on: the official Python image, or one made from this machine.

A machine that reaches a registry takes the official image. One that does not (CI, an air gap) makes
its own: Debian's or Ubuntu's smallest system by debootstrap, from the mirror and suite that apt
uses here, with the running interpreter in it.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from engine import INPUTS_LABEL, BuildError, digest, inputs_of, inspect, run

VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
OFFICIAL = f"{VERSION.replace('python', 'python:')}-slim-bookworm"
LOCAL = "viva/base"
PULL_TIMEOUT_S = 300
# What of an interpreter no candidate needs: its own tests, headers, static libraries, installers.
UNWANTED = (
    *("test", "tests", "idlelib", "lib2to3", "tkinter", "turtledemo", "ensurepip"),
    *("include", "__pycache__", "site-packages", "pkgconfig", "config-*", "*.a"),
)
BULK = ("usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/info", "var/cache/apt")
CHECK = "import bz2, ctypes, lzma, readline, sqlite3, ssl, uuid, zlib"


def base_image(choice: str) -> str:
    """Give the name of the image to build on, made or pulled if need be.

    Parameters
    ----------
    choice : {"auto", "pull", "local"}
        ``auto`` takes what is there, then a registry, then makes one.
    """
    if choice in {"auto", "local"} and inputs_of(LOCAL) == _inputs():
        return LOCAL
    if choice in {"auto", "pull"}:
        if inspect(OFFICIAL, "{{.Id}}"):
            return OFFICIAL
        try:
            run("docker", "pull", "--quiet", OFFICIAL, timeout_s=PULL_TIMEOUT_S)
        except BuildError:
            if choice == "pull":
                raise
        else:
            return OFFICIAL
    _make()
    return LOCAL


def _inputs() -> str:
    _, suite = _mirror()
    return digest(sys.version, sys.base_prefix, suite, Path(__file__))


def _mirror() -> tuple[str, str]:
    """Take the mirror and the suite from apt's own configuration."""
    fields = "$(SITE) $(RELEASE)"
    lines = run("apt-get", "indextargets", "--format", fields, "Created-By: Packages")
    for line in lines.splitlines():
        site, _, suite = line.partition(" ")
        if suite and "-" not in suite and "security" not in site:
            return site, suite
    raise BuildError("apt has no source to take a base system from, and no registry answers")


def _make() -> None:
    if os.geteuid():
        raise BuildError(
            f"no registry answers, and making a base image needs root. As root run this again, "
            f"or load {OFFICIAL} into the engine (docker load)"
        )
    mirror, suite = _mirror()
    libraries, own = _interpreter_needs()
    with tempfile.TemporaryDirectory(prefix="viva-base-") as folder:
        root = Path(folder) / "root"
        words = ("--variant=minbase", f"--include={','.join(libraries)}")
        run("debootstrap", *words, suite, root, mirror, env={**os.environ, **_apt_proxy()})
        if own:
            (root / "usr/local/bin" / VERSION).symlink_to(f"/usr/bin/{VERSION}")
        else:
            _copy_interpreter(root / "usr/local")
        for name in BULK:
            shutil.rmtree(root / name, ignore_errors=True)
        shutil.rmtree(root / "var/lib/apt/lists", ignore_errors=True)
        run("chroot", root, "/sbin/ldconfig")
        _import(root)
    run("docker", "run", "--rm", "--network", "none", LOCAL, "python3", "-c", CHECK)


def _apt_proxy() -> dict[str, str]:
    found = run("apt-config", "shell", "PROXY", "Acquire::http::Proxy").strip()
    return {"http_proxy": found.partition("=")[2].strip("'\"")} if found else {}


def _interpreter_needs() -> tuple[list[str], bool]:
    """Give the packages to include, and whether the interpreter itself is among them."""
    if sys.base_prefix == "/usr":
        return ["python3"], True
    modules = Path(sys.base_prefix) / "lib" / VERSION / "lib-dynload"
    objects = [Path(sys.base_prefix) / "bin" / "python3"]
    objects += [path for path in modules.glob("*.so") if "tkinter" not in path.name]
    paths: set[Path] = set()
    for line in run("ldd", *objects).splitlines():
        library = Path(line.partition("=> ")[2].partition(" (")[0])
        if library.is_absolute() and not library.is_relative_to(sys.base_prefix):
            paths |= {library, library.resolve()}
    owners = subprocess.run(
        ["dpkg-query", "--search", *map(str, paths)], capture_output=True, text=True, check=False
    )  # names it cannot find are other spellings (/lib, /usr/lib) of those that it can
    packages = {line.partition(":")[0] for line in owners.stdout.splitlines()}
    return sorted(packages), False


def _copy_interpreter(target: Path) -> None:
    prefix = Path(sys.base_prefix)
    shutil.copytree(
        prefix / "lib" / VERSION,
        target / "lib" / VERSION,
        ignore=shutil.ignore_patterns(*UNWANTED),
        symlinks=True,
        dirs_exist_ok=True,
    )
    (target / "lib" / VERSION / "site-packages").mkdir(exist_ok=True)
    for library in (prefix / "lib").glob("libpython*.so*"):
        shutil.copy2(library, target / "lib", follow_symlinks=False)
    shutil.copy2(prefix / "bin" / VERSION, target / "bin" / VERSION)
    for name in ("python3", "python"):
        (target / "bin" / name).symlink_to(VERSION)


def _import(root: Path) -> None:
    tar = subprocess.Popen(
        ["tar", "--numeric-owner", "-C", root, "-c", "."], stdout=subprocess.PIPE
    )
    label = f"LABEL {INPUTS_LABEL}={_inputs()}"
    words = ["docker", "import", "--change", label, "--change", "ENV LANG=C.UTF-8", "-", LOCAL]
    done = subprocess.run(words, stdin=tar.stdout, capture_output=True, text=True, check=False)
    if tar.wait() or done.returncode:
        raise BuildError(f"docker import failed: {done.stderr.strip()}")
