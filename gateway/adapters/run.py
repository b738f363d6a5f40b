"""What one reading of one reply gathers: origins of values, problems, and what was seen."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

from gateway.adapters.coverage import Seen
from gateway.adapters.making import maker
from gateway.adapters.paths import ROOT, Hit, Location, PathWriter, Tree
from gateway.adapters.transforms import Unfit
from gateway.domain.integrity import Problem, Severity
from gateway.domain.statement import Origin, Source

Prefix = tuple[Any, ...]
Sources = tuple[tuple[Location, Any], ...]
# (where in the statement, field name, sources, steps, identifying)
Record = tuple[Prefix, str, Sources, tuple[str, ...], bool]


class Traced(Protocol):
    """What made a part of the statement, and can say where each of its values stood."""

    def values(self, run: Run, item: Hit, outer: Hit, prefix: Prefix) -> dict[str, Any]:
        """Read the item again; with `run.tracing` every value leaves a record."""
        ...  # pragma: no cover


class Made(Protocol):
    """What made a whole debt at once, and can say which part came of which block and item."""

    def parts(self, item: Hit, top: Hit, prefix: Prefix, made: tuple[Any, ...]) -> Iterator[Part]:
        """One by one, the parts that were noted together as *made*."""
        ...  # pragma: no cover


# One part of the statement that a block made: (block, item, outer item, where in the statement, whether its amounts
# went into an earlier part). A plain tuple: a reply of 14 debts has a hundred.
Part = tuple[Traced, Hit, Hit, Prefix, bool]
# All the plain parts of one debt, noted together: (what made them, item, whole reply, where, what was made).
Together = tuple[Made, Hit, Hit, Prefix, tuple[Any, ...]]


@dataclass
class Run:
    """The state of one reading; nothing of it outlives the reading but the parts, for whoever asks for origins."""

    tree: Tree
    render: PathWriter
    known_references: frozenset[str] = frozenset()
    fingerprint: Callable[[str], str] = str
    records: list[Record] = field(default_factory=list)
    parts: list[Part | Together] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seen: Seen = field(default_factory=Seen)
    sorted_rows: dict[tuple[int, str], dict[str, list[Hit]] | None] = field(default_factory=dict)
    watchful: bool = True  # nine digits stand close together somewhere in the reply
    suspects: bool = False  # a text that may hold a citizen service number was read
    masked: set[tuple[Any, ...]] = field(default_factory=set)
    tracing: bool = False  # every value leaves a record of where it stood
    quick: bool = True  # what is plain may be read the quick way; False reads everything in full

    def note(self, record: Record) -> None:
        """Remember where a value came from; only when origins are looked at, reading itself notes nothing."""
        if self.tracing:
            self.records.append(record)

    def hold(self, code: str, location: Location, detail: str, raw: str | None = None) -> None:
        """A person must look at this."""
        self._add(Severity.HOLD, code, self.render(location), detail, raw)

    def warn(self, code: str, location: Location, detail: str, raw: str | None = None) -> None:
        """Usable, but worth showing."""
        self._add(Severity.WARN, code, self.render(location), detail, raw)

    def unfit(self, unfit: Unfit, location: Location, what: str) -> None:
        """A value that its field cannot take."""
        self.hold(unfit.code, location, f"{what}: {unfit.detail}", unfit.raw)

    def _add(self, severity: Severity, code: str, path: str, detail: str, raw: str | None) -> None:
        self.problems.append(Problem(code=code, severity=severity, path=path, detail=detail, raw=raw))


class Origins(Mapping[str, Origin]):
    """
    The origin of every value, by JSON Pointer into the statement.

    Reading keeps only which block made which part of which item. Whoever looks here has those items read once more,
    by the same readers, which then note where each value stood: most replies are read far more often than traced.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self.rendered: dict[str, Origin] | None = None
        self._around: tuple[Location, str] = (ROOT, "")

    def _all(self) -> dict[str, Origin]:
        if self.rendered is None:
            self.rendered = dict(self.one_by_one())
        return self.rendered

    def one_by_one(self) -> Iterator[tuple[str, Origin]]:
        """(JSON Pointer, origin), debt after debt: a long reply never has them all in memory at once."""
        of_debt: dict[str, Origin] = {}
        debt: Prefix = ()
        trace = Run(tree=self._run.tree, render=self._run.render, tracing=True)
        for part in self._parts():
            prefix = part[3]
            if prefix[:2] != debt:
                yield from of_debt.items()
                of_debt, debt = {}, prefix[:2]
            for pointer, origin in self._of_part(part, trace):
                before = of_debt.get(pointer)
                if before is not None:  # rows of one kind taken together
                    summed = before.transform if "sum" in before.transform else (*before.transform, "sum")
                    origin = Origin(sources=before.sources + origin.sources, transform=summed)
                of_debt[pointer] = origin
        yield from of_debt.items()

    def _parts(self) -> Iterator[Part]:
        for block, item, outer, prefix, made in self._run.parts:
            if isinstance(made, tuple):
                yield from cast(Made, block).parts(item, outer, prefix, made)
            else:
                yield cast(Traced, block), item, outer, prefix, made

    def items(self) -> ItemsView[str, Origin]:
        return _Items(self)

    def _of_part(self, part: Part, trace: Run) -> Iterator[tuple[str, Origin]]:
        block, item, outer, prefix, added = part
        trace.records.clear()
        block.values(trace, item, outer, prefix)
        pointer = "".join([f"/{step}" for step in prefix])
        place, path = item[1], self._path(item[1])
        render, masked = self._run.render, self._run.masked

        for _, name, found, steps, identifying in trace.records:
            if added and not name.endswith("_cents"):
                continue
            hidden = identifying
            if masked and (*prefix, name) in masked:
                hidden, steps = True, (*steps, "masked")
            sources = []
            for location, raw in found:
                # Most values stand right under the item, whose own path is written once.
                is_near = location and place and location[0] is place
                where = path + render.step(location[1]) if is_near else self._path(location)
                text = raw if type(raw) is str else str(raw).lower() if type(raw) is bool else str(raw)
                kept = (None, self._run.fingerprint(text)) if hidden else (text, None)
                sources.append(_source({"path": where, "raw": kept[0], "raw_hash": kept[1]}))
            yield f"{pointer}/{name}", _origin({"sources": tuple(sources), "transform": steps})

    def _path(self, location: Location) -> str:
        """How a place is written; what is around it was most often written a moment ago."""
        if len(location) == 0 or len(location[0]) == 0:
            return self._run.render(location)
        around, key = location
        known, path = self._around
        if known is not around:
            path = self._path(around)
            self._around = (around, path)
        return path + self._run.render.step(key)

    def __getitem__(self, pointer: str) -> Origin:
        return self._all()[pointer]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Mapping) and self._all() == dict(other)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return "<origins>"


_source, _origin = maker(Source), maker(Origin)


class _Items(ItemsView[str, Origin]):
    def __init__(self, origins: Origins) -> None:
        super().__init__(origins)
        self._origins = origins

    def __iter__(self) -> Iterator[tuple[str, Origin]]:
        # A generator, so that it looks only after list() has asked how many there are, for which all are rendered.
        rendered = self._origins.rendered
        yield from self._origins.one_by_one() if rendered is None else rendered.items()
