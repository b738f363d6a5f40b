"""What the name of an element hints at, in Dutch, English, French and German: hints only, each shown as one."""

from __future__ import annotations

from gateway.adapters.learning.names.amounts import (
    cannot_be_money,
    component_kind,
    credit_of,
    is_part_of_another,
    lessens,
    says_cents,
    short_code_kind,
    sounds_like_money,
    speaks_of_any_costs,
    speaks_of_costs,
    state,
    totalness,
)
from gateway.adapters.learning.names.fields import (
    code_rank,
    counts_positions,
    counts_things,
    fits,
    is_furniture,
    is_key_day,
    list_of,
    names_debts,
    names_parts,
    says_there_is_more,
)
from gateway.adapters.learning.names.people import is_name, number_kind, organisation, person
from gateway.adapters.learning.names.spelling import bare

__all__ = [
    "bare",
    "cannot_be_money",
    "code_rank",
    "component_kind",
    "counts_positions",
    "counts_things",
    "credit_of",
    "fits",
    "is_furniture",
    "is_key_day",
    "is_name",
    "is_part_of_another",
    "lessens",
    "list_of",
    "names_debts",
    "names_parts",
    "number_kind",
    "organisation",
    "person",
    "says_cents",
    "says_there_is_more",
    "short_code_kind",
    "sounds_like_money",
    "speaks_of_any_costs",
    "speaks_of_costs",
    "state",
    "totalness",
]
