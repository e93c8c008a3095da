"""Grafana's names of units, as units are written here."""

from __future__ import annotations

from cockpit.text import inert

_LONGEST = 12

_UNITS = {
    "none": "",
    "short": "",
    "string": "",
    "bool": "",
    "bool_yes_no": "",
    "bool_on_off": "",
    "percent": "%",
    "percentunit": "share",
    "ns": "ns",
    "µs": "us",
    "ms": "ms",
    "s": "s",
    "m": "min",
    "h": "h",
    "d": "d",
    "dtdurations": "s",
    "dtdurationms": "ms",
    "clocks": "s",
    "hertz": "Hz",
    "reqps": "1/s",
    "rps": "1/s",
    "ops": "1/s",
    "cps": "1/s",
    "eps": "1/s",
    "mps": "1/s",
    "wps": "1/s",
    "iops": "1/s",
    "pps": "1/s",
    "reqpm": "1/min",
    "opm": "1/min",
    "cpm": "1/min",
    "bytes": "B",
    "decbytes": "B",
    "bits": "bit",
    "decbits": "bit",
    "kbytes": "KiB",
    "mbytes": "MiB",
    "gbytes": "GiB",
    "deckbytes": "kB",
    "decmbytes": "MB",
    "decgbytes": "GB",
    "Bps": "B/s",
    "binBps": "B/s",
    "bps": "bit/s",
    "binbps": "bit/s",
    "KBs": "kB/s",
    "MBs": "MB/s",
    "GBs": "GB/s",
    "watt": "W",
    "kwatt": "kW",
    "joule": "J",
    "volt": "V",
    "amp": "A",
    "celsius": "°C",
    "rotrpm": "rpm",
    "currencyUSD": "USD",
    "currencyEUR": "EUR",
    "currencyGBP": "GBP",
}


def unit(grafana: str) -> str:
    """The unit of a panel; one of the team's own stays as it is, cut to a few letters."""
    known = _UNITS.get(grafana)
    if known is not None:
        return known
    for prefix in ("suffix:", "prefix:", "short:", "si:"):
        grafana = grafana.removeprefix(prefix)
    return inert(grafana.strip(), _LONGEST)
