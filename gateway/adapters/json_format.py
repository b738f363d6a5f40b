"""JSON replies: bytes to tree, paths and full JSONPath, and how a location is written for a reader."""

from __future__ import annotations

from typing import Any

import jsonpath

from gateway.adapters import strict_json
from gateway.adapters.paths import (
    BadPath,
    Hit,
    Location,
    Path,
    PathWriter,
    Rows,
    Step,
    Tree,
    json_steps,
    keys,
    located,
    names_in_filters,
)


def tree_of(raw: bytes) -> Tree:
    """
    The reply as a tree.

    Raises:
        UnreadableInput: see strict_json.
    """
    return Tree(top=strict_json.parse(raw))


def compile_path(text: str) -> Path:
    """
    A path as a mapping writes it: a simple one walks the tree, anything else is a full JSONPath (RFC 9535).

    Raises:
        BadPath: neither.
    """
    simple = json_steps(text)
    if simple is not None:
        absolute, steps = simple
        ends_in_items = bool(steps) and steps[-1] in (Step.ITEMS, Step.ALL)
        return Path(text=text, absolute=absolute, steps=steps, expands=not ends_in_items)
    absolute = text.startswith("$")
    try:
        query = jsonpath.compile(text if absolute else f"$.{text}")
    except Exception as problem:  # noqa: BLE001 -- the library raises many kinds; each means: not a JSONPath
        raise BadPath(f"not a JSONPath: {problem}") from None

    def run(tree: Tree, item: Hit) -> list[Hit]:
        if absolute:
            starts: list[Hit] = [(tree.top, ())]
        else:
            starts = list(item[0]) if type(item[0]) is Rows else [item]
        return [
            (match.obj, _joined(location, match.parts))
            for value, location in starts
            if isinstance(value, (dict, list))
            for match in query.finditer(value)
        ]

    return Path(text=text, absolute=absolute, steps=None, query=run, names=names_in_filters(text))


def _joined(location: Location, parts: Any) -> Location:
    return located(parts) if not location else located([*keys(location), *parts])


def _step(key: str | int) -> str:
    if type(key) is int:
        return f"[{key}]"
    assert isinstance(key, str)
    if "\\" in key or "'" in key:
        key = key.replace("\\", "\\\\").replace("'", "\\'")
    return f"['{key}']"


# A normalised path (RFC 9535): $['vorderingen'][0]['bedrag'].
rendered = PathWriter("$", _step)
