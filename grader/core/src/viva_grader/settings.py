"""Decides what can be set from outside: each setting once, with its default and its name."""

import os
import sys
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from viva_grader.places import clone_root, runtime_home


class ModelProvider(BaseModel):
    """One endpoint of ``VIVA_MODEL_PROVIDERS``."""

    model_config = ConfigDict(extra="forbid")

    base_url: str
    api_key: SecretStr | None = None


class TaskModel(BaseModel):
    """One task's model of ``VIVA_MODEL_TASKS``.

    Attributes
    ----------
    provider : str or None
        A name of ``VIVA_MODEL_PROVIDERS``; None: the endpoint of ``VIVA_MODEL_BASE_URL``.
    takes : list of str or None
        What the model accepts, instead of what the table says of its name.
    price_in, price_out : float or None
        Of a million tokens.
    """

    model_config = ConfigDict(extra="forbid")

    name: str
    provider: str | None = None
    temperature: float | None = Field(default=None, ge=0, le=2)
    effort: Literal["minimal", "low", "medium", "high"] | None = None
    timeout_s: float | None = Field(default=None, gt=0)
    takes: list[Literal["temperature", "seed", "effort"]] | None = None
    price_in: float | None = Field(default=None, ge=0)
    price_out: float | None = Field(default=None, ge=0)


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
    model_price_in: float | None = Field(default=None, validation_alias="VIVA_MODEL_PRICE_IN", ge=0)
    model_price_out: float | None = Field(
        default=None, validation_alias="VIVA_MODEL_PRICE_OUT", ge=0
    )
    model_providers: dict[str, ModelProvider] | None = Field(
        default=None, validation_alias="VIVA_MODEL_PROVIDERS"
    )
    model_tasks: dict[Literal["judge", "adversary", "reconciler"], TaskModel] | None = Field(
        default=None, validation_alias="VIVA_MODEL_TASKS"
    )
    judge_samples: int = Field(default=3, validation_alias="VIVA_JUDGE_SAMPLES", ge=1, le=9)
    judge_parallel: int = Field(default=3, validation_alias="VIVA_JUDGE_PARALLEL", ge=1, le=16)
    judge_adversary: bool = Field(default=True, validation_alias="VIVA_JUDGE_ADVERSARY")
    judge_reconciler: bool = Field(default=True, validation_alias="VIVA_JUDGE_RECONCILER")
    judge_twin: bool = Field(default=True, validation_alias="VIVA_JUDGE_TWIN")
    judge_least_confidence: float = Field(
        default=0.3, validation_alias="VIVA_JUDGE_LEAST_CONFIDENCE", ge=0, le=1
    )
    judge_budget_tokens: int | None = Field(
        default=None, validation_alias="VIVA_JUDGE_BUDGET_TOKENS", ge=0
    )
    judge_budget_cost: float | None = Field(
        default=None, validation_alias="VIVA_JUDGE_BUDGET_COST", ge=0
    )

    @model_validator(mode="after")
    def _model_has_a_name(self) -> Self:
        named = self.model_name or self.model_tasks
        if (self.model_base_url or self.model_api_key) and not named:
            raise ValueError("VIVA_MODEL_NAME is missing: an endpoint alone says not which model")
        return self

    @model_validator(mode="after")
    def _tasks_name_what_there_is(self) -> Self:
        for task, model in (self.model_tasks or {}).items():
            if model.provider is not None and model.provider not in (self.model_providers or {}):
                raise ValueError(f"VIVA_MODEL_TASKS: {task}: no provider {model.provider!r}")
        if self.model_tasks and "judge" not in self.model_tasks and not self.model_name:
            raise ValueError("VIVA_MODEL_TASKS: judge is missing, and VIVA_MODEL_NAME too")
        if self.judge_budget_cost is not None and not self._prices_known():
            raise ValueError("VIVA_JUDGE_BUDGET_COST needs a price for each model's tokens")
        return self

    def _prices_known(self) -> bool:
        tasks = list((self.model_tasks or {}).values())
        known = all(None not in (each.price_in, each.price_out) for each in tasks)
        default = None not in (self.model_price_in, self.model_price_out)
        return known and (default or not self.model_name)

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
