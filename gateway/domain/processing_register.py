"""What the register of processing activities (art. 30 GDPR) says of every flow alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gateway.domain.workdays import entry_of
from gateway.errors import ConfigurationError

FILE = "config/register.toml"


@dataclass(frozen=True, kw_only=True)
class Register:
    """config/register.toml: who is responsible, whose data it is, and how it is kept safe."""

    version: str
    contact: str
    dpo_contact: str
    subjects: str
    transfers: str
    security: tuple[str, ...]


def register_from(table: Mapping[str, Any]) -> Register:
    """
    The register out of the parsed file.

    Raises:
        ConfigurationError: A key is missing, unknown, blank or of another type.
    """
    top = entry_of(table, FILE, required={"version": str, "controller": dict, "processing": dict})
    controller = entry_of(top["controller"], f"{FILE}, controller", required={"contact": str, "dpo_contact": str})
    about: Mapping[str, type] = {"subjects": str, "transfers": str, "security": list}
    processing = entry_of(top["processing"], f"{FILE}, processing", required=about)
    measures = processing.pop("security")
    if not measures or not all(isinstance(one, str) and one.strip() for one in measures):
        raise ConfigurationError(f"{FILE}, processing: security must list at least one measure, each a text.")
    return Register(version=top["version"], **controller, **processing, security=tuple(measures))
