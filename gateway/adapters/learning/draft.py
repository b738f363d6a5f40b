"""What is being proposed: the sections of the file, and which places of the replies they already speak of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gateway.adapters.learning import names
from gateway.adapters.learning.notation import Sure, Verdict, truths
from gateway.adapters.learning.place import Place
from gateway.adapters.learning.survey import Survey
from gateway.adapters.learning.wording import Section, inline, key, listed, quoted
from gateway.adapters.undecided import UNDECIDED

UNFILLED = quoted(UNDECIDED)


@dataclass
class Draft:
    """
    A mapping that grows.

    Args:
        money: The notation of each amount, *dates* the format of each field with days; beside them the defaults.
        used: Places that a line of the file speaks of.
        remarks: Why a place that was left over was left over.
    """

    survey: Survey
    money: dict[Place, Verdict]
    dates: dict[Place, Verdict]
    default_money: str | None
    default_date: str | None
    sections: list[Section] = field(default_factory=list)
    tables: list[Section] = field(default_factory=list)
    used: set[Place] = field(default_factory=set)
    remarks: dict[Place, str] = field(default_factory=dict)
    booleans: dict[str, bool] = field(default_factory=dict)
    currency_attribute: str | None = None

    def section(self, header: str, note: str = "") -> Section:
        """A new table at the end of the file so far."""
        made = Section(header, note)
        self.sections.append(made)
        return made

    def path(self, place: Place, base: Place | None = None) -> str:
        """The path of a place, which from now on counts as spoken of."""
        self.used.add(place)
        return self.survey.path(place, base)

    def amount(self, places: Iterable[Place], base: Place | None, *, added: bool = False, negated: bool = False) -> str:
        """An amount as a field says it: a path, a sum, a notation of its own where it has one."""
        known = list(places)
        parts = {"sum" if added or len(known) > 1 else "path": listed(self.path(place, base) for place in known)}
        currency = self._currency_beside(known)
        if currency is not None:
            parts["currency"] = quoted(self.path(currency, base))
        own = self.money[known[0]].value
        if own is not None and own != self.default_money:
            parts["money"] = quoted(own)
        if negated:
            parts["negate"] = "true"
        return parts["path"] if list(parts) == ["path"] else inline(parts)

    def _currency_beside(self, places: list[Place]) -> Place | None:
        """A field with EUR right beside an amount, such as {"value": 12.5, "currency": "EUR"}."""
        around = places[0].parent
        if len(places) != 1 or around is None or not around.name or len(around.children) > 2:
            return None
        beside = [it for it in around.children.values() if names.fits("currency", it.name)]
        return next((it for it in beside if set(it.texts()) == {"EUR"}), None)

    def day(self, place: Place, base: Place | None) -> str:
        """A day as a field says it, with a format of its own where it has one."""
        path, own = quoted(self.path(place, base)), self.dates[place].value
        if own is None:
            return path if self.default_date is None else inline({"path": path, "date": UNFILLED})
        return path if own == self.default_date else inline({"path": path, "date": quoted(own)})

    def day_verdict(self, place: Place, verdict: Verdict) -> Verdict:
        """How sure the line of a day is: no surer than its format."""
        if self.dates[place].value is not None:
            return verdict
        if self.default_date is None:
            return Verdict(None, verdict.sure, f"{verdict.why}; how days are written is open, see [defaults]")
        return Verdict(None, Sure.OPEN, self.dates[place].why)

    def truth(self, place: Place, base: Place | None) -> str:
        """A yes or no; its words go to the defaults."""
        self.booleans |= {text: said for text, said in (truths(place) or {}).items() if text not in ("true", "false")}
        return quoted(self.path(place, base))

    def codes(
        self,
        name: str,
        place: Place,
        texts: Iterable[str],
        choices: Iterable[str],
        stand_in: str,
        hints: dict[str, str] | None = None,
    ) -> str:
        """
        A table of the codes that were seen, each left for a person to fill in.

        Args:
            choices: Our words for them; *stand_in* is one of them, to try the file with.
            hints: What more can be said about a code.

        Returns:
            The name of the table, in quotes; it counts *place* as spoken of.
        """
        self.used.add(place)
        taken = {section.header for section in self.tables}
        chosen = next(it for it in (name, *(f"{name}_{n}" for n in range(2, 99))) if f"[tables.{it}]" not in taken)
        words = ", ".join(choices)
        section = Section(f"[tables.{chosen}]", f"The codes seen at {self.survey.path(place)}.\nWrite one of: {words}.")
        for text in dict.fromkeys(texts):
            why = (hints or {}).get(text, "what does this code of the creditor mean?")
            section.add(key(text), UNFILLED, Verdict(None, Sure.OPEN, why), stand_in=quoted(stand_in))
        self.tables.append(section)
        return quoted(chosen)
