"""The life of a statement request (saldoverzoek), as a table: (state, event) -> state, each edge with its ground."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.errors import Conflict


class State(StrEnum):
    """
    Where a statement request stands.

    A held reply is no state of its own: it *suspends* the term that runs (ruling 5), in whatever state.
    """

    QUEUED = "queued"  # recorded, no proof of delivery yet: no term runs
    WAITING = "waiting"  # delivered: the term runs
    OVERDUE = "overdue"  # the term passed; the final notice is on its way
    NOTICED = "noticed"  # final notice delivered: the cure term runs
    SILENT = "silent"  # every term passed; a late answer is still an answer
    ANSWERED = "answered"
    STOPPED = "stopped"  # the permission ended
    UNDELIVERABLE = "undeliverable"


class Event(StrEnum):
    """What may happen to a statement request."""

    DELIVERED = "delivered"
    GAVE_UP = "gave_up"
    TERM_ENDED = "term_ended"
    TERM_ENDED_FOR_GOOD = "term_ended_for_good"
    NOTICE_DELIVERED = "notice_delivered"
    CURE_ENDED = "cure_ended"
    ANSWERED = "answered"
    PERMISSION_ENDED = "permission_ended"


@dataclass(frozen=True)
class Edge:
    """Where an event leads to, and on what ground."""

    to: State
    ground: str


S, E = State, Event
_OPEN = (S.QUEUED, S.WAITING, S.OVERDUE, S.NOTICED, S.SILENT)

EDGES: Mapping[tuple[State, Event], Edge] = {
    (S.QUEUED, E.DELIVERED): Edge(S.WAITING, "proven delivery starts the term (promise 5)"),
    (S.QUEUED, E.GAVE_UP): Edge(S.UNDELIVERABLE, "no proof of delivery: no term ever ran"),
    (S.WAITING, E.TERM_ENDED): Edge(S.OVERDUE, "the last day has passed; a final notice goes out (ruling 4)"),
    (S.WAITING, E.TERM_ENDED_FOR_GOOD): Edge(S.SILENT, "under this regime silence only escalates (ruling 14)"),
    (S.OVERDUE, E.NOTICE_DELIVERED): Edge(S.NOTICED, "the cure term starts on proven delivery (ruling 4)"),
    (S.OVERDUE, E.GAVE_UP): Edge(S.SILENT, "a final notice that never arrived proves nothing: it escalates"),
    (S.NOTICED, E.CURE_ENDED): Edge(S.SILENT, "the cure term has passed (ruling 14)"),
    **{(state, E.ANSWERED): Edge(S.ANSWERED, "an answer, late or not, is an answer (ruling 11)") for state in _OPEN},
    (S.UNDELIVERABLE, E.ANSWERED): Edge(S.ANSWERED, "whoever answers has received it, whatever our proof says"),
    (S.ANSWERED, E.ANSWERED): Edge(S.ANSWERED, "a second answer is a new version beside the first"),
    **{(state, E.PERMISSION_ENDED): Edge(S.STOPPED, "a withdrawal stops what is open (promise 1)") for state in _OPEN},
}  # fmt: skip

FINAL = frozenset({S.STOPPED, S.UNDELIVERABLE})  # nothing is expected any more, and the creditor may be asked anew


def after(state: State, event: Event) -> State:
    """
    The state after *event*.

    Raises:
        Conflict: The table holds no such edge; nothing changes.
    """
    edge = EDGES.get((state, event))
    if edge is None:
        raise Conflict(f"A statement request that is {state.value} does not take {event.value!r}.")
    return edge.to


def possible(state: State, event: Event) -> bool:
    """True when the table holds an edge for *event* from *state*."""
    return (state, event) in EDGES
