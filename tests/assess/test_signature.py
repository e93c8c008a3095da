"""What incidents look like: likeness is a share, symmetric, and blind to versions and values."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cockpit.assess.signature import Signature, in_common, likeness, signature
from cockpit.records import Assessment, Drift, Estimate, Window
from cockpit.views import Change

WINDOW = Window(start=0, end=60)
signatures = st.builds(
    Signature,
    signs=st.dictionaries(st.sampled_from("abcde"), st.sampled_from([0.25, 0.5, 1.0])),
)


def estimate(name: str, verdict: str, **more) -> Estimate:
    return Estimate(
        id=name, name=name, value=1.0, window=WINDOW, as_of=60, taken_at=60, verdict=verdict, **more
    )


def drift(feature: str, drift_class: str, segment: str | None = None) -> Drift:
    return Drift(
        feature=feature,
        psi=0.3,
        psi_corrected=0.3,
        low=0.2,
        high=0.4,
        kl=0.1,
        n=5000,
        drift_class=drift_class,
        segment=segment,
    )


@given(signatures, signatures)
def test_likeness_is_a_symmetric_share(one, other):
    assert 0.0 <= likeness(one, other) <= 1.0
    assert likeness(one, other) == likeness(other, one)
    assert (likeness(one, other) > 0) == bool(in_common(one, other))


@given(signatures)
def test_an_incident_is_wholly_like_itself(one):
    assert likeness(one, one) == (1.0 if one.signs else 0.0)


@given(signatures, signatures)
def test_another_sign_in_common_makes_them_more_alike(one, other):
    both = [Signature(signs={**s.signs, "f": 1.0}) for s in (one, other)]
    assert likeness(*both) >= likeness(one, other)


def test_signs_are_what_is_worse_what_drifted_who_is_hurt_and_after_which_change():
    facts = Assessment(
        at=60,
        as_of=60,
        window=WINDOW,
        metrics=[
            estimate("precision", "degraded"),
            estimate("recall", "fine"),
            estimate("latency_p95", "watch"),
            estimate("f1", "watch"),
            estimate("auc", "critical", version="v42"),
        ],
        drift=[
            drift("amount", "major", "region BR"),
            drift("amount", "major", "region × device BR × ios"),
            drift("hour", "minor"),
        ],
        segments=[estimate("worst_segment", "", segment="region BR")],
    )
    changes = [
        Change(at=1, kind="deploy", text="v42", fit="best fit"),
        Change(at=2, kind="flag", text="x", fit="poor fit"),
    ]
    found = signature(facts, changes, None)
    assert found.signs == {
        "decisions worse": 1.0,
        "slower": 0.25,
        "amount drifted in a segment": 1.0,
        "worst in region BR": 1.0,
        "after a deploy": 1.0,
    }
    assert found.began is None
    other = Signature(signs={"decisions worse": 0.25, "after a deploy": 1.0, "errors": 1.0})
    assert likeness(found, other) == pytest.approx(1.25 / 5.25)
    assert in_common(found, other) == ["after a deploy", "decisions worse"]
