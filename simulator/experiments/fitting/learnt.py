"""What a calibration has learnt: which settings the facts moved, and how well they are met."""

from __future__ import annotations

import numpy as np
import pandas as pd

from simulator.experiments.fitting.calibrate import Fit
from simulator.experiments.fitting.emulator import Array
from simulator.experiments.fitting.priors import points_at
from simulator.experiments.fitting.sampling import sobol_shares

ENDS = (0.025, 0.975)
EVEN_VARIANCE = 1.0 / 12.0
MOVED, CLEARLY = 0.25, 0.75
"""Contraction from which a setting counts as moved, and from which as clearly so (for words only)."""

SHIFTED = 1.0
"""Shift, in prior standard deviations, from which a setting counts as moved, however wide it still is."""

SPREAD = 10
"""Power of two of points over which the prior's range of a measure is taken."""


def settings_table(fit: Fit) -> pd.DataFrame:
    """Return what became of each setting.

    Returns
    -------
    DataFrame
        setting, unit, now, prior_low, prior_high (95 %), mean, low, high (of the posterior), contraction (1
        less the ratio of variances, in shares of the prior), shift (of the mean, in prior standard
        deviations), verdict, together_with and correlation (the setting it is hardest to tell from), source.
    """
    draws = pd.DataFrame(points_at(fit.plan.free, fit.posterior))
    ends = pd.DataFrame(points_at(fit.plan.free, np.tile(np.array(ENDS)[:, None], len(fit.plan.free))))
    shares = fit.posterior
    contraction = 1.0 - shares.var(axis=0, ddof=1) / EVEN_VARIANCE
    shift = (shares.mean(axis=0) - 0.5) / np.sqrt(EVEN_VARIANCE)
    partner, correlation = _partners(shares)
    rows = [
        {
            "setting": one.path, "unit": one.unit, "now": one.now,
            "prior_low": ends[one.path][0], "prior_high": ends[one.path][1],
            "mean": draws[one.path].mean(),
            "low": draws[one.path].quantile(ENDS[0]), "high": draws[one.path].quantile(ENDS[1]),
            "contraction": contraction[n], "shift": shift[n], "verdict": _verdict(contraction[n], shift[n]),
            "together_with": fit.plan.free[partner[n]].path if len(shares[0]) > 1 else "",
            "correlation": correlation[n], "source": one.prior.source,
        }
        for n, one in enumerate(fit.plan.free)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def _partners(shares: Array) -> tuple[Array, Array]:
    """Return with which other setting each goes together most, and the correlation."""
    if shares.shape[1] == 1:
        return np.zeros(1, int), np.full(1, np.nan)
    table: Array = np.asarray(np.corrcoef(shares, rowvar=False))
    np.fill_diagonal(table, 0.0)
    partner = np.abs(table).argmax(axis=1)
    return partner, table[np.arange(len(table)), partner]


def _verdict(contraction: float, shift: float) -> str:
    if contraction >= CLEARLY:
        return "clearly moved"
    return "moved" if contraction >= MOVED or abs(shift) >= SHIFTED else "as the prior"


def facts_table(fit: Fit) -> pd.DataFrame:
    """Return how the facts are met, as the emulator has it.

    Returns
    -------
    DataFrame
        id, fact, published, low, high, unit, prior_mean, prior_low, prior_high, mean, fit_low, fit_high (95 %
        of draws), misses_by (standard deviations of facts, emulator, luck and discrepancy together, at the
        posterior's mean), share_luck (of the variance between points: luck of single points).
    """
    spread = sobol_shares(len(fit.plan.free), 2**SPREAD, 0)
    before, after = fit.emulator.predict(spread)[0], fit.emulator.predict(fit.posterior)
    misses = fit.targets.implausibility(
        after[0].mean(axis=0, keepdims=True), after[1].mean(axis=0, keepdims=True)
    )
    noise = fit.emulator.noise**2 / np.nanvar(fit.known.values, axis=0)
    rows = []
    for n, fact in enumerate(fit.plan.facts):
        prior, posterior = before[:, n], after[0][:, n]
        numbers = {
            "prior_mean": prior.mean(), "prior_low": np.quantile(prior, ENDS[0]),
            "prior_high": np.quantile(prior, ENDS[1]), "mean": posterior.mean(),
            "fit_low": np.quantile(posterior, ENDS[0]), "fit_high": np.quantile(posterior, ENDS[1]),
        }  # fmt: skip
        own = {name: fact.off_scale(float(value)) for name, value in numbers.items()}
        rows.append(
            {
                "id": fact.id, "fact": fact.fact, "published": fact.value, "low": fact.low, "high": fact.high,
                "unit": fact.unit, **own, "misses_by": misses[0, n], "share_luck": min(1.0, float(noise[n])),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)


def points_table(fit: Fit) -> pd.DataFrame:
    """Return every point that was simulated: wave, the settings, and each fact's measure."""
    table = pd.DataFrame(points_at(fit.plan.free, fit.known.shares))
    values = {
        fact.id: [fact.off_scale(value) for value in fit.known.values[:, n]]
        for n, fact in enumerate(fit.plan.facts)
    }
    table.insert(0, "wave", fit.known.waves.astype(int))
    return table.assign(**values)
