"""The arithmetic of one containment option, done again from what `assess --json` prints.

It takes the mean of each posterior where the table takes 4,000 draws of it, so the two agree to
about one part in a thousand, and nothing of `cockpit.decide` is used.
"""

from __future__ import annotations

import math
from typing import Any

Z90 = 1.2816  # the normal quantile at .90


def worked(facts: dict[str, Any], table: dict[str, Any]) -> list[str]:
    """Lines that lead from counts to the wrong decisions of observing and of 'segment off'."""
    every = [*facts["metrics"], *facts["segments"]]

    def figure(name: str, version: str | None = None, segment: str | None = None) -> dict[str, Any]:
        wanted = (name, version, segment)
        return next(e for e in every if (e["name"], e["version"], e["segment"]) == wanted)

    segment = next(e for e in every if e["name"] == "worst_segment")["segment"]
    requests = figure("requests")
    minutes = (requests["window"]["end"] - requests["window"]["start"]) / 60e6
    rate = requests["n"] * 60 / minutes
    inside = figure("requests_share", None, segment)["value"]
    versions = [e["version"] for e in facts["metrics"] if e["name"] == "requests" and e["version"]]
    lines = [
        f"requests in the last {minutes:g} min   {requests['n']:,}, so {rate:,.0f} an hour",
        f"share in {segment}         {inside:.4f}, elsewhere {1 - inside:.4f}",
        "",
        f"{'part':<12}{'version':<9}{'serves':>7}{'wrong of labelled':>20}{'(k+½)/(n+1)':>14}",
    ]
    now = {}
    for part, share in ((segment, inside), ("elsewhere", 1 - inside)):
        serving, wrong = {}, {}
        for version in versions:
            whole, here = (
                {name: figure(name, version, s) for name in ("label_coverage", "wrong_rate")}
                for s in (None, segment)
            )
            rows, k, n = (
                (here["label_coverage"]["n"], here["wrong_rate"]["n_pos"], here["wrong_rate"]["n"])
                if part == segment
                else (
                    whole["label_coverage"]["n"] - here["label_coverage"]["n"],
                    whole["wrong_rate"]["n_pos"] - here["wrong_rate"]["n_pos"],
                    whole["wrong_rate"]["n"] - here["wrong_rate"]["n"],
                )
            )
            of_all = figure("requests", version)["n"] / requests["n"]
            serving[version] = of_all * rows / whole["label_coverage"]["n"]
            wrong[version] = (k, n, (k + 0.5) / (n + 1))
        total = sum(serving.values())
        now[part] = 0.0
        for version, (k, n, q) in wrong.items():
            weight = serving[version] / total
            now[part] += share * weight * q
            counted = f"{k:,} of {n:,}"
            lines.append(f"{part:<12}{version:<9}{weight:>7.3f}{counted:>20}{q:>14.4f}")
    rows_by_id = {row["id"]: row for row in table["options"]}
    today = sum(now.values())
    lines += [
        "",
        "observe",
        f"  share × serves × (k+½)/(n+1), added up    {now[segment]:.5f} + {now['elsewhere']:.5f}"
        f" = {today:.5f}",
        f"  × {rate:,.0f} requests = {rate * today:,.0f}"
        f"    the table says {rows_by_id['observe']['wrong']['value']:,.0f}",
        "",
        *_switched_off(rate, inside, now["elsewhere"], today, rows_by_id["segment_off"], table),
    ]
    return lines


def _switched_off(
    rate: float,
    inside: float,
    elsewhere: float,
    today: float,
    row: dict[str, Any],
    table: dict[str, Any],
) -> list[str]:
    assumed = dict(a["key"].split(" = ") for a in table["assumptions"] if " = " in a["key"])
    rules = float(assumed["options.rules.wrong_share"].rstrip("%")) / 100
    median, late = (float(m) for m in assumed["options.segment_off.minutes"].split(", "))
    spread = math.log(late / median) / Z90
    mean = median * math.exp(spread**2 / 2)
    after = inside * rules + elsewhere
    wrong = rate * (mean / 60 * today + (1 - mean / 60) * after)
    return [
        row["label"],
        f"  once it is in effect    {inside:.4f} × {rules:.0%} (assumed of the rules) + "
        f"{elsewhere:.5f} = {after:.5f}",
        f"  until then              {median:g} min median, {late:g} min at the 90th percentile:"
        f" {mean:.2f} min on average",
        f"  {rate:,.0f} × ({mean / 60:.4f} × {today:.5f} + {1 - mean / 60:.4f} × {after:.5f})"
        f" = {wrong:,.0f}    the table says {row['wrong']['value']:,.0f}",
    ]
