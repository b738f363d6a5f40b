"""From the bytes of a reply to the figure, done again by other code than the gateway's own (promise 6, rule R14)."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from lxml import etree

from gateway.adapters import Format
from gateway.adapters.replay import untraceable
from gateway.domain.statement import Statement

_JSON_STEP = re.compile(r"\[(?:(\d+)|'((?:[^'\\]|\\.)*)')\]")


def faults_in_tracing(statement: Statement, format: Format, raw: bytes, fingerprint: Callable[[str], str]) -> list[str]:
    """
    Where a figure cannot be traced: a source whose place in the bytes does not hold what was noted, or a value that
    its steps do not give again. Nothing when all is well.
    """
    assert statement.provenance is not None
    found = [f"{pointer}: {said}" for pointer, said in untraceable(statement, format, fingerprint)]
    if format.syntax not in ("json", "xml"):
        return found
    text_at = _json_reader(raw) if format.syntax == "json" else _xml_reader(raw, format)
    for pointer, origin in statement.provenance.fields.items():
        for source in origin.sources:
            if "name" in origin.transform:
                continue  # what was noted is the name of the place itself
            text = text_at(source.path)
            if text is None:
                found.append(f"{pointer}: nothing stands at {source.path}")
            elif source.raw is not None and source.raw != text and "*" not in source.raw:
                found.append(f"{pointer}: something else stands at {source.path}")
            elif source.raw_hash is not None and source.raw_hash != fingerprint(text):
                found.append(f"{pointer}: the fingerprint of {source.path} differs")
    return found


def _json_reader(raw: bytes) -> Callable[[str], str | None]:
    document = json.loads(raw.decode("utf-8-sig"), parse_float=Decimal)

    def text_at(path: str) -> str | None:
        value: Any = document
        for number, name in _JSON_STEP.findall(path):
            try:
                value = value[int(number)] if number else value[re.sub(r"\\(.)", r"\1", name)]
            except (KeyError, IndexError, TypeError):
                return None
        return str(value).lower() if isinstance(value, bool) else str(value)

    return text_at


def _xml_reader(raw: bytes, format: Format) -> Callable[[str], str | None]:
    root = etree.fromstring(raw, etree.XMLParser(remove_comments=True, remove_pis=True))

    def text_at(path: str) -> str | None:
        found = root.xpath(path, namespaces=dict(format.namespaces) or None)
        if len(found) == 0:
            return None
        (first, *_) = found
        if isinstance(first, str):
            return str(first)
        tails = [child.tail for child in first if child.tail is not None and child.tail.strip()]
        return (first.text or "") + "".join(tails)

    return text_at
