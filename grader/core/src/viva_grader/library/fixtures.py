"""Decides whether a folder is a SQL fixture, and gives its data sets by seed."""

import hashlib
import importlib.util
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from viva_grader.domain.errors import BadFixtureError
from viva_grader.domain.fixture import Fixture, Tables, Variant

_SLUG = re.compile(r"[a-z][a-z0-9_]{0,40}")


class _VariantFile(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)
    seed: int
    edges: list[str] = Field(default_factory=list[str])
    why: str
    scale: bool = False


class _FixtureFile(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)
    title: str
    schema_file: str = Field("schema.sql", alias="schema")
    generator: str = "generate.py"
    sample: _VariantFile
    hidden: dict[str, _VariantFile] = Field(min_length=1)


def load_fixture(folder: Path) -> Fixture:
    """Load a fixture's folder: ``fixture.toml``, its schema and its generator.

    The generator is the author's own code: it is run in this process.

    Raises
    ------
    BadFixtureError
        With one line that names the file and what is wrong in it.
    """
    if not _SLUG.fullmatch(folder.name):
        raise BadFixtureError(f"fixture {folder.name!r}: a slug is a-z, 0-9 and _")
    settings = _read_settings(folder / "fixture.toml")
    variants = {name: _variant(name, entry) for name, entry in settings.hidden.items()}
    for name in variants:
        if not _SLUG.fullmatch(name) or name == "sample":
            raise BadFixtureError(f"fixture {folder.name}: {name!r} cannot name a hidden variant")
    schema, generator = folder / settings.schema_file, folder / settings.generator
    return Fixture(
        slug=folder.name,
        title=settings.title,
        schema_sql=_read(schema).decode(),
        sample=_variant("sample", settings.sample),
        hidden=tuple(variants.values()),
        generate=_generator(generator),
        sha256=_digest(folder / "fixture.toml", schema, generator),
    )


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadFixtureError(f"{path}: {error.strerror or error}") from error


def _read_settings(path: Path) -> _FixtureFile:
    try:
        return _FixtureFile.model_validate(tomllib.loads(_read(path).decode()))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadFixtureError(f"{path}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        raise BadFixtureError(f"{path}: {place}: {first['msg']}") from error


def _variant(name: str, entry: _VariantFile) -> Variant:
    return Variant(
        name=name,
        seed=entry.seed,
        edges=frozenset(entry.edges),
        why=entry.why,
        scale=entry.scale,
    )


def _generator(path: Path) -> Callable[[Variant], Tables]:
    _read(path)

    def generate(variant: Variant) -> Tables:
        name = f"viva_fixture_{path.parent.name}"
        spec = importlib.util.spec_from_file_location(name, path)
        if spec is None or spec.loader is None:
            raise BadFixtureError(f"{path}: not a Python module")
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module.generate(variant.seed, variant.edges)

    return generate


def _digest(*paths: Path) -> str:
    whole = hashlib.sha256()
    for path in paths:
        whole.update(hashlib.sha256(_read(path)).digest())
    return whole.hexdigest()
