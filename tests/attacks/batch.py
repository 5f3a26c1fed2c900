"""Decides how all attacks are graded: in one batch, several at a time, honest ones between them."""

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from viva_grader.bootstrap import Grader
from viva_grader.domain.errors import VivaError
from viva_grader.domain.grade import Grade

from tests.attacks.corpus import CORPUS
from tests.attacks.victim import World

_AT_A_TIME = 2


@dataclass(slots=True)
class Batch:
    """What became of a batch.

    Attributes
    ----------
    grades : dict of str to Grade or VivaError
        By the attack's name.
    honest : list of Grade or VivaError
        Of the submissions between them.
    left_open, left : dict
        What is new while the grader still runs, and once it is closed.
    heard : list of bytes
        What arrived meanwhile at the ports on which the world listens.
    """

    grades: dict[str, Grade | VivaError] = field(default_factory=dict[str, Grade | VivaError])
    honest: list[Grade | VivaError] = field(default_factory=list[Grade | VivaError])
    seconds: dict[str, float] = field(default_factory=dict[str, float])
    left_open: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    left: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    heard: list[bytes] = field(default_factory=list[bytes])


def grade_batch(grader: Grader, world: World, *, honest_every: int, measured: bool) -> Batch:
    """Grade every attack, and an honest submission after each ``honest_every`` of them."""
    batch = Batch()
    question, honest = world.question(), world.honest()

    def attacked(name: str) -> None:
        attack = CORPUS[name]
        begun = time.monotonic()
        try:
            batch.grades[name] = grader.grade(
                world.submission(attack), world.question(attack), measured=measured
            )
        except VivaError as error:
            batch.grades[name] = error
        batch.seconds[name] = time.monotonic() - begun

    def trusted() -> None:
        try:
            batch.honest.append(grader.grade(honest, question, measured=measured))
        except VivaError as error:
            batch.honest.append(error)

    trusted()
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        jobs = []
        for number, name in enumerate(CORPUS, 1):
            jobs.append(pool.submit(attacked, name))
            if number % honest_every == 0:
                jobs.append(pool.submit(trusted))
        for job in jobs:
            job.result()
    trusted()
    return batch
