"""Pages from templates. What is put into one is escaped and inert, whoever wrote it."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import Any

import jinja2
from markupsafe import Markup

from grader.model.safe_text import inert, number


def render_page(template: str, **values: Any) -> str:
    """Fill a template of the folder ``pages``.

    The style sheet and the script stand in the page; its content policy allows these two, by
    their fingerprints, and nothing else: no other script, no other style, nothing from elsewhere.
    """
    return _environment().get_template(template).render(**values)


def _finalized(value: Any) -> Any:
    """Spell out control and direction characters of all that a template is given."""
    return value if isinstance(value, Markup) else inert(str(value))


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("grader.reporters.parts", "pages"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(number=number, brief=_brief)
    style, script = _own_file("page.css"), _own_file("copy.js")
    environment.globals.update(
        style=Markup(style),  # noqa: S704  (a file of ours)
        script=Markup(script),  # noqa: S704
        policy=f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)};"
        " base-uri 'none'; form-action 'none'",
    )
    return environment


def _brief(text: str, longest: int = 80) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"


def _own_file(name: str) -> str:
    folder = resources.files("grader.reporters.parts") / "pages"
    return (folder / name).read_text("utf-8").strip()


def _hash(text: str) -> str:
    """As a content security policy writes it."""
    digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    return f"'sha256-{digest}'"
