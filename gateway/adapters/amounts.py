"""What may stand beside an amount: a debit or credit mark, and a currency."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gateway.adapters.fields import Reader, Selection, gathered
from gateway.adapters.paths import Hit
from gateway.adapters.rows import mark
from gateway.adapters.run import Prefix, Run


def with_sign(read: Reader, marks: Selection, values: Mapping[str, Any], name: str, label: str) -> Reader:
    """An amount whose sign is a code beside it."""

    def signed(run: Run, item: Hit, outer: Hit, prefix: Prefix) -> Any:
        cents = read(run, item, outer, prefix)
        if cents is None:
            return None
        found = gathered(marks, run, item)
        code = str(found[0][0]).strip() if len(found) == 1 else ""
        if code not in values:
            place = found[0][1] if found else item[1]
            run.hold("unlisted_value", place, f"{label}: the sign of this amount is not in the table.", code)
            return None
        if values[code] == "+":
            return cents
        if run.tracing:
            where, field, sources, steps, identifying = run.records[-1]  # of the amount that was read just now
            run.records[-1] = (where, field, sources, (*steps, "negate"), identifying)
        return -cents

    return signed


def with_currency(read: Reader, beside: Selection, label: str, attribute: str | None = None) -> Reader:
    """An amount with its currency beside it, or in an attribute of its own element; only euros are taken."""

    def in_euros(run: Run, item: Hit, outer: Hit, prefix: Prefix) -> Any:
        for path in beside.paths:
            for value, location in path.hits(run.tree, item):
                if attribute is not None:
                    value = value.get(attribute) if type(value) is dict else None
                if beside.marks:
                    mark(run, location)
                if value is not None and str(value).strip() != "EUR":
                    run.hold("not_euro", location, f"{label}: only euro amounts are taken; nothing is converted.")
                    return None
        return read(run, item, outer, prefix)

    return in_euros
