"""One file for each pane: pure functions from a view to rows."""
