"""An Alertmanager as a live source: which alerts it sends, which are silenced, which have ended."""
