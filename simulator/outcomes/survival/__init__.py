"""How long spells last and by which door they end, for spells that are simulated or observed.

Every estimator first counts who is at risk and who leaves in each week of each group, and then works on
the counts: a million weekly spells cost little more than a few hundred. Ties are counted, never broken.

Weeks may be whole or real numbers. A spell is at risk in (entry, weeks]: from the first moment after `entry`
until `weeks`, where it leaves or watching ends. Who leaves, or is censored, in a week is at risk in it.

References
----------
Kaplan, E. L. & Meier, P. (1958). Nonparametric estimation from incomplete observations. JASA 53, 457-481.
Aalen, O. O. & Johansen, S. (1978). An empirical transition matrix for non-homogeneous Markov chains based
on censored observations. Scandinavian Journal of Statistics 5, 141-150.
Kalbfleisch, J. D. & Prentice, R. L. (2002). The Statistical Analysis of Failure Time Data, 2nd ed.
Klein, J. P. & Moeschberger, M. L. (2003). Survival Analysis, 2nd ed.
"""

from simulator.outcomes.survival.columns import Column, SpellsError
from simulator.outcomes.survival.counts import Counts, count_spells
from simulator.outcomes.survival.cox import cox
from simulator.outcomes.survival.curves import kaplan_meier, nelson_aalen
from simulator.outcomes.survival.design import Names
from simulator.outcomes.survival.discrete import discrete_hazard
from simulator.outcomes.survival.equality import Weighting, gray_test, log_rank
from simulator.outcomes.survival.incidence import cumulative_incidence
from simulator.outcomes.survival.means import quantile, restricted_mean
from simulator.outcomes.survival.stored import count_parquet

__all__ = [
    "Column",
    "Counts",
    "Names",
    "SpellsError",
    "Weighting",
    "count_parquet",
    "count_spells",
    "cox",
    "cumulative_incidence",
    "discrete_hazard",
    "gray_test",
    "kaplan_meier",
    "log_rank",
    "nelson_aalen",
    "quantile",
    "restricted_mean",
]
