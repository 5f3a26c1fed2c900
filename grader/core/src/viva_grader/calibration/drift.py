"""Decides whether a model's scores move against people's as time goes on."""

# pyright: reportMissingTypeStubs=false

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Any, cast

import numpy as np
import statsmodels.regression.linear_model as linear

from viva_grader.calibration.figure import Figure, Sampling, figure, too_few
from viva_grader.calibration.ratings import Pair
from viva_grader.calibration.tables import bias, exact

_MONTH_S = 30 * 86400.0
_OLS = cast("Any", linear).OLS


@dataclass(frozen=True, slots=True)
class Month:
    """One calendar month, UTC, by when the model scored: ``2026-03``."""

    month: str
    bias: Figure
    exact: Figure


def months(pairs: Sequence[Pair], sampling: Sampling, name: str) -> tuple[Month, ...]:
    """Give bias and exact agreement month by month, oldest first; empty months are left out."""
    by_month: defaultdict[str, list[Pair]] = defaultdict(list)
    for pair in pairs:
        by_month[f"{pair.at.astimezone(UTC):%Y-%m}"].append(pair)
    return tuple(
        Month(
            month,
            figure(found, bias, sampling, f"{name}|{month}|bias"),
            figure(found, exact, sampling, f"{name}|{month}|exact"),
        )
        for month, found in sorted(by_month.items())
    )


def trend(pairs: Sequence[Pair]) -> Figure:
    """Give the change of bias in levels per 30 days: least squares, errors clustered by candidate.

    The interval is the cluster-robust one, A. C. Cameron and D. L. Miller (2015).
    """
    people = sorted({pair.candidate for pair in pairs})
    reason = too_few(len(pairs), len(people))
    moments = np.array([pair.at.timestamp() for pair in pairs]) / _MONTH_S
    if not reason and len({pair.at.date() for pair in pairs}) < 2:  # noqa: PLR2004 - no line through one day
        reason = "undefined: all scores are of one day"
    if reason:
        return Figure(None, None, None, len(pairs), len(people), reason)
    errors = np.array([float(pair.first - pair.second) for pair in pairs])
    if not errors.std():  # a constant fits any model, and no spread is left for an interval
        return Figure(0.0, 0.0, 0.0, len(pairs), len(people))
    index = {name: at for at, name in enumerate(people)}
    groups = np.array([index[pair.candidate] for pair in pairs])
    design = np.column_stack([np.ones(len(pairs)), moments - moments.mean()])
    fit = _OLS(errors, design).fit(cov_type="cluster", cov_kwds={"groups": groups}, use_t=True)
    low, high = fit.conf_int()[1]
    return Figure(float(fit.params[1]), float(low), float(high), len(pairs), len(people))
