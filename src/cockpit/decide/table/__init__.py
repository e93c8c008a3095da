"""The containment table: figures, sentences, notes."""
