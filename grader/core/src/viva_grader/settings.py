"""Decides what can be set from outside: each setting once, with its default and its name."""

import os
import sys
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from viva_grader.places import clone_root, runtime_home


class GraderSettings(BaseSettings):
    """Settings of the grader, by keyword or from the environment.

    Attributes
    ----------
    library_root : Path
        The folder with ``notebooks_templates/``, ``sql_fixtures/`` and ``rubrics/``.
    home : Path
        Runtime files; made when something has to be kept there.
    sandbox : str
        Which adapter runs submissions.
    sandbox_python : Path or None
        The interpreter that submissions run on, with what they may import.
    sandbox_image : str
        For the docker adapter.
    jobs : int or None
        Submissions judged at a time.
    """

    # Without the prefix, pydantic-settings would read HOME itself as ``home``.
    model_config = SettingsConfigDict(
        env_prefix="VIVA_GRADER_", env_ignore_empty=True, populate_by_name=True, extra="ignore"
    )

    library_root: Path = Field(default_factory=clone_root, validation_alias="VIVA_LIBRARY")
    home: Path = Field(default_factory=runtime_home, validation_alias="VIVA_HOME")
    sandbox: Literal["bubblewrap", "docker"] = Field(
        default="bubblewrap", validation_alias="VIVA_SANDBOX"
    )
    sandbox_python: Path | None = Field(default=None, validation_alias="VIVA_SANDBOX_PYTHON")
    sandbox_image: str = Field(default="viva/sandbox", validation_alias="VIVA_SANDBOX_IMAGE")
    jobs: int | None = Field(default=None, validation_alias="VIVA_GRADER_JOBS", ge=1, le=256)
    model_base_url: str | None = Field(default=None, validation_alias="VIVA_MODEL_BASE_URL")
    model_api_key: SecretStr | None = Field(default=None, validation_alias="VIVA_MODEL_API_KEY")
    model_name: str | None = Field(default=None, validation_alias="VIVA_MODEL_NAME")
    model_timeout_s: float = Field(default=120.0, validation_alias="VIVA_MODEL_TIMEOUT_S", gt=0)

    @model_validator(mode="after")
    def _model_has_a_name(self) -> Self:
        if (self.model_base_url or self.model_api_key) and not self.model_name:
            raise ValueError("VIVA_MODEL_NAME is missing: an endpoint alone says not which model")
        return self

    @property
    def python(self) -> Path:
        """The interpreter of the sandbox: as set, or the one that set-up made, or this one."""
        if self.sandbox_python is not None:
            return self.sandbox_python
        prepared = self.home / "env" / "sandbox" / "bin" / "python"
        return prepared if prepared.exists() else Path(sys.executable)

    @property
    def parallel(self) -> int:
        """Submissions at a time: as set, or the cores that this process may use."""
        return self.jobs or len(os.sched_getaffinity(0))
