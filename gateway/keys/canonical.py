"""JSON in its one canonical form (RFC 8785): the same content is always the same bytes, so it can be signed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from gateway.keys.failures import SignatureInvalid

_MOST: Final = 2**53 - 1  # beyond this a JSON number is not the same number everywhere (RFC 8785 appendix D)
_DEEPEST: Final = 32


def canonical_json(content: Mapping[str, Any]) -> bytes:
    """
    *content* as RFC 8785 writes it: names sorted by their UTF-16 code units, no spaces, UTF-8.

    Numbers are whole: the way it writes fractions is needed by nothing that we sign.

    Raises:
        ValueError: There is a fraction, a number beyond 2**53, half a surrogate pair or a name that is no text in it.
    """
    return json.dumps(_ordered(content, 0), ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8")


def read_canonical(content: bytes) -> dict[str, Any]:
    """
    The object in *content*, when it is written in the canonical form and in no other.

    Raises:
        SignatureInvalid: It is not JSON, a name is there twice, or the same content has another canonical spelling.
    """
    try:
        found = json.loads(content.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_refused)
        if isinstance(found, dict) and canonical_json(found) == content:
            return found
    except (ValueError, RecursionError) as error:
        raise SignatureInvalid("The content is not JSON with unique names in its canonical form.") from error
    raise SignatureInvalid("The content is not JSON with unique names in its canonical form.")


def _ordered(value: Any, depth: int) -> Any:
    if depth > _DEEPEST:
        raise ValueError("nested too deep to be canonical")
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int) and abs(value) <= _MOST:
        return value
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise ValueError("a name that is no text has no canonical form")
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return {name: _ordered(value[name], depth + 1) for name in names}
    if isinstance(value, list | tuple):
        return [_ordered(one, depth + 1) for one in value]
    raise ValueError("a value without a canonical form")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name is there twice")
    return found


def _refused(constant: str) -> Any:
    raise ValueError(constant)
