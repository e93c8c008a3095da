"""What screen and commands say alike of an option, a promise and a sign, in a few words."""

from __future__ import annotations

from cockpit.numbers import probability, times
from cockpit.views import OptionRow, Promise, Recommendation, Sign


def trade(row: OptionRow) -> str:
    """Its sentence, which begins with its name."""
    named = row.sentence.casefold().startswith(row.label.casefold())
    return row.sentence if named or not row.sentence else f"{row.label}: {row.sentence}"


def beside(row: OptionRow) -> str:
    """What to know before, what is done with it, what it protects, what cannot be undone."""
    parts = [
        f"beware: {'; '.join(row.warnings)}" if row.warnings else "",
        f"beside it: {', '.join(row.companions)}" if row.companions else "",
        f"protects: {row.guarantee}" if row.guarantee else "",
        f"cannot be undone: {row.irreversible}" if row.irreversible else "",
    ]
    return " · ".join(filter(None, parts))


def advice(best: Recommendation) -> str:
    """The rule that speaks; "" where it only says that the best option is to be taken."""
    return "" if best.label and best.guard.startswith(best.label) else best.guard


def compared(row: OptionRow) -> str:
    """'dominated by rollback to v41', 'nearly dominated by …', 'close call', or ""."""
    if row.dominated:
        nearly, _, other = row.dominated.rpartition(", by ")
        return f"{nearly} dominated by {other}".lstrip()
    return "close call" if row.close else ""


def chances(promise: Promise | None) -> str:
    """'71 %, 97 %': after a quarter of an hour and after an hour; or why it is not known."""
    if promise is None:
        return "unknown"
    both = [promise.in_15, promise.in_60]
    if both == [None, None]:
        return promise.reason or "unknown"
    return ", ".join("unknown" if chance is None else probability(chance) for chance in both)


def ratios(sign: Sign) -> str:
    """'data ×10, noise ÷2', the weightiest first; "" where it says nothing of any fault."""
    weighty = sorted(sign.ratios.items(), key=lambda item: -max(item[1], 1 / item[1]))
    return ", ".join(f"{fault} {times(r)}" for fault, r in weighty if times(r) != "·")


def reasons(sign: Sign) -> str:
    """Who says so or what was measured, and what became of its ratios."""
    parts = [
        f"set here: {sign.reason}" if sign.overridden else "",
        sign.why,
        "softened: a stronger sign of its kind is counted" if sign.softened else "",
    ]
    return " · ".join(filter(None, parts))
