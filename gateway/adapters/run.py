"""What one reading of one reply gathers: origins of values, problems, and what was seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from gateway.adapters.coverage import Seen
from gateway.adapters.paths import Location, Tree
from gateway.adapters.transforms import Unfit
from gateway.domain.integrity import Problem, Severity
from gateway.domain.statement import Origin, Source

Prefix = tuple[Any, ...]
Sources = tuple[tuple[Location, Any], ...]
# (where in the statement, field name, sources, steps, identifying)
Record = tuple[Prefix, str, Sources, tuple[str, ...], bool]


@dataclass(frozen=True)
class Batch:
    """
    The plain values of one item, noted in one go: keeping a record per value would cost more than reading it.

    *names* are (field name, path of names under the item, steps, identifying), *raws* the values that stood there,
    None where this batch has nothing to say about a field.
    """

    prefix: Prefix
    location: Location
    names: tuple[tuple[str, tuple[str, ...], tuple[str, ...], bool], ...]
    raws: list[Any]

    def records(self) -> Iterator[Record]:
        """One record per value that was stated."""
        for (name, path, steps, identifying), raw in zip(self.names, self.raws, strict=True):
            if raw is None:
                continue
            location = self.location
            for key in path:
                location = (location, key)
            said = steps if type(raw) is str else ("number", *steps)
            yield self.prefix, name, ((location, raw),), said, identifying


def each_record(records: list[Record | Batch]) -> Iterator[Record]:
    """The records one by one."""
    for record in records:
        if type(record) is Batch:
            yield from record.records()
        else:
            yield record  # type: ignore[misc]


Render = Callable[[Location], str]


@dataclass
class Run:
    """The state of one reading; nothing of it outlives the reading but the origins."""

    tree: Tree
    render: Render
    known_references: frozenset[str] = frozenset()
    fingerprint: Callable[[str], str] = str
    records: list[Record | Batch] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    seen: Seen = field(default_factory=Seen)
    suspects: bool = False  # a text that may hold a citizen service number was read

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
    """The origin of every value, by JSON Pointer into the statement; rendered when first looked at."""

    def __init__(self, records: list[Record | Batch], render: Render, fingerprint: Callable[[str], str]) -> None:
        self._records = records
        self._render = render
        self._fingerprint = fingerprint
        self._rendered: dict[str, Origin] | None = None

    def _all(self) -> dict[str, Origin]:
        if self._rendered is None:
            rendered: dict[str, Origin] = {}
            for prefix, name, sources, steps, identifying in each_record(self._records):
                pointer = "".join(f"/{part}" for part in (*prefix, name))
                origin = Origin(
                    sources=tuple(self._source(location, raw, identifying) for location, raw in sources),
                    transform=steps,
                )
                if pointer in rendered:  # rows of one kind taken together
                    before = rendered[pointer]
                    steps = before.transform if "sum" in before.transform else (*before.transform, "sum")
                    origin = Origin(sources=before.sources + origin.sources, transform=steps)
                rendered[pointer] = origin
            self._rendered = rendered
        return self._rendered

    def _source(self, location: Location, raw: Any, identifying: bool) -> Source:
        text = str(raw).lower() if isinstance(raw, bool) else str(raw)
        if identifying:
            return Source(path=self._render(location), raw_hash=self._fingerprint(text))
        return Source(path=self._render(location), raw=text)

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
