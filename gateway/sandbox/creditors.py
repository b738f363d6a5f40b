"""Simulated creditors as real HTTP servers: they receive, answer in their own way, and act when due."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from gateway.domain.correspondence import Kind, Message
from gateway.domain.grounds import OfferAnswer
from gateway.sandbox import incoming, replies
from gateway.sandbox.behaviours import Content, CreditorProfile, When
from gateway.sandbox.gateway_door import GatewayDoor, Outcome
from gateway.sandbox.http_server import Response, Server, deliveries
from gateway.sandbox.plans import TERM_BOUND, Plan, due_at, dutch_day

_TRY_AGAIN_AFTER = timedelta(minutes=5)
_ATTEMPTS = 20
_REMINDERS = frozenset(
    {
        Kind.STATEMENT_REMINDER,
        Kind.STATEMENT_FINAL_NOTICE,
        Kind.PROPOSAL_REMINDER,
        Kind.PROPOSAL_FINAL_NOTICE,
    }
)


@dataclass(frozen=True, kw_only=True)
class LogEntry:
    """One delivery as it arrived; *verdict* is understood, duplicate, busy or not_understood."""

    at: datetime
    slug: str
    verdict: str
    kind: Kind | None = None
    message_id: UUID | None = None
    conversation_id: UUID | None = None
    signed: bool = False


class SimulatedCreditors:
    """
    All simulated creditors of a demo or a test, behind one port.

    Args:
        gateway_url: Where the gateway listens.
        tokens: Access token per slug; looked up at every call.
        clock: The gateway clock; aware.
    """

    def __init__(
        self,
        profiles: Iterable[CreditorProfile],
        *,
        gateway_url: str,
        tokens: Mapping[str, str],
        clock: Callable[[], datetime],
    ) -> None:
        self._profiles = {profile.slug: profile for profile in profiles}
        self._door = GatewayDoor(url=gateway_url, tokens=tokens)
        self._clock = clock
        self._server = Server(deliveries(self._receive))
        self._lock = threading.Lock()  # guards everything below; never held during a call to the gateway
        self._plans: dict[UUID, list[Plan]] = {}  # by conversation
        self._opened: dict[UUID, Message] = {}  # the request or proposal that opened each conversation
        self._reminded: set[UUID] = set()
        self._stopped: set[UUID] = set()
        self._given: dict[tuple[str, UUID], Response] = {}  # by slug and message id: what a duplicate gets again
        self._busy = {profile.slug: profile.busy_first for profile in self._profiles.values()}
        self._log: list[LogEntry] = []
        self._stopping = threading.Event()

    def start(self, port: int = 0) -> None:
        """Listen on this machine; 0 takes any free port."""
        self._server.start(port)

    def stop(self) -> None:
        """Stop listening and end `run_forever`; what was planned is kept."""
        self.end()
        self._server.stop()

    def end(self) -> None:
        """Let `run_forever` return; safe in a signal handler."""
        self._stopping.set()

    def url(self, slug: str) -> str:
        """
        Where the messages of this creditor go.

        Raises:
            KeyError: there is no such creditor.
        """
        return f"{self._server.url}/{self._profiles[slug].slug}/messages"

    def log(self, slug: str) -> tuple[LogEntry, ...]:
        """What arrived at this creditor, oldest first."""
        with self._lock:
            return tuple(entry for entry in self._log if entry.slug == slug)

    def agenda(self) -> datetime | None:
        """The next instant on which a creditor does something; None when nobody plans anything."""
        with self._lock:
            return min((plan.due for plans in self._plans.values() for plan in plans), default=None)

    def tick(self, now: datetime) -> list[str]:
        """
        Do all that is due at or before *now*, in order; what each came to, in words without personal data.

        A call that may do better later is planned again, with the same Idempotency-Key.
        """
        happened = []
        while due := self._due(now):
            for plan in due:
                if self._take(plan):
                    happened.append(self._perform(plan, now))
        return happened

    def run_forever(self, poll_seconds: float) -> None:
        """Tick by itself until `stop`."""
        while not self._stopping.is_set():
            self.tick(self._clock())
            self._stopping.wait(poll_seconds)

    def _receive(self, slug: str, headers: Mapping[str, str], body: bytes) -> Response:
        """One delivery: too busy, not understood, seen before, or something to react to."""
        profile = self._profiles.get(slug)
        if profile is None:
            return Response(status=404)
        message = incoming.read(body, profile.style)
        named = headers.get("gateway-message-id")
        now = self._clock()
        arrived = LogEntry(at=now, slug=slug, verdict="busy", signed="gateway-signature" in headers)
        with self._lock:
            if self._busy[slug] > 0:
                self._busy[slug] -= 1
                self._log.append(arrived)
                return Response(status=503, headers={"Retry-After": "60"})
            if message is None or named not in (None, str(message.message_id)):
                self._log.append(replace(arrived, verdict="not_understood"))
                return replies.not_understood(profile)
            key = (slug, message.message_id)
            self._log.append(
                replace(
                    arrived,
                    verdict="duplicate" if key in self._given else "understood",
                    kind=message.kind,
                    message_id=message.message_id,
                    conversation_id=message.conversation_id,
                )
            )
            if key not in self._given:
                self._given[key] = self._react(profile, message, now)
            return self._given[key]

    def _react(self, profile: CreditorProfile, message: Message, now: datetime) -> Response:
        conversation = message.conversation_id
        if message.kind is Kind.STOP_NOTICE:
            self._stopped.add(conversation)
            self._plans.pop(conversation, None)
        elif conversation in self._stopped:
            pass
        elif message.kind in (Kind.STATEMENT_REQUEST, Kind.PROPOSAL):
            self._opened[conversation] = message
            return self._begin(profile, message, now)
        elif message.kind in _REMINDERS:
            self._remind(profile, message, now)
        elif message.kind is Kind.SUBSTANTIATION_REQUEST and profile.proposal.when_asked is not None:
            due = now + profile.proposal.delay
            self._plan(profile, message, When.LATER, due, (profile.proposal.when_asked,), timedelta())
        return replies.acknowledgement(profile, message)

    def _begin(self, profile: CreditorProfile, message: Message, now: datetime) -> Response:
        """A request or a proposal: what the creditor says at once, and what it plans to say."""
        when, delay, says, interval = _manner(profile, message)
        if when is When.AT_ONCE and says:
            self._plan(profile, message, when, now, says, interval, skip=1)
            return _rendered(profile, message, says[0], 1, now)
        if (due := due_at(when, delay, message, now)) is not None:
            self._plan(profile, message, when, due, says, interval)
        return replies.acknowledgement(profile, message)

    def _remind(self, profile: CreditorProfile, reminder: Message, now: datetime) -> None:
        """A reminder wakes who waits for one, and tells the last day to who uses all of the term."""
        conversation = reminder.conversation_id
        opened = self._opened.get(conversation, reminder)
        when, delay, says, interval = _manner(profile, opened)
        if when is When.AFTER_REMINDER and conversation not in self._reminded:
            self._plan(profile, opened, when, now + delay, says, interval)
        self._reminded.add(conversation)
        if when in TERM_BOUND and reminder.respond_by is not None:
            due = due_at(when, delay, reminder, now)
            assert due is not None
            planned = self._plans.get(conversation, [])
            self._plans[conversation] = [
                replace(plan, due=due + plan.after) if plan.when is when and not plan.attempts else plan
                for plan in planned
            ]

    def _plan(
        self,
        profile: CreditorProfile,
        message: Message,
        when: When,
        due: datetime,
        says: tuple[Content | OfferAnswer, ...],
        interval: timedelta,
        *,
        skip: int = 0,
    ) -> None:
        for number, said in enumerate(says[skip:], start=skip):
            plan = Plan(
                creditor=profile,
                message=message,
                when=when,
                due=due + number * interval,
                after=number * interval,
                says=said,
                number=number + 1,
            )
            self._plans.setdefault(message.conversation_id, []).append(plan)

    def _due(self, now: datetime) -> list[Plan]:
        with self._lock:
            due = [plan for plans in self._plans.values() for plan in plans if plan.due <= now]
        return sorted(due, key=lambda plan: (plan.due, plan.creditor.slug, plan.number))

    def _take(self, plan: Plan) -> bool:
        """Take *plan* off the list; False when it was withdrawn meanwhile."""
        with self._lock:
            planned = self._plans.get(plan.message.conversation_id, [])
            if plan not in planned:
                return False
            planned.remove(plan)
            if not planned:
                del self._plans[plan.message.conversation_id]
            return True

    def _perform(self, plan: Plan, now: datetime) -> str:
        conversation = plan.message.conversation_id
        said = _rendered(plan.creditor, plan.message, plan.says, plan.number, now, inline=False)
        call = self._door.answer if isinstance(plan.says, OfferAnswer) else self._door.reply
        outcome = call(plan.creditor.slug, conversation, said.body, said.media_type or "", plan.key)
        if outcome.again and plan.attempts + 1 < _ATTEMPTS:
            with self._lock:
                if conversation not in self._stopped:
                    later = replace(plan, due=now + _TRY_AGAIN_AFTER, attempts=plan.attempts + 1)
                    self._plans.setdefault(conversation, []).append(later)
        return _in_words(plan, outcome)


def _manner(
    profile: CreditorProfile, message: Message
) -> tuple[When, timedelta, tuple[Content | OfferAnswer, ...], timedelta]:
    """When this creditor answers this kind of message, after what delay, with what, how far apart."""
    if message.kind in (Kind.STATEMENT_REQUEST, Kind.STATEMENT_REMINDER, Kind.STATEMENT_FINAL_NOTICE):
        statement = profile.statement
        return statement.when, statement.delay, statement.contents, statement.interval
    proposal = profile.proposal
    says = () if proposal.answer is None else (proposal.answer,)
    return proposal.when, proposal.delay, says, timedelta()


def _rendered(
    profile: CreditorProfile,
    message: Message,
    says: Content | OfferAnswer,
    number: int,
    now: datetime,
    *,
    inline: bool = True,
) -> Response:
    if isinstance(says, OfferAnswer):
        return replies.offer_answer(profile, message, says, inline=inline)
    return replies.statement(profile, message, says, number=number, as_of=dutch_day(now), now=now)


def _in_words(plan: Plan, outcome: Outcome) -> str:
    what = "answers the offer" if isinstance(plan.says, OfferAnswer) else f"sends {plan.says.replace('_', ' ')}"
    status = "" if outcome.status is None else f" ({outcome.status})"
    return f"{plan.creditor.slug} {what}: {outcome.word}{status}"
