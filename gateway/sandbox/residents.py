"""Synthetic residents for demo, tests and load: nobody exists, and no such BSN was ever issued."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from gateway.domain.correspondence import AboutResident

_SYNTHETIC = "9999"  # no BSN that was ever issued starts like this
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


@dataclass(frozen=True, kw_only=True)
class Resident:
    """A resident (inwoner) who does not exist."""

    initials: str
    surname: str
    birth_date: date
    street: str
    house_number: str
    postcode: str
    town: str
    bsn: str

    def __post_init__(self) -> None:
        if not (self.bsn.startswith(_SYNTHETIC) and passes_eleven_test(self.bsn)):
            raise ValueError("a synthetic resident has a BSN from the 9999 range that passes the 11-test")

    def about(self, *, with_bsn: bool) -> AboutResident:
        """Who a message is about; the BSN only towards a creditor whom a law entitles to it."""
        return AboutResident(
            initials=self.initials,
            surname=self.surname,
            birth_date=self.birth_date,
            street=self.street,
            house_number=self.house_number,
            postcode=self.postcode,
            town=self.town,
            bsn=self.bsn if with_bsn else None,
        )


def passes_eleven_test(bsn: str) -> bool:
    """Whether *bsn* is nine digits whose weighted sum (9, 8, ... 2, -1) is a multiple of eleven."""
    if len(bsn) != 9 or not (bsn.isascii() and bsn.isdigit()):
        return False
    return sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, bsn, strict=True)) % 11 == 0


def synthetic_bsn(number: int) -> str:
    """
    The *number*-th synthetic BSN, counted from 0; different numbers give different ones.

    Raises:
        ValueError: there are 9,091 of them, and *number* is beyond.
    """
    found = -1
    for middle in range(10_000):
        base = f"{_SYNTHETIC}{middle:04d}"
        check = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, base, strict=False)) % 11
        found += check < 10  # a remainder of ten has no check digit
        if check < 10 and found == number:
            return f"{base}{check}"
    raise ValueError("there are no more synthetic BSNs")


RESIDENTS = (
    Resident(
        initials="S.",
        surname="Vermeer-Yıldız",
        birth_date=date(1987, 4, 12),
        street="Lindelaan",
        house_number="14 a",
        postcode="9999 XA",
        town="Noordstad",
        bsn=synthetic_bsn(0),
    ),
    Resident(
        initials="J.P.",
        surname="van den Oever",
        birth_date=date(1962, 11, 30),
        street="Havenkade",
        house_number="3",
        postcode="9999 XB",
        town="Noordstad",
        bsn=synthetic_bsn(1),
    ),
    Resident(
        initials="M.",
        surname="Achterberg",
        birth_date=date(2001, 2, 28),
        street="Kerkplein",
        house_number="128",
        postcode="9999 XC",
        town="Noordstad",
        bsn=synthetic_bsn(2),
    ),
    Resident(
        initials="N.D.",
        surname="Ó Súilleabháin",
        birth_date=date(1979, 7, 1),
        street="Molenweg",
        house_number="7-II",
        postcode="9999 XD",
        town="Zuiddorp",
        bsn=synthetic_bsn(3),
    ),
)
