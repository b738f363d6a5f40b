"""The resident's own pages (/mijn): what is asked and why, every yes and no, stopping, proof, and who saw what."""

from __future__ import annotations

from gateway.web.mijn import (  # noqa: F401  reading a module registers its pages
    call,
    choices,
    copy,
    entering,
    home,
    login,
    owed,
    proofs,
    questions,
    seen,
    stopping,
)
from gateway.web.mijn.rendering import blueprint

__all__ = ["blueprint"]
