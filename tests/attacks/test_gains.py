"""Positive controls: each attack works where one of Viva's defences is missing."""

import pytest

from tests.attacks.believing import believe
from tests.attacks.corpus import CORPUS, Against, Attack, Gain
from tests.attacks.one_process import OneProcess, Report
from tests.attacks.reader import read_plainly
from tests.attacks.victim import MAX_POINTS, World

pytestmark = pytest.mark.sandbox
_STALL_S = 1.0


def _of(against: Against) -> list[str]:
    return [name for name, attack in CORPUS.items() if attack.against is against]


def _gained(attack: Attack, report: Report, world: World) -> bool:
    if attack.gain is Gain.POINTS:
        return sum(report.points.values()) > sum(attack.earns.values())
    return {
        Gain.LOOT: bool(report.loot),
        Gain.STALL: report.stalled,
        Gain.DEATH: report.dead,
        Gain.FLOOD: report.flooded,
        Gain.SURVIVOR: report.survivors > 0 or report.ignored,
    }[attack.gain]


def test_each_control_gives_an_honest_submission_its_points(
    world: World, one_process: OneProcess, stock: dict[str, Report]
) -> None:
    source = world.question().source
    assert sum(one_process.grade(source, world.honest()).points.values()) == MAX_POINTS
    assert sum(stock["honest"].points.values()) == MAX_POINTS
    read_plainly(world.honest())
    believed = believe(world.victim(), world.honest()).points
    assert believed == {"value": 1, "kinds": 1, "variable": 1}


@pytest.mark.parametrize("name", _of(Against.ONE_PROCESS))
def test_attack_gains_where_tests_and_submission_share_a_process(
    world: World, one_process: OneProcess, name: str
) -> None:
    attack = CORPUS[name]
    deadline_s = _STALL_S if attack.gain in {Gain.STALL, Gain.SURVIVOR} else 20.0
    source = world.question(attack).source
    report = one_process.grade(source, world.submission(attack), deadline_s)
    assert _gained(attack, report, world), report


@pytest.mark.parametrize("name", _of(Against.BELIEF))
def test_attack_gains_from_a_reader_who_believes_the_channel(world: World, name: str) -> None:
    attack = CORPUS[name]
    report = believe(world.victim(), world.submission(attack))
    assert _gained(attack, report, world), report


@pytest.mark.parametrize("name", _of(Against.READER))
def test_attack_gains_from_a_plain_reader(world: World, name: str) -> None:
    with pytest.raises(Exception) as raised:  # noqa: PT011 - whatever it is, its batch is over
        read_plainly(world.submission(CORPUS[name]))
    assert not isinstance(raised.value, AssertionError)


@pytest.mark.parametrize("name", _of(Against.STOCK))
def test_attack_gains_from_stock_nbgrader(
    world: World, stock: dict[str, Report], name: str
) -> None:
    report = stock[name.replace("/", "-")]
    assert _gained(CORPUS[name], report, world), report
