"""The columns a map asks for, looked for in the files or tables of rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cockpit.observe.features import wanted_features

if TYPE_CHECKING:
    from cockpit.observe.mapping import Mapping
    from cockpit.observe.rows import Rows


def require_columns(
    mapping: Mapping, predictions: Rows, reference: Rows | None, labels: Rows | None
) -> None:
    """Raises BadInput, naming the map's line, where rows lack a column that the map asks for."""
    settings, rows = mapping.settings, predictions
    plain = ("score", "prediction", "user", "latency", "error")
    mapping.require(rows, mapping.time, "time")
    for key in plain:
        mapping.require(rows, getattr(settings, key), key)
    if settings.shadow is not None:
        mapping.require(rows, settings.shadow.score, "shadow", "score")
    if labels is None:
        mapping.require(rows, mapping.label, "label")
        mapping.require(rows, mapping.label_time, "label_time")
    else:
        mapping.require(labels, mapping.label, "label")
        mapping.require(labels, mapping.label_time, "label_time")
        if settings.id is not None and settings.id in labels.columns:
            mapping.require(rows, settings.id, "id")
    for dimension in mapping.dimensions:
        mapping.require(rows, dimension, "segments")
    for kind in ("rates", "means"):
        for i, metric in enumerate(getattr(settings, kind)):
            mapping.require(rows, metric.column, kind, i)
    for feature in wanted_features(settings.features, [], set()):
        mapping.require(rows, feature, "features")
        if reference is not None:
            mapping.require(reference, feature, "features")
    if reference is not None:
        mapping.require(reference, settings.score, "score")
