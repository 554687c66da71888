"""What has to hold for every page, whatever is in it."""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from typing import Any

import html5lib

Element = Any  # of xml.etree, as html5lib makes them

SVG = "{http://www.w3.org/2000/svg}svg"
HANDLER = re.compile(r"^on[a-z]+$")


def parsed(page: str) -> Element:
    """The page's tree, from a parser that forgives nothing; accessible, self-contained, inert."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root = parser.parse(page)
    assert {c for c in page if unicodedata.category(c)[0] == "C"} <= {"\n", "\t"}
    _is_self_contained(root)
    _runs_only_its_own_script(root)
    _is_accessible(root)
    return root


def words(element: Element) -> str:
    """The text in an element, as it is shown, with spaces and line breaks made one space."""
    return " ".join("".join(element.itertext()).split())


def _is_self_contained(root: Element) -> None:
    ids = {element.get("id") for element in root.iter() if element.get("id")}
    for element in root.iter():
        assert not {"src", "srcset", "data", "poster", "action", "style"} & set(element.attrib)
        assert not [name for name in element.attrib if HANDLER.match(name)]
        assert element.tag not in {"link", "base", "iframe", "object", "embed", "img", "form"}
        link = element.get("href")
        if link is not None and link.startswith("#"):
            assert link[1:] in ids, link
        elif link is not None:
            assert re.fullmatch(r"[^/:#?]+\.html", link), link
    assert "url(" not in root.find("head/style").text


def _runs_only_its_own_script(root: Element) -> None:
    (policy,) = (
        meta.get("content")
        for meta in root.iter("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none';")
    for kind in ("script", "style"):
        found = list(root.iter(kind))
        assert len(found) <= 1
        for element in found:
            digest = hashlib.sha256(element.text.encode()).digest()
            assert f"{kind}-src 'sha256-{base64.b64encode(digest).decode()}'" in policy


def _is_accessible(root: Element) -> None:
    assert root.get("lang") == "en"
    assert words(root.find("head/title"))
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert len(ids) == len(set(ids))
    levels = [int(e.tag[1]) for e in root.iter() if re.fullmatch("h[1-6]", str(e.tag))]
    assert levels.count(1) == 1
    assert all(deeper <= level + 1 for level, deeper in zip([0, *levels], levels, strict=False))
    assert len(list(root.iter("main"))) == 1
    first = next(root.find("body").iter("a"))
    assert first.get("href") == "#main", "the first link skips to the content"
    for table in root.iter("table"):
        assert words(table.find("caption"))
        assert all(cell.get("scope") in ("row", "col") for cell in table.iter("th"))
        widths = {len(row) for row in table.iter("tr")}
        assert len(widths) == 1, "rows of different lengths"
    for element in root.iter():
        if element.get("tabindex") == "0":
            named = element.get("aria-label") or element.get("aria-labelledby")
            assert named, f"a reader lands on {element.tag} and is not told what it is"
            assert element.get("role") == "group"
    for landmark in [*root.iter("section"), *root.iter("nav")]:
        assert landmark.get("aria-labelledby") or landmark.get("aria-label")
    for picture in root.iter(SVG):
        assert picture.get("aria-hidden") == "true" or picture.get("role") == "img"
    labels = [e.get("aria-labelledby") for e in root.iter() if e.get("aria-labelledby")]
    assert {label for text in labels for label in text.split()} <= set(ids)
