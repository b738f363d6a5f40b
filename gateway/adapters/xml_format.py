"""XML replies: bytes to tree, paths and full XPath, and how a location is written for a reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from lxml import etree

from gateway.adapters.paths import (
    BadPath,
    Hit,
    Location,
    Path,
    PathWriter,
    Rows,
    Tree,
    keys,
    located,
    names_in_filters,
    xml_steps,
)

_XSI: Final = "{http://www.w3.org/2001/XMLSchema-instance}"
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
_NIL: Final = f"{_XSI}nil"


class _Names:
    """
    From lxml's "{uri}local" to the name that the mapping uses; a namespace it does not name stays in full.

    *mark* stands before every name. *known* are those that were asked for before: a plain dict, because a reply asks
    for hundreds; elements and attributes have each their own, because xsi:nil is special as an attribute only.
    """

    def __init__(self, namespaces: Mapping[str, str], mark: str = "") -> None:
        self._mark = mark
        self.known: dict[str, str] = {}
        self._prefixes = {uri: prefix for prefix, uri in namespaces.items()}

    def __getitem__(self, tag: str) -> str:
        name = self.known.get(tag)
        return self._named(tag) if name is None else name

    def _named(self, tag: str) -> str:
        name = self._mark + tag
        if tag[:1] == "{":
            uri, _, local = tag[1:].partition("}")
            prefix = self._prefixes.get(uri)
            if prefix is not None:
                name = f"{self._mark}{prefix}:{local}"
        if len(self.known) < 10_000:  # a reply must not be able to fill the memory with names
            self.known[tag] = name
        return name


def reader(namespaces: Mapping[str, str]) -> Callable[[Any], Tree]:
    """What makes a tree of a root element, with the prefixes of this mapping."""
    names, attribute_names = _Names(namespaces), _Names(namespaces, mark="@")
    known, known_attributes = names.known, attribute_names.known

    def content(element: Any, attributes: list[tuple[str, str]]) -> Any:
        children: dict[str, Any] = {}
        for name, text in attributes:
            if name in known_attributes:
                children[known_attributes[name]] = text
            elif name == _NIL and text.strip() in ("true", "1"):
                return None
            elif not name.startswith((_XSI, _XML)):  # xml:lang and its like say nothing about a debt
                children[attribute_names[name]] = text
        beside = element.text
        for child in element[:]:  # every question asked of an element costs as much as the rest of the loop together
            try:
                name = known[child.tag]
            except KeyError:
                name = names[child.tag]
            inner = child.items()
            value = content(child, inner) if inner or len(child) else child.text or ""
            if name not in children:
                children[name] = value
            elif type(children[name]) is list:
                children[name].append(value)
            else:
                children[name] = [children[name], value]
            tail = child.tail
            if tail is not None and not tail.isspace():
                beside = (beside or "") + tail
        if not children:
            return beside or ""
        if beside is not None and not beside.isspace():
            children["#text"] = beside
        return children

    def tree(root: Any) -> Tree:
        return Tree(top={names[root.tag]: content(root, root.items())}, source=root)

    return tree


def compiler(namespaces: Mapping[str, str]) -> Callable[[str], Path]:
    """What compiles a path of this mapping: a simple one walks the tree, anything else is a full XPath 1.0."""

    def compile_path(text: str) -> Path:
        simple = xml_steps(text)
        if simple is not None:
            absolute, steps = simple
            for step in steps:
                if isinstance(step, str):
                    _known_prefix(step, namespaces)
            return Path(text=text, absolute=absolute, steps=steps, expands=True)
        try:
            query = etree.XPath(text, namespaces=dict(namespaces) or None, smart_strings=True)
        except etree.XPathSyntaxError as problem:
            raise BadPath(f"not an XPath 1.0: {problem}") from None
        absolute = text.startswith("/")

        def run(tree: Tree, item: Hit) -> list[Hit]:
            if absolute:
                starts = [tree.source.getroottree()]
            else:
                rows = list(item[0]) if type(item[0]) is Rows else [item]
                starts = [_element_at(tree, location, namespaces) for _, location in rows]
            found: list[Hit] = []
            for start in starts:
                result = query(start)
                if not isinstance(result, list):
                    raise BadPath("gives a number or text of its own; it must point at elements or attributes")
                for node in result:
                    location = _location_of(node, namespaces)
                    found.append((tree.at(keys(location)), location))
            return found

        return Path(text=text, absolute=absolute, steps=None, query=run, names=names_in_filters(text))

    return compile_path


def _known_prefix(name: str, namespaces: Mapping[str, str]) -> None:
    prefix, colon, _ = name.lstrip("@").partition(":")
    if colon and prefix not in namespaces and prefix != "xml":
        raise BadPath(f'the prefix "{prefix}" is not in [namespaces]; add {prefix} = "urn:..."')


def _element_at(tree: Tree, location: Location, namespaces: Mapping[str, str]) -> Any:
    """The element behind a location; an index counts elements of the same name."""
    element = tree.source
    trail = keys(location)[1:]
    names = _Names(namespaces)
    while trail:
        name = trail.pop(0)
        index = trail.pop(0) if trail and isinstance(trail[0], int) else 0
        same = [child for child in element if names[child.tag] == name]
        if index >= len(same):
            break
        element = same[index]
    return element


def _location_of(node: Any, namespaces: Mapping[str, str]) -> Location:
    names = _Names(namespaces)
    trail: list[Any] = []
    if isinstance(node, str):
        element = node.getparent()  # type: ignore[attr-defined]
        if node.is_attribute:  # type: ignore[attr-defined]
            trail.append("@" + names[node.attrname])  # type: ignore[attr-defined]
    else:
        element = node
    while True:
        parent = element.getparent()
        name = names[element.tag]
        if parent is None:
            trail.append(name)
            break
        same = [child for child in parent if child.tag == element.tag]
        if len(same) > 1:
            trail.append(same.index(element))
        trail.append(name)
        element = parent
    return located(trail[::-1])


def _step(key: str | int) -> str:
    return f"[{key + 1}]" if isinstance(key, int) else f"/{key}" if key != "#text" else ""


# An XPath with the mapping's prefixes: /Saldoopgave/Dossier[2]/Hoofdsom, an attribute as /@nr.
rendered = PathWriter("", _step)
