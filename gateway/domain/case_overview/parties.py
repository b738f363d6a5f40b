"""Who was asked in a case, and whether an organisation that a statement names is one of them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from gateway.domain.statement import Organisation, Outcome, Statement, TransferredTo

_LEGAL_FORMS: Final = re.compile(r"\b(?:b\.?v|n\.?v|v\.?o\.?f|c\.?v|u\.?a)\.?(?=\W|$)")
_NOT_A_LETTER: Final = re.compile(r"[\W_]+")

Named = Organisation | TransferredTo


@dataclass(frozen=True, kw_only=True)
class Asked:
    """
    One creditor of the case, once, however often it was asked.

    Args:
        identity: "kvk:12345678" or "oin:...", as it is registered.
        statement: What it said last that was understood; of a held reply what could be read, and then provisional.
        withheld: It answered, and what it said may not be looked at; so it counts for nothing, and is not missing.
    """

    creditor_id: str
    name: str
    identity: str
    statement: Statement | None = None
    provisional: bool = False
    withheld: bool = False

    @property
    def counts(self) -> bool:
        """Whether its statement counts."""
        return self.statement is not None and not self.provisional

    @property
    def handed_over(self) -> bool:
        """Whether it says that everything went to somebody else: its debts count for nothing here (ruling 25)."""
        return self.statement is not None and self.statement.outcome is Outcome.TRANSFERRED


class Register:
    """The creditors of a case, to be found by number, or else by name."""

    def __init__(self, asked: Iterable[Asked]) -> None:
        self._by_identity: dict[str, str] = {}
        self._by_name: dict[str, list[Asked]] = {}
        for one in asked:
            self._by_identity[one.identity] = one.creditor_id
            self._by_name.setdefault(plain_name(one.name), []).append(one)

    def find(self, named: Named) -> str | None:
        """
        The id of the creditor that *named* is.

        A number decides where both sides have one of the same kind; the same name under another number is another.
        """
        number = identity(named)
        if number is not None and number in self._by_identity:
            return self._by_identity[number]
        name = plain_name(named.name or "")
        for one in self._by_name.get(name, ()) if name else ():
            if number is None or one.identity.partition(":")[0] != named.id_kind:
                return one.creditor_id
        return None


def identity(named: Named) -> str | None:
    """ "kvk:12345678"; None when no number was given."""
    return f"{named.id_kind}:{named.id_value}" if named.id_kind and named.id_value else None


def plain_name(name: str) -> str:
    """A name as names are compared: no capitals, accents, signs or legal form; "" for what has no letters."""
    spread = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(letter for letter in spread if not unicodedata.combining(letter))
    return _NOT_A_LETTER.sub("", _LEGAL_FORMS.sub("", bare))


def key_of(named: Named) -> str | None:
    """One organisation, one key: its number, or else its plain name; None when neither was given."""
    return identity(named) or plain_name(named.name or "") or None
