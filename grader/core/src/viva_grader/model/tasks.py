"""Decides which model has which task, by settings: one endpoint for all, or one model for each."""

from viva_grader.model.accepts import Accepts
from viva_grader.model.openai_chat import OpenAIChatModel, connect
from viva_grader.model.port import Judges
from viva_grader.settings import GraderSettings, TaskModel


def judges_of(settings: GraderSettings, name: str | None = None) -> Judges | None:
    """Connect each task's model; None where settings name none.

    Parameters
    ----------
    name : str, optional
        A model to put in the judge's place, at the judge's endpoint.
    """
    tasks = dict(settings.model_tasks or {})
    default = TaskModel(
        name=settings.model_name or (tasks["judge"].name if "judge" in tasks else ""),
        price_in=settings.model_price_in,
        price_out=settings.model_price_out,
    )
    judge = tasks.get("judge", default)
    if name is not None:
        judge = judge.model_copy(update={"name": name})
    if not judge.name:
        return None
    other = default if settings.model_name else judge
    connected = [
        _connected(settings, each)
        for each in (judge, tasks.get("adversary", other), tasks.get("reconciler", other))
    ]
    return Judges(*connected)


def _connected(settings: GraderSettings, task: TaskModel) -> OpenAIChatModel:
    if task.provider is not None:
        provider = (settings.model_providers or {})[task.provider]
        base_url, key = provider.base_url, provider.api_key
    else:
        base_url, key = settings.model_base_url, settings.model_api_key
    takes = None
    if task.takes is not None:
        takes = Accepts("temperature" in task.takes, "seed" in task.takes, "effort" in task.takes)
    model = connect(
        base_url=base_url,
        api_key=key.get_secret_value() if key else None,
        name=task.name,
        timeout_s=task.timeout_s or settings.model_timeout_s,
        temperature=task.temperature,
        effort=task.effort,
        accepts=takes,
        price_in=task.price_in,
        price_out=task.price_out,
    )
    if model is None:  # a task's model always has a name
        raise AssertionError("unreachable: a name was given")
    return model
