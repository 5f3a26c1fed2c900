"""Decides how the image builder talks to Docker, and when an image is up to date."""

import hashlib
import subprocess
from pathlib import Path

INPUTS_LABEL = "viva.inputs"
MADE = {"__pycache__", "dist", "node_modules"}


class BuildError(Exception):
    """An image cannot be built; the message says what to do."""


def run(*command: str | Path, env: dict[str, str] | None = None, timeout_s: float = 900) -> str:
    """Run a command and return what it printed; raise BuildError with its last lines."""
    words = [str(word) for word in command]
    try:
        done = subprocess.run(
            words, env=env, capture_output=True, text=True, check=False, timeout=timeout_s
        )
    except FileNotFoundError as error:
        raise BuildError(f"{words[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise BuildError(f"`{words[0]} …` took longer than {timeout_s:.0f} s") from error
    if done.returncode:
        tail = "\n".join((done.stdout + done.stderr).splitlines()[-15:])
        raise BuildError(f"`{' '.join(words[:4])} …` ended with {done.returncode}:\n{tail}")
    return done.stdout


def inspect(image: str, what: str) -> str | None:
    """Give a template's value for an image, or None where the engine has no such image."""
    try:
        return run("docker", "image", "inspect", "--format", what, image).strip()
    except BuildError:
        return None


def inputs_of(image: str) -> str | None:
    """Give the hash of what an image was made from, if it is there and says so."""
    return inspect(image, f'{{{{ index .Config.Labels "{INPUTS_LABEL}" }}}}')


def digest(*parts: str | Path) -> str:
    """Hash texts, files and folders (without what is made from them)."""
    total = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            total.update(f"{part}\0".encode())
            continue
        for file in sorted(part.rglob("*")) if part.is_dir() else [part]:
            # Below the part alone: a wheel that is named itself lies in a folder of made things.
            name = file.relative_to(part.parent)
            if file.is_file() and not MADE & set(name.parts):
                total.update(f"{name}\0".encode() + file.read_bytes())
    return total.hexdigest()


def build(image: str, dockerfile: Path, context: Path, inputs: str, base: str | None) -> None:
    """Build an image without a network and label it with the hash of what it was made from."""
    arguments = ["--build-arg", f"BASE={base}"] if base else []
    run(
        *("docker", "build", "--quiet", "--network", "none", "--force-rm", "--tag", image),
        *("--label", f"{INPUTS_LABEL}={inputs}", *arguments),
        *("--file", dockerfile, context),
    )
