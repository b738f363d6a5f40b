"""The leaves every wire form of ours is made of, and how what is wrong with one gets its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from gateway.errors import Fault

MAX_CENTS = 10**12  # far above any debt of a person, far below what a float keeps exactly

# A message must survive JSON and XML alike. XML 1.0 has no place for control characters, lone surrogates and
# U+FFFE/U+FFFF, and it turns a carriage return into a newline; tab and newline pass through both unharmed.
_UNWRITABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

MOST_NAMES, LONGEST_NAME, MOST_ENTRIES = 50, 100, 200  # far above any message of ours

# Each message is "code|what to do about it"; faults() takes it apart again.
REQUIRED = "required|Send this field."
NOT_NULL = "null|Leave the field out when there is nothing to say."
UNKNOWN = "unknown_field|This field is not part of the message; leave it out."
NOT_AN_OBJECT = "type|Send an object with named fields here."
NOT_A_LIST = "type|Send a list here."


class StrictSchema(Schema):
    """A schema that takes what it names and nothing else."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": UNKNOWN, "type": NOT_AN_OBJECT}  # noqa: RUF012 (marshmallow declares it so)


def _messages(**others: str) -> dict[str, Any]:
    return {"required": REQUIRED, "null": NOT_NULL, **others}


class Text(fields.String):
    """Text of 1 to *longest* characters that both JSON and XML can carry unchanged."""

    def __init__(self, longest: int, *, pattern: str | None = None, choices: tuple[str, ...] = (), **kwargs: Any):
        super().__init__(error_messages=_messages(invalid="type|Send text here."), **kwargs)
        self.validators = [
            validate.Length(1, longest, error=f"length|Send 1 to {longest} characters."),
            _writable,
        ]
        if pattern is not None:
            self.validators.append(
                validate.Regexp(f"(?:{pattern})\\Z", error="pattern|Send it in the documented form.")
            )
        if choices:
            self.validators.append(validate.OneOf(choices, error=f"unknown_code|Send one of: {', '.join(choices)}."))

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return value


class Identifier(Text):
    """A UUID in its canonical lower-case form; kept as text, the domain makes it a UUID."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(36, pattern=_UUID.pattern, **kwargs)


class Whole(fields.Integer):
    """A whole number between *least* and *most*; never a decimal, a boolean or a number in quotes."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(error_messages=_messages(invalid="type|Send a whole number."), **kwargs)
        self.validators = [validate.Range(least, most, error=f"range|Send a whole number from {least} to {most}.")]

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        if type(value) is not int:  # a bool is an int to Python, not to a creditor
            raise self.make_error("invalid")
        return value


class YesNo(fields.Boolean):
    """true or false; not "yes", not 1."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(error_messages=_messages(invalid="type|Send true or false."), **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Day(fields.Field[date]):
    """A calendar day, YYYY-MM-DD."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(error_messages=_messages(invalid="date|Send an existing day as YYYY-MM-DD."), **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> date:
        if not isinstance(value, str) or (day := day_from(value)) is None:
            raise self.make_error("invalid")
        return day


class Instant(fields.Field[datetime]):
    """A moment with its zone (RFC 3339); becomes UTC."""

    def __init__(self, **kwargs: Any) -> None:
        detail = "date_time|Send an RFC 3339 date and time with its zone, such as 2026-05-04T08:00:00Z."
        super().__init__(error_messages=_messages(invalid=detail), **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime:
        if not isinstance(value, str) or _INSTANT.fullmatch(value) is None:
            raise self.make_error("invalid")
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.make_error("invalid") from None


class Listing(fields.List[Any]):
    """A list of *inner*; left out rather than sent empty."""

    def __init__(self, inner: fields.Field[Any], longest: int, **kwargs: Any) -> None:
        super().__init__(inner, error_messages=_messages(invalid=NOT_A_LIST), **kwargs)
        self.validators = [validate.Length(1, longest, error=f"length|Send 1 to {longest} entries.")]


class Part(fields.Nested):
    """An object inside the message."""

    def __init__(self, schema: type[Schema], **kwargs: Any) -> None:
        super().__init__(schema, error_messages=_messages(type=NOT_AN_OBJECT), **kwargs)


def day_from(text: str) -> date | None:
    """The day that *text* names as YYYY-MM-DD; None when there is no such day or it is written otherwise."""
    if _DAY.fullmatch(text) is None:  # fromisoformat alone also takes 20260504 and 2026-W19-1
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def instant_text(instant: datetime) -> str:
    """The moment as RFC 3339 in UTC: equal moments, equal text. A naive one stays naive and is refused."""
    if instant.tzinfo is None:
        return instant.isoformat()
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def excess(body: Any) -> tuple[Fault, ...]:
    """
    Where a parsed body has more names or entries than any message of ours, or a name that is longer.

    Looked at before a schema is: listing what is wrong with a million entries would take a minute and 100 MB.
    """
    found, level = [], [("", body)]
    while level:
        following: list[tuple[str, Any]] = []
        for pointer, part in level:
            if isinstance(part, Mapping):
                if len(part) > MOST_NAMES or any(len(name) > LONGEST_NAME for name in part):
                    detail = f"Send at most {MOST_NAMES} fields here, with names of at most {LONGEST_NAME} characters."
                    found.append(Fault(pointer=pointer, code="too_many", detail=detail))
                else:
                    following += [(pointer + step(name), value) for name, value in part.items()]
            elif isinstance(part, list):
                if len(part) > MOST_ENTRIES:
                    detail = f"Send at most {MOST_ENTRIES} entries here."
                    found.append(Fault(pointer=pointer, code="too_many", detail=detail))
                else:
                    following += [(f"{pointer}/{index}", value) for index, value in enumerate(part)]
        level = following
    return tuple(found)


def faults(error: ValidationError, pointer: str = "") -> tuple[Fault, ...]:
    """Every fault in *error*, each with its JSON pointer below *pointer*, in the order of the fields."""
    return tuple(_walk(error.messages, pointer))


def step(name: str) -> str:
    """*name* as one step of a JSON pointer (RFC 6901)."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def _walk(node: Any, pointer: str) -> Iterator[Fault]:
    if isinstance(node, Mapping):
        for key, value in node.items():
            yield from _walk(value, pointer if key == "_schema" else pointer + step(str(key)))
    else:
        for message in [node] if isinstance(node, str) else node:
            code, _, detail = str(message).partition("|")
            yield Fault(pointer=pointer, code=code, detail=detail)


def _writable(value: str) -> None:
    if _UNWRITABLE.search(value):
        raise ValidationError("characters|Leave out control characters; tab and newline are fine.")
