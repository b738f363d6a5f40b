"""Reads how a mapping file says that messages are written for one creditor; what it cannot mean stops the start."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from lxml import etree

from gateway.adapters.faults import Faults
from gateway.adapters.their_words import (
    DAY_PART,
    Line,
    RequestForm,
    Step,
    amount_text,
    day_text,
    field_of,
    plain,
    text_of,
)
from gateway.domain.correspondence import Kind, Message
from gateway.domain.money import Notation
from gateway.domain.statement import Rank

STYLE_OPTIONS: Final[Mapping[str, frozenset[str]]] = {
    "rest_json": frozenset({"form"}),
    "rest_xml": frozenset({"encoding", "form"}),
    "soap": frozenset({"encoding", "soap_action", "form"}),
}
ENCODINGS: Final = ("utf-8", "iso-8859-1")  # what the second cannot hold is written as a character reference

_PARTY = {f"{side}.{field}": "text" for side in ("sender", "recipient") for field in ("name", "id_kind", "id_value")}
_RESIDENT = ("initials", "surname", "street", "house_number", "postcode", "town", "bsn", "customer_number")
FIELDS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("kind", "message_id", "conversation_id", "contact", "term", "silence", "note"), "text"),
    **dict.fromkeys(("reply_url", "offer.percentage", "offer.rank", "offer.basis"), "text"),
    **_PARTY,
    **{f"resident.{field}": "text" for field in _RESIDENT},
    **dict.fromkeys(("period_from", "respond_by", "resident.birth_date"), "day"),
    "sent_at": "instant",
    **dict.fromkeys(("offer.claim_cents", "offer.offer_cents"), "cents"),
    "duration_months": "number",
    "ask_components": "truth",
    **dict.fromkeys(("references", "missing_facts"), "list"),
}
_ALWAYS: Final = ("kind", "message_id", "conversation_id", *_PARTY, "contact", "sent_at", "ask_components")
_ID_KINDS: Final = ("oin", "kvk")
_CODES: Final[Mapping[str, tuple[str, ...]]] = {  # what a table of values must cover, so that writing never fails
    "sender.id_kind": _ID_KINDS,
    "recipient.id_kind": _ID_KINDS,
    "offer.rank": tuple(rank.value for rank in Rank),
    "offer.basis": ("total", "original_debt"),
    "ask_components": ("true", "false"),
}
_IDS: Final = ("conversation_id", "message_id")
_TERM: Final = ("respond_by", "term")
_OF_OFFER: Final = (_IDS, _TERM, ("silence",), ("offer.offer_cents",))
# One of each of these must be written, or no reply could be matched, and silence would not have been earned: nobody
# can be held to a term or an offer that the message did not name (promise 5).
_MUST_SAY: Final[Mapping[Kind, tuple[tuple[str, ...], ...]]] = {
    **dict.fromkeys((Kind.STATEMENT_REQUEST, Kind.STATEMENT_REMINDER, Kind.STATEMENT_FINAL_NOTICE), (_IDS, _TERM)),
    **dict.fromkeys((Kind.PROPOSAL, Kind.PROPOSAL_REMINDER, Kind.PROPOSAL_FINAL_NOTICE), _OF_OFFER),
    Kind.SUBSTANTIATION_REQUEST: (_IDS, _TERM, ("silence",), ("missing_facts",)),
}
_XML_STEP = re.compile(r"(?:(?P<prefix>[A-Za-z_][\w.-]*):)?(?P<name>[A-Za-z_][\w.-]*)(?P<each>\[\])?")
_XML_ATTRIBUTE = re.compile(r"@(?P<name>[A-Za-z_][\w.-]*)")
_JSON_STEP = re.compile(r"(?P<name>[^.\[\]@/\x00-\x1f]{1,100})(?P<each>\[\])?")


def request_options(
    faults: Faults, request: Mapping[str, Any], style: str, namespaces: Mapping[str, str]
) -> dict[str, Any]:
    """What [request] says beside its style, with each [[request.form]] checked and ready; faults go to *faults*."""
    options = {name: value for name, value in request.items() if name not in ("style", "form")}
    for name, advice in wrong_options(style, options):
        faults.add(f"request.{name}", advice)
    if "form" not in request:
        return options
    forms, taken = [], set[str]()
    for number, table in enumerate(faults.tables(request, "form", "request")):
        forms.append(_form(faults, table, f"request.form[{number}]", style, namespaces, taken))
    return options | {"form": tuple(forms)}


def wrong_options(style: str, options: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Every option that *style* has not or cannot use, with what to do about it."""
    for name in sorted(set(options) - STYLE_OPTIONS[style]):
        yield name, f"style {style} has no such option; it has {', '.join(sorted(STYLE_OPTIONS[style]))}"
    if options.get("encoding", "utf-8") not in ENCODINGS:
        yield "encoding", f"a request is written in one of {', '.join(ENCODINGS)}"
    if not is_soap_action(options.get("soap_action", "")):
        yield "soap_action", "is plain ASCII text without quotation marks"


def is_soap_action(action: Any) -> bool:
    """It goes into a header between quotation marks."""
    return isinstance(action, str) and action.isascii() and (action.isprintable() and '"' not in action)


def _form(
    faults: Faults, table: Mapping[str, Any], at: str, style: str, namespaces: Mapping[str, str], taken: set[str]
) -> RequestForm:
    soap_words = {"header", "soap_action"} if style == "soap" else set()
    faults.only(table, frozenset({"kinds", "body", *soap_words}), at)
    kinds = _kinds(faults, table, at, taken)
    reader = _Reader(faults, is_xml=style != "rest_json", namespaces=namespaces, kinds=kinds)
    header = reader.lines(table, "header", at) if style == "soap" else ()
    body = reader.lines(table, "body", at)
    if not body:
        faults.add(f"{at}.body", 'say what is written: a table of places, such as "Verzoek/Nummer" = "conversation_id"')
    elif not any(_is_sure(spec) for spec in table["body"].values()):
        faults.add(f"{at}.body", f"write at least one thing that is always there: {', '.join(_ALWAYS)}, or a constant")
    if style != "rest_json" and len({line.path[0] for line in body}) > 1:
        faults.add(f"{at}.body", "all places must begin with the same element: an XML document has one root")
    needed = {fields for kind in kinds for fields in _MUST_SAY.get(Kind(kind), (_IDS,))}
    for fields in sorted(needed) if body else ():
        if not reader.used.intersection(fields):
            faults.add(at, f"write {' or '.join(fields)} somewhere: these messages are worth nothing without")
    action = faults.text(table, "soap_action", at)
    if action is not None and not is_soap_action(action):
        faults.add(f"{at}.soap_action", "is plain ASCII text without quotation marks")
    return RequestForm(
        kinds=frozenset(Kind(kind) for kind in kinds),
        header=header,
        body=body,
        namespaces={prefix: namespaces[prefix] for prefix in sorted(reader.prefixes)},
        soap_action=action,
    )


def _is_sure(spec: Any) -> bool:
    """Whether something stands there whatever the message says."""
    return spec in _ALWAYS or (isinstance(spec, Mapping) and ("const" in spec or spec.get("from") in _ALWAYS))


def _kinds(faults: Faults, table: Mapping[str, Any], at: str, taken: set[str]) -> tuple[str, ...]:
    kinds = faults.texts(table, "kinds", at)
    if not kinds:
        faults.add(f"{at}.kinds", f"say which messages are written so: some of {', '.join(Kind)}")
    for kind in kinds:
        if kind not in tuple(Kind):
            faults.add(f"{at}.kinds", f'"{kind[:40]}" is no kind of message; choose from {", ".join(Kind)}')
        elif kind in taken:
            faults.add(f"{at}.kinds", f"{kind} has two forms; keep one")
        taken.add(kind)
    return tuple(kind for kind in kinds if kind in tuple(Kind))


class _Reader:
    """Reads the places of one form and what stands there; remembers which fields and prefixes were used."""

    def __init__(self, faults: Faults, *, is_xml: bool, namespaces: Mapping[str, str], kinds: tuple[str, ...]) -> None:
        self.used: set[str] = set()
        self.prefixes: set[str] = set()
        self._faults = faults
        self._is_xml = is_xml
        self._namespaces = namespaces
        self._codes = {**_CODES, "kind": kinds}

    def lines(self, table: Mapping[str, Any], part: str, at: str) -> tuple[Line, ...]:
        found: list[Line] = []
        for place, spec in self._faults.table(table, part, at=at).items():
            here = f'{at}.{part}."{place}"'
            path, value = self._path(place, here), self._value(spec, here)
            if path is None or value is None:
                continue
            convert, many = value
            if many is not any(step.each for step in path):
                self._faults.add(here, _EACH_MISSING if many else _EACH_TOO_MUCH)
            found.append(Line(path=path, value=convert))
        for line in found:
            self._in_the_way(line, found, f"{at}.{part}")
        return tuple(found)

    def _in_the_way(self, line: Line, others: list[Line], at: str) -> None:
        """A place that holds text cannot hold other places, and what repeats for one list cannot for another."""
        mine = [step.name for step in line.path]
        repeats = next((depth for depth, step in enumerate(line.path, 1) if step.each), None)
        for other in others:
            theirs = [step.name for step in other.path]
            if other is line:
                continue
            if theirs[: len(mine)] == mine and not (len(theirs) > len(mine) and other.path[len(mine)].attribute):
                self._faults.add(at, f'"{_shown(line.path)}" holds text, so nothing else can stand there')
            if repeats is not None and theirs[:repeats] == mine[:repeats]:
                self._faults.add(at, f'"{_shown(line.path[:repeats])}" repeats for one list only; give it one line')

    def _path(self, place: str, here: str) -> tuple[Step, ...] | None:
        steps: list[Step] = []
        parts = place.split("/" if self._is_xml else ".")
        for number, part in enumerate(parts):
            step = self._xml_step(part, here, last=number == len(parts) - 1) if self._is_xml else _json_step(part)
            if step is None:
                example = "skp:Verzoek/skp:Klant/@nr" if self._is_xml else "verzoek.klant.nr"
                self._faults.add(here, f'write a place as names from the outside in, such as "{example}"')
                return None
            steps.append(step)
        if steps[0].attribute or sum(step.each for step in steps) > 1:
            self._faults.add(here, "a place begins with an element and repeats ([]) at most once")
            return None
        return tuple(steps)

    def _xml_step(self, part: str, here: str, *, last: bool) -> Step | None:
        attribute = _XML_ATTRIBUTE.fullmatch(part) if last else None
        if attribute is not None:
            return Step(name=attribute["name"], attribute=True) if _is_xml(attribute["name"]) else None
        found = _XML_STEP.fullmatch(part)
        if found is None:
            return None
        name, prefix = found["name"], found["prefix"]
        if prefix is not None and prefix not in self._namespaces:
            self._faults.add(here, f'name the prefix "{prefix}" under [namespaces]')
        elif prefix is not None:
            self.prefixes.add(prefix)
            name = f"{{{self._namespaces[prefix]}}}{name}"
        return Step(name=name, each=found["each"] is not None) if _is_xml(name, prefix) else None

    def _value(self, spec: Any, here: str) -> tuple[Callable[[Message], Any], bool] | None:
        """What makes the value, and whether it is a list."""
        table = {"from": spec} if isinstance(spec, str) else spec
        if not isinstance(table, Mapping) or ("from" in table) == ("const" in table):
            self._faults.add(here, 'write a field of ours, { from = "field" } or { const = "text" }')
            return None
        self._faults.only(table, frozenset({"from", "const", "date", "money", "values"}), here)
        if "const" in table:
            return self._constant(table, here)
        name = table["from"]
        if not isinstance(name, str) or name not in FIELDS:
            self._faults.add(here, f"is no field of a message; choose from {', '.join(FIELDS)}")
            return None
        self.used.add(name)
        kind = FIELDS[name]
        for word, fits in (("date", ("day", "instant")), ("money", ("cents",))):
            if word in table and kind not in fits:
                self._faults.add(f"{here}.{word}", f"does not fit {name}")
        return self._converted(name, kind, table, here), kind == "list"

    def _constant(self, table: Mapping[str, Any], here: str) -> tuple[Callable[[Message], Any], bool] | None:
        value = table["const"]
        if len(table) > 1 or not isinstance(value, str | int) or value == "" or not str(value).isprintable():
            self._faults.add(here, "a constant is one text, number or yes/no, and nothing beside it")
            return None
        return (lambda _: value), False

    def _converted(self, name: str, kind: str, table: Mapping[str, Any], here: str) -> Callable[[Message], Any]:
        notations = tuple(Notation)
        if "values" in table:
            return self._by_table(name, table["values"], here)
        if kind in ("day", "instant") and "date" in table:
            pattern = table["date"]
            if not isinstance(pattern, str) or not _is_day(pattern):
                self._faults.add(
                    f"{here}.date", "write a day of dd, mm and yyyy with marks between, such as dd-mm-yyyy"
                )
                return _nothing
            return lambda message: day_text(field_of(message, name), pattern)
        if kind == "cents" and (notation := table.get("money", "cents")) != "cents":
            if notation not in notations:
                self._faults.add(f"{here}.money", f"must be one of {', '.join(notations)}")
                return _nothing
            mark = "," if notation == Notation.COMMA else "."
            return lambda message: amount_text(field_of(message, name), mark)
        return lambda message: plain(field_of(message, name))

    def _by_table(self, name: str, values: Any, here: str) -> Callable[[Message], Any]:
        codes = self._codes.get(name)
        if codes is None or not isinstance(values, Mapping):
            self._faults.add(f"{here}.values", f"is a table, and only fits {', '.join(self._codes)}")
            return _nothing
        missing, unknown = set(codes) - set(values), set(values) - set(codes)
        if missing or unknown:
            self._faults.add(f"{here}.values", f"needs exactly these codes: {', '.join(codes)}")
            return _nothing
        if not all(isinstance(value, str | int) and str(value).isprintable() for value in values.values()):
            self._faults.add(f"{here}.values", "holds texts, numbers or yes/no only")
            return _nothing
        return lambda message: None if (code := plain(field_of(message, name))) is None else values.get(text_of(code))


_EACH_MISSING = 'this field is a list: mark what repeats with [], such as "Vorderingen/Vordering[]/Nummer"'
_EACH_TOO_MUCH = "only a list repeats: take [] away, or name references or missing_facts"


def _is_xml(name: str, prefix: str | None = None) -> bool:
    """Whether it can be the name of an element or attribute; what begins with "xml" belongs to XML itself."""
    if name.lower().startswith("xml") or (prefix or "").lower().startswith("xml"):
        return False
    prefixes: Any = {} if prefix is None or not name.startswith("{") else {prefix: name[1:].partition("}")[0]}
    try:
        etree.Element(name, nsmap=prefixes)
    except ValueError:
        return False
    return True


def _json_step(part: str) -> Step | None:
    found = _JSON_STEP.fullmatch(part)
    return None if found is None else Step(name=found["name"], each=found["each"] is not None)


def _nothing(_: Message) -> None:
    return None


def _is_day(pattern: str) -> bool:
    """A day, a month and a year, each once, and only marks between them."""
    tokens = sorted(token[0].replace("j", "y") for token in DAY_PART.findall(pattern))
    return tokens == ["d", "m", "y"] and re.search(r"\w", DAY_PART.sub("", pattern)) is None


def _shown(path: tuple[Step, ...]) -> str:
    return "/".join(step.name.partition("}")[2] or step.name for step in path)
