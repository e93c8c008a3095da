"""Markdown as lines of text: headings, paragraphs, emphasis, lists, tables. Nothing is a link."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markdown_it import MarkdownIt
from markdown_it.token import Token

from cockpit.ui.lines import EMPTY, Line, Span, cut, fit, pad, text_width, width

_PARSER = MarkdownIt("commonmark", {"html": False}).enable("table")


def rendered(source: str, cells: int) -> list[Line]:
    """The source as it will read, in lines of at most `cells`."""
    lines: list[Line] = []
    lists: list[int | None] = []  # the number of the next item, or None where items have none
    marker = ""
    tokens = _PARSER.parse(source)
    index = 0
    while index < len(tokens):
        token = tokens[index]
        indent = "  " * max(0, len(lists) - 1)
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(int(token.attrGet("start") or 1) if "ordered" in token.type else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
            if not lists:
                marker = ""
                lines.append(EMPTY)
        elif token.type == "list_item_open":
            number = lists[-1]
            marker = "• " if number is None else f"{number}. "
            lists[-1] = None if number is None else number + 1
        elif token.type == "heading_open":
            lines += flowed(_spans(tokens[index + 1], "title"), cells)
            if token.tag == "h1" and lines:  # an empty one has nothing to underline
                lines.append((("═" * min(cells, width(lines[-1])), "border"),))
            lines.append(EMPTY)
            index += 2
        elif token.type == "inline":
            first = indent + marker
            lines += flowed(_spans(token, "text"), cells, first, " " * text_width(first))
            marker = " " * text_width(marker)
            if not lists:
                lines.append(EMPTY)
        elif token.type in ("fence", "code_block"):
            code = token.content.splitlines()
            lines += [((cut(f"  {text}", cells), "dim"),) for text in code]
            lines.append(EMPTY)
        elif token.type == "hr":
            lines += [(("─" * cells, "border"),), EMPTY]
        elif token.type == "table_open":
            end = next(i for i in range(index, len(tokens)) if tokens[i].type == "table_close")
            lines += [*_table(tokens[index:end], cells), EMPTY]
            index = end
        index += 1
    return lines


def _spans(token: Token, role: str) -> list[Span]:
    spans: list[Span] = []
    strong = 0
    for child in token.children or ():
        if child.type in ("strong_open", "em_open"):
            strong += 1
        elif child.type in ("strong_close", "em_close"):
            strong -= 1
        elif child.type in ("softbreak", "hardbreak"):
            spans.append((" ", role))
        elif child.type == "code_inline":
            spans.append((child.content, "key"))
        elif child.content:
            spans.append((child.content, "strong" if strong else role))
    return spans


def flowed(spans: Sequence[Span], cells: int, first: str = "", then: str = "") -> list[Line]:
    """Spans broken at spaces into lines; `first` stands before the first, `then` before others."""
    lines: list[Line] = []
    line: list[Span] = [(first, "text")] if first else []
    used, start = text_width(first), True
    for word, role, spaced in _pieces(spans):
        space = 1 if spaced and not start else 0
        if used + space + text_width(word) > cells and not start:
            lines.append(tuple(line))
            line, used, space = [(then, "text")], text_width(then), 0
        line.append((" " * space + word, role))
        used += space + text_width(word)
        start = False
    if line:
        lines.append(tuple(line))
    return [fit(one, cells) if width(one) > cells else one for one in lines]


def _pieces(spans: Sequence[Span]) -> Iterator[tuple[str, str, bool]]:
    """Words with their role, and whether a space stands before them."""
    spaced = False
    for text, role in spans:
        for index, word in enumerate(text.split(" ")):
            spaced = spaced or index > 0
            if word:
                yield word, role, spaced
                spaced = False


def _table(tokens: Sequence[Token], cells: int) -> list[Line]:
    rows: list[list[str]] = []
    for token in tokens:
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append("".join(text for text, _ in _spans(token, "text")))
    columns = max((len(row) for row in rows), default=0)
    sizes = [max(text_width(row[i]) if i < len(row) else 0 for row in rows) for i in range(columns)]
    while sum(sizes) + 2 * columns > cells and max(sizes) > 4:
        sizes[sizes.index(max(sizes))] -= 1
    lines: list[Line] = []
    for index, row in enumerate(rows):
        role = "text" if index else "title"
        fitted = zip(row, sizes, strict=False)
        lines.append(tuple((pad(text, size) + "  ", role) for text, size in fitted))
    return lines
