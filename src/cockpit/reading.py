"""How long a brief takes to read aloud: its words, and seconds at a speaker's pace."""

from __future__ import annotations

WORDS_PER_MINUTE = 150
LONGEST_SUMMARY = 225  # words of an executive summary: 90 s


def words(text: str) -> int:
    """Words of a markdown text: what holds a letter or a digit; markup alone is no word."""
    return sum(1 for part in text.split() if any(c.isalnum() for c in part))


def seconds(text: str) -> int:
    """Seconds to read it aloud, at 150 words a minute."""
    return round(words(text) * 60 / WORDS_PER_MINUTE)
