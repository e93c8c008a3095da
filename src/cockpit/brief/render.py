"""Templates to markdown, in a sandbox: whatever a template prints is escaped on its way out."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from cockpit.brief.audiences import Audience
from cockpit.brief.tables import Table
from cockpit.records import BadInput
from cockpit.text import markdown

_LONGEST = 1_000  # characters of one printed value


class Marked(str):
    """Markdown we made ourselves, its texts already escaped: printed as it is."""


def template_of(audience: Audience) -> str:
    """The source of an audience's own template."""
    return (files("cockpit.brief") / "templates" / f"{audience}.md.j2").read_text("utf-8")


def render(source: str, name: str, brief: object) -> str:
    """The markdown that template `source`, called `name` in errors, makes of a brief.

    Raises BadInput, with the template's name and line, for whatever is wrong in it.
    """
    # Imported late: drafting is the first that needs it, painting the screen does not.
    from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(
        autoescape=False,  # that would be for HTML; `finalize` does the same for markdown
        finalize=_escaped,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(bullets=bullets, table=table)
    try:
        return environment.from_string(source).render(brief=brief)
    except TemplateSyntaxError as error:
        raise BadInput(f"{name}:{error.lineno}: {error.message}; mend the template") from None
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise BadInput(f"{name}: {error}; mend the template") from None


def bullets(entries: list[str], otherwise: str) -> Marked:
    """A list, one entry a line; the sentence `otherwise` where there is none."""
    return Marked("\n".join(f"- {_escaped(e)}" for e in entries) or _escaped(otherwise))


def table(data: Table, otherwise: str) -> Marked:
    """A table, and how many rows it leaves out; the sentence `otherwise` where it has none."""
    if not data.rows:
        return Marked(_escaped(otherwise))
    lines = [_row(data.columns), _row(["---"] * len(data.columns), escaped=True)]
    lines += [_row(cells) for cells in data.rows]
    if data.left_out:
        lines += ["", f"{data.left_out} more in the incident file."]
    return Marked("\n".join(lines))


def _row(cells: list[str], *, escaped: bool = False) -> str:
    return "| " + " | ".join(c if escaped else _escaped(c) for c in cells) + " |"


def _escaped(value: Any) -> str:
    return value if isinstance(value, Marked) else markdown(value, _LONGEST)
