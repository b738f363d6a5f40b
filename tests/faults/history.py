"""
Judges what happened in a race between sending and stopping: what callers, workers and the creditor saw, and the record.

Written apart from the product: it knows no services and no rules of the gateway, only what they promise. Instants of
observers are nanoseconds of one clock that all processes of a machine share; the record is numbered.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

STOP_NOTICE = "stop_notice"
ENDINGS = frozenset({"consent.withdrawn", "consent.paused", "consent.revoked"})
SECOND = 1_000_000_000


@dataclass(frozen=True, kw_only=True)
class Ending:
    """
    What one caller saw who ended permissions.

    Args:
        entry: The kind of entry that each of *grants* must have got.
        asked, answered: When the call began, and when its answer was there.
        under_way: How many sendings the answer said were not over yet.
    """

    grants: tuple[str, ...]
    entry: str
    asked: int
    answered: int
    under_way: int


@dataclass(frozen=True, kw_only=True)
class Expiry:
    """When the clock that the workers were given reached the end of a yes."""

    grant: str
    at: int


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """What one worker saw: it was told to deliver, and came back."""

    message: str
    began: int
    ended: int


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """What the creditor saw: the instant of the first byte, and SHA-256 (hex) of all of them."""

    message: str
    kind: str
    digest: str
    at: int


@dataclass(frozen=True, kw_only=True)
class Entry:
    """
    One entry of the record, in its order.

    Args:
        at: What the gateway's clock said.
    """

    number: int
    kind: str
    grant: str | None
    message: str | None
    digest: str | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Message:
    """A row of the outbox as it was left."""

    id: str
    kind: str
    grant: str
    conversation: str
    state: str


@dataclass(frozen=True, kw_only=True)
class Grant:
    """
    Args:
        most: How many messages it covers.
        until: When it ends by itself.
    """

    id: str
    most: int
    until: datetime


@dataclass(frozen=True, order=True)
class Violation:
    """A promise that was broken, and the id of what it was broken for."""

    promise: str
    about: str
    what: str


@dataclass(frozen=True, kw_only=True)
class History:
    """Everything that was seen and written; *longest_exchange* in nanoseconds bounds what was said to be under way."""

    endings: Sequence[Ending] = ()
    expiries: Sequence[Expiry] = ()
    attempts: Sequence[Attempt] = ()
    arrivals: Sequence[Arrival] = ()
    entries: Sequence[Entry] = ()
    messages: Sequence[Message] = ()
    grants: Sequence[Grant] = ()
    longest_exchange: int = 12 * SECOND

    @cached_property
    def by_message(self) -> Mapping[str, list[Entry]]:
        found = defaultdict(list)
        for entry in sorted(self.entries, key=lambda one: one.number):
            if entry.message is not None:
                found[entry.message].append(entry)
        return found

    @cached_property
    def first_ending(self) -> Mapping[str, Entry]:
        """Per grant the entry that ended it, if one did."""
        found: dict[str, Entry] = {}
        for entry in sorted(self.entries, key=lambda one: one.number):
            if entry.kind in ENDINGS and entry.grant is not None:
                found.setdefault(entry.grant, entry)
        return found

    @cached_property
    def arrived(self) -> Mapping[str, list[Arrival]]:
        found = defaultdict(list)
        for arrival in self.arrivals:
            found[arrival.message].append(arrival)
        return found

    @cached_property
    def asking(self) -> list[Message]:
        """Every message but the stop notices: what must not leave once the resident has stopped."""
        return [one for one in self.messages if one.kind != STOP_NOTICE]

    def sendings(self, message: str) -> list[Entry]:
        return [one for one in self.by_message.get(message, ()) if one.kind == "message.sending"]


def violations(history: History) -> list[Violation]:
    """Every broken promise, each once; an empty list is a history that may have happened."""
    found: set[Violation] = set()
    for check in (
        _each_sending_was_permitted,
        _nothing_begins_after_the_answer,
        _nothing_is_claimed_after_the_ending,
        _who_knew_is_told,
        _no_yes_is_used_more_than_it_covers,
        _every_pair_has_one_order,
        _nothing_leaves_after_the_clock_ran_out,
        _nothing_is_left_lying,
    ):
        found.update(check(history))
    return sorted(found)


def _each_sending_was_permitted(history: History) -> Iterator[Violation]:
    """I1: for each arrival one decision to permit, before it, over these bytes; as many decisions as sendings."""
    known = {one.id for one in history.messages}
    for message in known | set(history.arrived):
        permits: list[Entry] = []
        sent: Counter[str | None] = Counter()
        for entry in history.by_message.get(message, ()):
            if entry.kind == "decision.permitted":
                permits.append(entry)
            elif entry.kind == "message.sending":
                sent[entry.digest] += 1
                if len(permits) != 1 or permits[0].digest != entry.digest:
                    yield Violation("I1", message, f"entry {entry.number}: {len(permits)} permits, or other bytes")
                permits = []
        if permits:
            yield Violation("I1", message, f"entry {permits[0].number}: permitted, and no sending recorded")
        for digest, times in Counter(one.digest for one in history.arrived.get(message, ())).items():
            if times > sent[digest]:
                yield Violation("I1", message, f"arrived {times} times with bytes that were sent {sent[digest]} times")


def _nothing_begins_after_the_answer(history: History) -> Iterator[Violation]:
    """Promise 1: what arrives after the answer had begun before it, and the answer said so."""
    of_grant = _by_grant(history.asking)
    for ending in history.endings:
        later = [
            arrival
            for grant in ending.grants
            for message in of_grant[grant]
            for arrival in history.arrived.get(message.id, ())
            if arrival.at > ending.answered
        ]
        if len({one.message for one in later}) > ending.under_way:
            for one in later:
                late = (one.at - ending.answered) / 1e6
                yield Violation("promise 1", one.message, f"{late:.1f} ms after an answer of {ending.under_way} to go")
        for one in later:
            if one.at > ending.answered + history.longest_exchange:
                yield Violation("promise 1", one.message, "longer after the answer than one exchange may last")


def _nothing_is_claimed_after_the_ending(history: History) -> Iterator[Violation]:
    """I2: in the order of the record no sending follows the ending of its permission."""
    for message in history.asking:
        ended = history.first_ending.get(message.grant)
        for sending in history.sendings(message.id):
            if ended is not None and sending.number > ended.number:
                yield Violation("I2", message.id, f"entry {sending.number} sends, {ended.number} had ended it")


def _who_knew_is_told(history: History) -> Iterator[Violation]:
    """I3: a sending that came before the ending has a stop notice in its conversation, and only after the ending."""
    notices = {one.conversation: one for one in history.messages if one.kind == STOP_NOTICE}
    asked = {grant: one.asked for one in history.endings for grant in one.grants}
    for message in history.asking:
        ended = history.first_ending.get(message.grant)
        begun = [one for one in history.sendings(message.id) if ended is not None and one.number < ended.number]
        notice = notices.get(message.conversation)
        if begun and notice is None:
            yield Violation("I3", message.id, "it may have arrived before the stop, and nobody was told to stop")
        if not begun and notice is not None and ended is not None:
            yield Violation("I3", message.id, "nothing was sent before the stop, and yet the creditor hears of it")
        for arrival in history.arrived.get(notice.id, ()) if notice is not None else ():
            if arrival.at < asked.get(message.grant, 0):
                yield Violation("I3", message.id, "the stop notice came before the stop")


def _no_yes_is_used_more_than_it_covers(history: History) -> Iterator[Violation]:
    """I8: counted in the record, and counted at the creditor."""
    of_grant = _by_grant(history.asking)
    kinds = {one.id: one.kind for one in history.messages}
    used = Counter(
        one.grant
        for one in history.entries
        if one.kind == "consent.used" and kinds.get(one.message or "") != STOP_NOTICE
    )
    for grant in history.grants:
        there = sum(bool(history.arrived.get(one.id)) for one in of_grant[grant.id])
        if max(used[grant.id], there) > grant.most:
            yield Violation("I8", grant.id, f"used {used[grant.id]} times, {there} there, covers {grant.most}")


def _every_pair_has_one_order(history: History) -> Iterator[Violation]:
    """The record's order and that of the observers are one: nothing answered is missing, nothing seen is turned round."""
    endings: dict[str, list[Entry]] = defaultdict(list)
    for entry in history.entries:
        if entry.kind in ENDINGS and entry.grant is not None:
            endings[entry.grant].append(entry)
    of_grant = _by_grant(history.asking)
    for ending in history.endings:
        for grant in ending.grants:
            kinds = [one.kind for one in endings[grant]]
            if kinds != [ending.entry]:
                yield Violation("one order", grant, f"answered as {ending.entry}, recorded as {kinds}")
                continue
            number = endings[grant][0].number
            for message in of_grant[grant]:
                numbers = [one.number for one in history.sendings(message.id)]
                seen_before = [one for one in history.arrived.get(message.id, ()) if one.at < ending.asked]
                if seen_before and not any(one < number for one in numbers):
                    yield Violation("one order", message.id, "there before anybody stopped, recorded after the stop")


def _nothing_leaves_after_the_clock_ran_out(history: History) -> Iterator[Violation]:
    """I11 and the half-open end: no permit at or after it, no attempt that begins after it brings anything."""
    until = {one.id: one.until for one in history.grants}
    kinds = {one.id: one.kind for one in history.messages}
    for entry in history.entries:
        if (
            entry.kind != "decision.permitted"
            or entry.grant not in until
            or kinds.get(entry.message or "") == STOP_NOTICE
        ):
            continue
        if entry.at >= until[entry.grant]:
            yield Violation("expiry", entry.message or "", f"entry {entry.number} permits at {entry.at.isoformat()}")
    expired = {one.grant: one.at for one in history.expiries}
    attempts = defaultdict(list)
    for attempt in history.attempts:
        attempts[attempt.message].append(attempt)
    for message in history.asking:
        at = expired.get(message.grant)
        arrivals = history.arrived.get(message.id, ())
        if at is None or not arrivals:
            continue
        in_time = [one for one in attempts[message.id] if one.began < at]
        for arrival in arrivals:
            if not any(one.began <= arrival.at <= one.ended for one in in_time):
                yield Violation("expiry", message.id, "it arrived, and no attempt that began in time brought it")


def _nothing_is_left_lying(history: History) -> Iterator[Violation]:
    """After an ending no message waits or is on its way for ever; what never began to be sent is cancelled."""
    for message in history.asking:
        if message.grant not in history.first_ending:
            continue
        begun = bool(history.sendings(message.id))
        if message.state in ("queued", "sending") or (not begun and message.state != "cancelled"):
            yield Violation("left lying", message.id, f"{message.state}, with {'a' if begun else 'no'} sending")
        if not begun and history.arrived.get(message.id):
            yield Violation("I1", message.id, "it arrived, and no sending was recorded")


def _by_grant(messages: Iterable[Message]) -> Mapping[str, list[Message]]:
    found = defaultdict(list)
    for message in messages:
        found[message.grant].append(message)
    return found


def counts(history: History) -> dict[str, int]:
    """How the pairs came out: proof that the race was one, and that both sides won it."""
    found: Counter[str] = Counter()
    attempts = defaultdict(list)
    for attempt in history.attempts:
        attempts[attempt.message].append(attempt)
    ended = {grant: one for one in history.endings for grant in one.grants}
    for message in history.asking:
        sendings, ending = history.sendings(message.id), ended.get(message.grant)
        number = history.first_ending[message.grant].number if message.grant in history.first_ending else None
        if ending is None:
            continue
        found["pairs"] += 1
        first = bool(sendings) and number is not None and sendings[0].number < number
        found["sent first" if first else "stopped first"] += 1
        if len(sendings) > 1:
            found["tried again"] += 1
        if any(one.began < ending.answered and ending.asked < one.ended for one in attempts[message.id]):
            found["truly at once"] += 1
        arrivals = history.arrived.get(message.id, ())
        if any(ending.asked < one.at <= ending.answered for one in arrivals):
            found["arrived while the stop was waiting"] += 1
        if any(one.at > ending.answered for one in arrivals):
            found["arrived after an answer that said so"] += 1
    found["arrivals"] = len(history.arrivals)
    found["stop notices"] = sum(one.kind == STOP_NOTICE for one in history.messages)
    found["entries"] = len(history.entries)
    return dict(found)
