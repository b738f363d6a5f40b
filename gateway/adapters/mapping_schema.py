"""The JSON Schema of mapping files, made from the words of the language: editors complete and check with it."""

from __future__ import annotations

from typing import Any, Final

from gateway.adapters import csv_format
from gateway.adapters.mapping import REQUEST_STYLES, SYNTAXES
from gateway.adapters.vocabulary import (
    COMPONENT,
    COMPONENT_KINDS,
    DEBT,
    HEADERS,
    LISTS,
    OUTCOMES,
    SINGLES,
    STATEMENT,
    Kind,
    Part,
    Word,
)
from gateway.domain.money import Notation

Schema = dict[str, Any]

ADDRESS: Final = "https://example.org/creditor-gateway/schemas/mapping.schema.json"
_NOTATIONS: Final = [notation.value for notation in Notation]

# What each word of a field, a block and [mapping] means; a test holds these to the words that the compiler takes.
FIELD_WORDS: Final = {
    "path": "Where the value stands: one place; two hold the reply.",
    "first": "The first of these places that has a value.",
    "sum": "All amounts at these places, added up.",
    "join": "The texts at these places, one after the other.",
    "with": "What join puts between them.",
    "name_of": "The name of the element or key itself.",
    "const": "The same for every reply.",
    "each": "Look at these rows; path, first and sum count from the row.",
    "where": "Only the rows for which all of this holds.",
    "values": "A table of codes, or the name of one under [tables]; a code that is not in it holds the reply.",
    "default": "What an absent value means.",
    "required": "An absent value holds the reply.",
    "money": "How this amount is written, when not as under [defaults].",
    "date": "How this day is written, when not as under [defaults].",
    "negate": "The other sign.",
    "sign": "A debit or credit mark beside the amount.",
    "currency": "A currency beside the amount; only EUR is taken.",
}
BLOCK_WORDS: Final = {
    "each": "Where the items of this block stand.",
    "where": "Only the items for which all of this holds; the others are reported.",
    "skip": "Items that are passed over on purpose, with a warning.",
    "when": "The block is there when all of this holds.",
    "group_by": "Rows with the same value here are one item.",
    "ignore": "Seen, and left out on purpose.",
    "combine": "Parts of one kind are added up.",
}
MAPPING_WORDS: Final = {
    "id": "The name of this mapping, in every statement that it made.",
    "version": "Raise it with every change.",
    "title": "For people.",
    "syntax": "What the replies are written in.",
    "root": "The root element, or the keys that must be there.",
    "charsets": "XML: what is taken beside UTF-8, when the document declares it. CSV: what the file is in.",
    "separator": "CSV: what stands between two cells.",
    "media_types": "Other than the usual ones of the syntax.",
    "acknowledgement": 'This place means "we got your message".',
    "acknowledgement_reference": "Where such a message says which one.",
    "not_an_answer": "This place means a failure, such as a SOAP Fault.",
    "ignore": "Seen, and left out on purpose: a path, or //Name or $..name wherever it stands.",
    "cut": "Somebody else's data: it is not read.",
}
_WAYS: Final = ("path", "first", "sum", "join", "name_of", "const")


def mapping_schema() -> Schema:
    """The schema (JSON Schema 2020-12) that a mapping file, read as TOML, must keep."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": ADDRESS,
        "title": "Mapping of a creditor's reply format",
        "description": "See docs/mapping.md. Made by `gateway creditor schema`; do not edit by hand.",
        "type": "object",
        "required": ["mapping", "statement", "debts"],
        "additionalProperties": False,
        "properties": {
            "mapping": {"$ref": "#/$defs/mapping"},
            "namespaces": _named_texts("XML: a prefix for each namespace, also for a default one."),
            "defaults": {"$ref": "#/$defs/defaults"},
            "tables": {
                "description": "Tables of codes, by the name that values uses.",
                "type": "object",
                "additionalProperties": {"$ref": "#/$defs/codes"},
            },
            "request": _request(),
            "outcome": _outcome(),
            "statement": _statement(),
            "debts": _debts(),
            "hold": _one_or_more(
                _closed(
                    {"when": {"$ref": "#/$defs/condition"}, "reason": {"$ref": "#/$defs/text"}},
                    "Such a reply is held and stays unread.",
                    required=["when", "reason"],
                )
            ),
        },
        "$defs": _definitions(),
    }


def _definitions() -> Schema:
    definitions: Schema = {
        "text": {"type": "string", "minLength": 1, "not": {"const": "?"}},
        "texts": {"anyOf": [{"$ref": "#/$defs/text"}, {"type": "array", "items": {"$ref": "#/$defs/text"}}]},
        "codes": {
            "description": "A table of codes.",
            "type": "object",
            "additionalProperties": {"not": {"const": "?"}},
        },
        "values": {"anyOf": [{"$ref": "#/$defs/text"}, {"$ref": "#/$defs/codes"}]},
        "test": _test(),
        "condition": {
            "description": "Paths, and what must stand there; all must hold.",
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {"$ref": "#/$defs/test"},
        },
        "date": {"description": "Such as dd-mm-yyyy, yyyymmdd, d mmmm yyyy, rfc3339.", "$ref": "#/$defs/texts"},
        "selection": {"anyOf": [{"$ref": "#/$defs/text"}, _selection()]},
        "mapping": _mapping(),
        "defaults": _defaults(),
    }
    for kind in Kind:
        definitions[f"field.{kind.name.lower()}"] = _field(kind)
    amount: Schema = {"anyOf": [{"required": ["charged"]}, {"required": ["outstanding"]}]}
    fixed = _part(COMPONENT, without=frozenset({"kind"}), description="A fixed place for this kind.")
    definitions["component"] = fixed | amount
    definitions["component_list"] = _part(COMPONENT, description="Parts of the debt in a list with codes.") | amount
    definitions |= {f"block.{name}": _part(part) for name, part in (LISTS | SINGLES | HEADERS).items()}
    definitions["block.obstacle"]["properties"]["facts"] = _named_fields("What the ground of the obstacle asks for.")
    return definitions


def _closed(properties: Schema, description: str, *, required: list[str] | None = None) -> Schema:
    schema: Schema = {
        "description": description,
        "type": "object",
        "additionalProperties": False,
        "properties": properties,
    }
    return schema | ({"required": required} if required else {})


def _one_or_more(schema: Schema) -> Schema:
    return {"anyOf": [schema, {"type": "array", "items": schema}]}


def _named_texts(description: str) -> Schema:
    return {"description": description, "type": "object", "additionalProperties": {"type": "string"}}


def _test() -> Schema:
    plain: Schema = {"type": ["string", "integer", "boolean"]}
    values: Schema = {"anyOf": [plain, {"type": "array", "items": plain, "minItems": 1}]}
    words: Schema = {
        "exists": {"description": "Something stands there, or nothing does.", "type": "boolean"},
        "empty": {"description": "The place is there and holds nothing.", "type": "boolean"},
        "not": {"description": "None of these.", **values},
        "same_as": {"description": "The same as at this path of the debt around it.", "$ref": "#/$defs/text"},
    }
    table = _closed(words, "One test.") | {"minProperties": 1, "maxProperties": 1}
    return {"anyOf": [plain, {"type": "array", "items": plain, "minItems": 1}, table]}


def _selection() -> Schema:
    words = ("path", "first", "sum", "join", "with", "each", "where")
    return _closed({word: _field_word(word) for word in words}, "Which places make up a value.")


def _field_word(word: str) -> Schema:
    shapes: dict[str, Schema] = {
        "const": {"type": ["string", "integer", "boolean"], "not": {"const": "?"}},
        "default": {"type": ["string", "integer", "boolean"], "not": {"const": "?"}},
        "where": {"$ref": "#/$defs/condition"},
        "values": {"$ref": "#/$defs/values"},
        "required": {"type": "boolean"},
        "negate": {"type": "boolean"},
        "money": {"enum": _NOTATIONS},
        "date": {"$ref": "#/$defs/date"},
        "sign": _closed(
            {
                "path": {"$ref": "#/$defs/text"},
                "values": {
                    "anyOf": [{"type": "object", "additionalProperties": {"enum": ["+", "-"]}}, {"type": "string"}]
                },
            },
            FIELD_WORDS["sign"],
            required=["path", "values"],
        ),
        "first": {"$ref": "#/$defs/texts"},
        "sum": {"$ref": "#/$defs/texts"},
        "join": {"$ref": "#/$defs/texts"},
        "with": {"type": "string"},
    }
    return {**shapes.get(word, {"$ref": "#/$defs/text"}), "description": FIELD_WORDS[word]}


def _field(kind: Kind) -> Schema:
    words = dict(FIELD_WORDS)
    if kind is not Kind.MONEY:
        for word in ("sum", "money", "negate", "sign", "currency"):
            del words[word]
    if kind is not Kind.DATE:
        del words["date"]
    ways = [way for way in _WAYS if way in words]
    table = _closed(
        {word: _field_word(word) for word in words}, f"{kind.value.capitalize()}: where, and how it is written."
    )
    return {
        "description": f"{kind.value.capitalize()}: a path, or a table that says more.",
        "anyOf": [{"$ref": "#/$defs/text"}, {**table, "oneOf": [{"required": [way]} for way in ways]}],
    }


def _word(word: Word) -> Schema:
    field: Schema = {"$ref": f"#/$defs/field.{word.kind.name.lower()}"}
    if word.codes is not None:
        field["description"] = f"A code: {', '.join(code.value for code in word.codes)}."
    return field


def _part(part: Part, *, without: frozenset[str] = frozenset(), description: str = "") -> Schema:
    properties = {name: _word(word) for name, word in part.words.items() if name not in without}
    shapes: dict[str, Schema] = {
        "each": {"$ref": "#/$defs/text"},
        "group_by": {"$ref": "#/$defs/selection"},
        "ignore": {"$ref": "#/$defs/texts"},
        "combine": {"type": "boolean"},
    }
    for name, meaning in BLOCK_WORDS.items():
        properties[name] = {**shapes.get(name, {"$ref": "#/$defs/condition"}), "description": meaning}
    required = sorted(name for name, word in part.words.items() if word.required and name not in without)
    return _closed(properties, description or f"The block {part.name}.", required=required)


def _mapping() -> Schema:
    texts = {"root", "media_types", "acknowledgement", "not_an_answer", "ignore", "cut"}
    shapes: dict[str, Schema] = {
        "syntax": {"enum": list(SYNTAXES)},
        "separator": {"enum": list(csv_format.SEPARATORS)},
        "charsets": {"$ref": "#/$defs/texts"},
        "acknowledgement_reference": {"$ref": "#/$defs/selection"},
    }
    properties = {
        name: {**shapes.get(name, {"$ref": f"#/$defs/{'texts' if name in texts else 'text'}"}), "description": meaning}
        for name, meaning in MAPPING_WORDS.items()
    }
    return _closed(properties, "What this file is.", required=["id", "version", "syntax"])


def _defaults() -> Schema:
    return _closed(
        {
            "money": {"description": "cents: 125000. point: 1250.00. comma: 1.250,00.", "enum": _NOTATIONS},
            "date": {"$ref": "#/$defs/date"},
            "booleans": {
                "description": "Codes for yes and no.",
                "type": "object",
                "additionalProperties": {"type": "boolean"},
            },
            "currency_attribute": {"description": "XML: every amount carries it.", "$ref": "#/$defs/text"},
        },
        "How amounts and days are written in these replies.",
    )


def _request() -> Schema:
    return {
        "description": "How we write to this creditor; more words depend on the style.",
        "type": "object",
        "properties": {"style": {"enum": list(REQUEST_STYLES)}},
    }


def _outcome() -> Schema:
    rule = _closed(
        {"is": {"enum": list(OUTCOMES)}, "when": {"$ref": "#/$defs/condition"}}, "A rule.", required=["is", "when"]
    )
    codes: Schema = {"type": "object", "additionalProperties": {"enum": list(OUTCOMES)}}
    return _closed(
        {
            "rules": {"description": "Looked at first.", **_one_or_more(rule)},
            "path": {"description": "Where the code stands that says it.", "$ref": "#/$defs/selection"},
            "values": {"description": "What each code means.", "anyOf": [codes, {"type": "string"}]},
            "otherwise": {"description": "Only a statement can be meant without words.", "const": "statement"},
        },
        "What the reply as a whole says.",
    )


def _statement() -> Schema:
    schema = _part(STATEMENT, description="What stands beside the debts.")
    schema["properties"] |= {name: {"$ref": f"#/$defs/block.{name}"} for name in HEADERS}
    return schema | {"required": ["as_of"]}


def _named_fields(description: str) -> Schema:
    return {"description": description, "type": "object", "additionalProperties": {"$ref": "#/$defs/field.text"}}


def _debts() -> Schema:
    schema = _part(DEBT, description="Where the debts stand, and what each of them says.")
    fixed = {kind: {"$ref": "#/$defs/component"} for kind in COMPONENT_KINDS}
    schema["properties"] |= {
        "components": _closed(fixed, "Parts of the debt, each in its own place."),
        "component_list": _one_or_more({"$ref": "#/$defs/component_list"}),
        **{name: _one_or_more({"$ref": f"#/$defs/block.{name}"}) for name in LISTS},
        **{name: {"$ref": f"#/$defs/block.{name}"} for name in SINGLES},
    }
    return schema | {"required": ["each", "reference"]}
