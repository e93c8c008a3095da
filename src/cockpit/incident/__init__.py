"""The memory of one incident: its file, its journal, and its state as a fold of events."""
