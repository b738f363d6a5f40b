"""Writes a message in a creditor's own words: places from the outside in, each with what stands there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from lxml import etree

from gateway.domain.correspondence import Kind, Message
from gateway.messages.wire_fields import instant_text

_AMSTERDAM: Final = ZoneInfo("Europe/Amsterdam")
DAY_PART: Final = re.compile("yyyy|jjjj|mm|dd|m|d")

Value = str | int | bool


@dataclass(frozen=True, kw_only=True)
class Step:
    """One element, key or attribute on the way to a place; *each* = there is one for every entry of a list."""

    name: str
    each: bool = False
    attribute: bool = False


@dataclass(frozen=True, kw_only=True)
class Line:
    """At this place stands this; what the message does not say leaves no place."""

    path: tuple[Step, ...]
    value: Callable[[Message], Value | tuple[Value, ...] | None]


@dataclass(frozen=True, kw_only=True)
class RequestForm:
    """How these kinds of message are written for one creditor; *namespaces* by prefix, only those in use."""

    kinds: frozenset[Kind]
    header: tuple[Line, ...]
    body: tuple[Line, ...]
    namespaces: Mapping[str, str]
    soap_action: str | None


def xml_of(lines: tuple[Line, ...], message: Message, namespaces: Mapping[str, str]) -> list[etree._Element]:
    """The elements that *lines* make of *message*, in their order."""
    prefixes: Any = dict(namespaces)
    top = etree.Element("top", nsmap=prefixes)
    for line in lines:
        for path, value in _placed(line, message):
            _put_xml(top, path, text_of(value))
    return list(top)


def json_of(lines: tuple[Line, ...], message: Message) -> dict[str, Any]:
    """The object that *lines* make of *message*, in their order."""
    top: dict[str, Any] = {}
    for line in lines:
        for path, value in _placed(line, message):
            _put_json(top, path, value)
    return top


def field_of(message: Message, name: str) -> Any:
    """The field with this dotted name; None when it, or what it belongs to, is not there."""
    value: Any = message
    for part in name.split("."):
        value = None if value is None else getattr(value, part)
    return value


def plain(value: Any) -> Any:
    """As our own form has it; None for what it would leave out."""
    if value is None or value == () or value == "":
        return None
    if isinstance(value, datetime):
        return instant_text(value)
    if isinstance(value, bool | int | tuple):
        return value
    return str(value)


def day_text(value: Any, pattern: str) -> str | None:
    """A moment is the day that it is in Amsterdam."""
    if value is None:
        return None
    day = value.astimezone(_AMSTERDAM).date() if isinstance(value, datetime) else value
    parts = {"yyyy": f"{day.year:04d}", "mm": f"{day.month:02d}", "dd": f"{day.day:02d}", "m": day.month, "d": day.day}
    parts["jjjj"] = parts["yyyy"]
    return DAY_PART.sub(lambda token: str(parts[token[0]]), pattern)


def amount_text(cents: int | None, mark: str) -> str | None:
    """Euros with two decimals behind *mark*."""
    return None if cents is None else f"{cents // 100}{mark}{cents % 100:02d}"


def text_of(value: Value) -> str:
    """As XML says it."""
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _placed(line: Line, message: Message) -> Iterator[tuple[tuple[Step, ...], Value]]:
    """The place of *line* with its value, once for every entry of a list, not at all when there is nothing to say."""
    value = line.value(message)
    if value is not None:
        for one in value if isinstance(value, tuple) else (value,):
            yield line.path, one


def _put_xml(top: etree._Element, path: tuple[Step, ...], text: str) -> None:
    at = top
    for step in path:
        if step.attribute:
            at.set(step.name, text)
            return
        known = None if step.each else at.find(step.name)
        at = etree.SubElement(at, step.name) if known is None else known
    at.text = text


def _put_json(top: dict[str, Any], path: tuple[Step, ...], value: Value) -> None:
    at = top
    for step in path[:-1]:
        if step.each:
            at.setdefault(step.name, []).append({})
            at = at[step.name][-1]
        else:
            at = at.setdefault(step.name, {})
    if path[-1].each:
        at.setdefault(path[-1].name, []).append(value)
    else:
        at[path[-1].name] = value
