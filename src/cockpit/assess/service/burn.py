"""How fast an error budget burns: the rate, how sure two windows are of it, and what is left.

Many windows at many rates, after Beyer et al., The Site Reliability Workbook (2018), ch. 5.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import betaincc, betainccinv

from cockpit.assess.methods.intervals import wilson
from cockpit.assess.methods.measurement import Measurement, unmeasured

FASTEST = 14.4  # the rate that pages: a fiftieth of a month's budget in an hour
THRESHOLDS = (FASTEST, 6.0, 1.0)  # a rate for each pair of `inputs.BURN_SPANS`
_NEVER = 1e-4  # a chance not worth an integral
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(32)


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Bad events among `n` in a span of time, of which `known` µs were recorded.

    `bad` lies between `least` and `most`, which differ where a latency bucket spans the bound.
    Where they could not be counted, `reason` says why.
    """

    span: int
    known: int
    n: int = 0
    least: int = 0
    bad: float = 0.0
    most: int = 0
    reason: str = ""
    note: str = ""

    @property
    def countless(self) -> str:
        """Why nothing can be said of it; "" where something can."""
        if self.reason or self.n == 0:
            return self.reason or "no requests"
        return "" if self.known > 0 else "no time"


def burn_rate(tally: Tally, allowed: float) -> Measurement:
    """Bad share ÷ `allowed` share, over the time known; Wilson's interval of the share.

    Its ends are those of the fewest and of the most events that may be bad.
    """
    if tally.countless:
        return unmeasured(tally.countless, tally.n)
    if allowed <= 0.0:
        return unmeasured("a promise of 100 % leaves no budget", tally.n)
    fewest, most = wilson(tally.least, tally.n), wilson(tally.most, tally.n)
    share = replace(fewest, value=tally.bad / tally.n, high=most.high, note=tally.note)
    return replace(share.map(1.0 / allowed), n_pos=round(tally.bad))


def certainty(long: Tally, short: Tally, threshold: float, allowed: float) -> float | None:
    """P(both burn at `threshold` or more); null where either is not known. Within .01.

    The short window lies inside the long one, so their rates depend on one another: what is
    independent is the short window and the rest of the long one. The bad share of each has a Beta
    prior worth half a bad event, its mean at the threshold: undecided, and one bad event alone
    never makes it sure. The chance that the long window reaches the threshold is taken given the
    short one's share, and averaged over the posterior of that above the threshold. Of a span that
    is known in part, the rest is taken to be as busy and without fault; of events that may be bad,
    none is.
    """
    if long.countless or short.countless or allowed <= 0.0:
        return None
    share = threshold * allowed
    in_short, in_long = share * short.span / short.known, share * long.span / long.known
    if max(in_short, in_long) >= 1.0:
        return 0.0
    prior_good = 0.5 / share - 0.5
    bad, good = short.least + 0.5, short.n - short.least + prior_good
    rest = long.n - short.n
    if rest <= 0:
        return float(betaincc(bad, good, max(in_short, in_long)))
    reached = float(betaincc(bad, good, in_short))
    if reached < _NEVER:
        return 0.0
    shares = betainccinv(bad, good, reached * (_NODES + 1.0) / 2.0)
    needed = np.clip((in_long * long.n - shares * short.n) / rest, 0.0, 1.0)
    rest_bad = min(max(long.least - short.least, 0), rest)
    given = betaincc(rest_bad + 0.5, rest - rest_bad + prior_good, needed)
    return float(reached * (_WEIGHTS @ given) / 2.0)


def time_left(rate: float | None, spent: float, window: int) -> int | None:
    """µs until the budget of `window` µs is gone at `rate`, a share `spent` of it being gone.

    Null where it lasts for the window: what burns now will no longer count by then.
    """
    if rate is None or rate <= 0.0:
        return None
    left = max(1.0 - spent, 0.0) * window / rate
    return round(left) if left < window else None
