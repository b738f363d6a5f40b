"""Rows that say in a field of their own what they are, read as fields of that name: <td field="invoice">12</td>."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, Final

# A name of a field stands in one of these; EDI has codes for it, which are numbers as often as not.
_LABELS: Final = re.compile(r"@?(field|veld|veldnaam|key|sleutel|name|naam|label|attribute|property)", re.IGNORECASE)
_EDI_LABELS: Final = re.compile(r"(\w+:)?(QUALF|QUALI|SUMID|IDDAT|qualifier)")
_MOST: Final = 100
_AMOUNT: Final = re.compile(r"[-+]?[0-9.,  ]+-?")


class Labelled(str):
    """
    One step of a path: the row of list *base* that says *code* in its field *label*.

    As text it is the step as a mapping writes it in XML: td[@field='invoice']; JSON has a form of its own.
    """

    base: str
    label: str
    code: str

    def __new__(cls, base: str, label: str, code: str) -> Labelled:
        made = super().__new__(cls, f"{base}[{label}='{code}']")
        made.base, made.label, made.code = base, label, code
        return made

    @property
    def in_json(self) -> str:
        """The step as a mapping of a JSON reply writes it: fields[?@.name=='invoice']."""
        return f"{self.base}[?@.{self.label}=='{self.code}']"

    def rows(self, around: dict[str, Any]) -> list[Any]:
        """The rows of this label inside one object or element."""
        return [row for row in _listed(around.get(self.base, ())) if _plain(row, self.label) == self.code]


def label_of(groups: list[list[Any]]) -> str | None:
    """
    The field in which rows say what they are; None where they do not.

    No two rows of one group say the same, and they hold things of several sorts: a list of amounts with codes is a
    breakdown, and stays a list.

    Args:
        groups: What stands in one list, once for every object around it.
    """
    rows = [row for group in groups for row in group]
    if not rows or not all(isinstance(row, dict) for row in rows):
        return None
    for label in map(str, rows[0]):
        codes = [[_plain(row, label) for row in group] for group in groups]
        known = {code for part in codes for code in part}
        if None in known or len(known) > _MOST or any(_is_unwritable(code) for code in known):
            continue
        if any(len(set(part)) < len(part) for part in codes):
            continue
        is_named = _LABELS.fullmatch(label) and len(known) > 1 and _are_of_several_sorts(rows, label)
        if is_named or _EDI_LABELS.fullmatch(label):
            return label
    return None


def _is_unwritable(code: str | None) -> bool:
    return code is None or "'" in code or "\\" in code or len(code) > 80 or not code.isprintable()


def _are_of_several_sorts(rows: list[dict[str, Any]], label: str) -> bool:
    """Whether each row holds one value beside its label, and not all of them look like amounts."""
    said = [[part for name, part in row.items() if name != label and not name.startswith("@")] for row in rows]
    if any(len(parts) > 1 or any(isinstance(part, dict | list) for part in parts) for parts in said):
        return False
    return not all(_is_amount(part) for parts in said for part in parts)


def _is_amount(value: Any) -> bool:
    return isinstance(value, int | Decimal) or (isinstance(value, str) and _AMOUNT.fullmatch(value.strip()) is not None)


def _listed(part: Any) -> list[Any]:
    return part if isinstance(part, list) else [part]


def _plain(row: Any, label: str) -> str | None:
    value = row.get(label) if isinstance(row, dict) else None
    text = value.get("#text") if isinstance(value, dict) else value
    return str(text).strip() or None if isinstance(text, str) else None


def lists_in(tree: Any, syntax: str, names: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], list[Any]]]:
    """Every list in a tree: its names from the top, and what stands in it, once per place. In XML one is a list too."""
    if isinstance(tree, list):
        for part in tree:
            yield from lists_in(part, syntax, names)
    elif isinstance(tree, dict):
        for name, part in tree.items():
            if isinstance(part, list) or (isinstance(part, dict) and syntax == "xml"):
                yield (*names, name), _listed(part)
            yield from lists_in(part, syntax, (*names, name))
