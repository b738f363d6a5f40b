"""Whose data stands under a name: the resident's, somebody else's, an organisation's."""

from __future__ import annotations

from typing import Final

from gateway.adapters.learning.names.spelling import bare, one_of, says

_PERSON_ID: Final = one_of(
    r"bsn burgerservice sofinummer socialsecurity ^nino$ ^ssn$ rijksregister geboorte birth geburt"
)
_PERSON: Final = one_of(
    r"voornaam achternaam voorletters initial surname firstname lastname vorname nachname geslacht gender adres "
    r"address straat street huisnummer housenumber postcode zip postal woonplaats ^plaats$ ^stad$ ^city$ ^ort$ "
    r"^plz$ telefo phone mobiel mobile e?mail iban bankrekening toevoeging nationalit handtekening ^sex$ ^tel$"
)
_NAME: Final = r"naam$|^name|name$|namen$|^nom$"
_OTHER_PERSON: Final = one_of(
    r"partner medeschuld medehuurder codebtor jointdebtor borg guarantor mitschuld echtgeno spouse kinderen$ "
    r"children gezin family erfgen"
)
_RESIDENT: Final = one_of(
    r"klant client debiteur debtor schuldenaar inwoner customer huurder tenant verzekerde person patient "
    r"betrokkene schuldner kunde consumer relatie rekeninghouder subject gebruiker"
)
_STAFF: Final = one_of(
    r"behandel contact medewerker sachbearbeit handler agent afdeling department ondertekenaar signat "
    r"employee"
)
_ORGANISATION: Final = {
    "original_creditor": one_of(
        r"opdrachtgever oorspronkelijk originalcreditor origineleschuldeiser auftraggeber onbehalfof namens "
        r"gla(e)?ubiger mandant principalcreditor cedent"
    ),
    "respondent": one_of(
        r"bureau kantoor deurwaarder agency bailiff incasso inkasso collector gerichtsvollzieher office "
        r"respondent"
    ),
    "creditor": one_of(
        r"schuldeiser creditor organisatie organisation organization afzender sender leverancier supplier "
        r"verhuurder landlord bank corporatie provider company bedrijf absender party"
    ),
}


def person(names: tuple[str, ...]) -> str | None:
    """Whose data stands here: "numbe_any(
        r" (never read it),"
    )other", "resident", "staff"; None: nobody's, by the names."""
    last, around = names[-1], names[:-1]
    if says(_PERSON_ID, last):
        return "number"
    if any(says(_OTHER_PERSON, name) for name in names):
        return "other"
    if not (says(_PERSON, last) or says(_NAME, last)):
        return "staff" if says(_STAFF, last) else None
    if any(says(_STAFF, name) for name in (*around, last)):
        return "staff"
    near = names if says(_PERSON, last) else names[-2:]  # "name" alone says whose it is by what is right around it
    if any(says(_RESIDENT, name) for name in near):
        return "resident"
    if says(_PERSON, last):
        return "staff" if any(organisation(name) for name in around) else "resident"
    return None


def organisation(name: str) -> str | None:
    """Which organisation an object of this name describes."""
    return next((role for role, pattern in _ORGANISATION.items() if says(pattern, name)), None)


def is_name(name: str) -> bool:
    """Whether this holds a name."""
    return says(_NAME, name)


def number_kind(name: str) -> str | None:
    """ "kvk", "oin" or "rsin", when a name says that a number is one."""
    return next((kind for kind in ("kvk", "oin", "rsin") if kind in bare(name)), None)
