"""How many rows it takes to prove a fix: sample sizes, before anything is tried.

Rows are those of the fix's own arm. `alpha` is the chance of a pass that is none, `power` the
chance to pass where the fix is as good as what it is compared with.
"""

from __future__ import annotations

import math

ALPHA, POWER = 0.05, 0.8
# What looking at every minute costs: the rule of `bets` needs about so many times the rows of a
# single look for the same power, and half of all good fixes pass within 1.1 times. (That of an
# asymptotic confidence sequence is 1.9 at its tuned horizon.)
SEQUENTIAL = 2.2


def two_proportions(
    base: float,
    other: float,
    *,
    ratio: float = 1.0,
    alpha: float = ALPHA,
    power: float = POWER,
) -> int:
    """Rows to find that a share is `other` and not `base`, two-sided.

    `ratio` is the arm's rows over those of the control, w:
    n = [z_{α/2}·√(p̃q̃(1 + w)) + z_β·√(p₁q₁ + w·p₀q₀)]² / (p₁ − p₀)², p̃ the mean of both arms weighed
    by their rows (Fleiss, Levin & Paik 2003, §4.3). At w = 1 it is the formula for equal arms.
    """
    pooled = (base + ratio * other) / (1.0 + ratio)
    spread = other * (1.0 - other) + ratio * base * (1.0 - base)
    null = pooled * (1.0 - pooled) * (1.0 + ratio)
    return _solved(null, spread, abs(other - base), alpha / 2, power)


def non_inferiority(
    base: float,
    margin: float,
    *,
    ratio: float = 1.0,
    alpha: float = ALPHA,
    power: float = POWER,
) -> int:
    """Rows to show that a share of bad rows is less than `margin` above `base`, if it is equal.

    The same formula, one-sided, its null at base + margin (Blackwelder 1982).
    """
    pooled = (base + ratio * min(base + margin, 1.0)) / (1.0 + ratio)
    null, spread = (share * (1.0 - share) * (1.0 + ratio) for share in (pooled, base))
    return _solved(null, spread, margin, alpha, power)


def one_sample(base: float, margin: float, *, alpha: float = ALPHA, power: float = POWER) -> int:
    """The same against a fixed share instead of a control arm."""
    null = min(base + margin, 1.0)
    return _solved(null * (1.0 - null), base * (1.0 - base), margin, alpha, power)


def paired(discordance: float, margin: float, *, alpha: float = ALPHA, power: float = POWER) -> int:
    """Rows that both versions scored, to show that one is wrong at most `margin` more often.

    n = [z_α·√ψ + z_β·√(ψ − Δ²)]² / Δ², ψ the share of rows in which just one of them is wrong
    (McNemar 1947; Connor 1987).
    """
    spread = max(discordance - margin * margin, 0.0)
    return _solved(discordance, spread, margin, alpha, power)


def discordance(base: float, margin: float) -> float:
    """Share of rows in which just one of two versions is wrong, if their errors are unrelated.

    Fewer where they are alike: then pairs need fewer rows than planned.
    """
    return max(2.0 * base * (1.0 - base), margin)


def auc_non_inferiority(
    auc: float,
    margin: float,
    prevalence: float,
    *,
    ratio: float = 1.0,
    alpha: float = ALPHA,
    power: float = POWER,
) -> int:
    """Labelled rows to show that an AUC is less than `margin` below another that it equals.

    Hanley & McNeil's variance (1982) of each arm is nearly in proportion to 1/n, so that of one
    large sample gives the rows.
    """
    large = 1e6
    per_row = large * hanley_mcneil(auc, prevalence * large, (1.0 - prevalence) * large)
    spread = per_row * (1.0 + ratio)
    return _solved(spread, spread, margin, alpha, power)


def hanley_mcneil(auc: float, positives: float, negatives: float) -> float:
    """Variance of an AUC from the numbers of both classes (Hanley & McNeil 1982)."""
    q1, q2 = auc / (2.0 - auc), 2.0 * auc * auc / (1.0 + auc)
    above, below = (positives - 1.0) * (q1 - auc * auc), (negatives - 1.0) * (q2 - auc * auc)
    return (auc * (1.0 - auc) + above + below) / (positives * negatives)


def probes(rate: float, *, alpha: float = ALPHA) -> int:
    """Trials without a failure after which a failure rate of `rate` is excluded.

    n = ln α / ln(1 − p): about 3/p, the rule of three (Hanley & Lippman-Hand 1983).
    """
    if rate >= 1.0:
        return 1
    return math.ceil(math.log(alpha) / math.log1p(-rate) - 1e-9)


def _solved(null: float, alternative: float, gap: float, tail: float, power: float) -> int:
    """n = [z_α·√V₀ + z_β·√V₁]² / gap², V the variance of a row's contrast."""
    from scipy.special import ndtri

    if gap <= 0:
        raise ValueError("the gap to be shown is not above nothing")
    z_alpha, z_beta = -float(ndtri(tail)), float(ndtri(power))
    found = (z_alpha * math.sqrt(null) + z_beta * math.sqrt(alternative)) / gap
    return max(math.ceil(found * found - 1e-9), 1)
