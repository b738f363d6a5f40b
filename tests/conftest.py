"""What every run of the tests does besides: look for residents where none may stand."""

from __future__ import annotations

from tests.canaries import pytest_configure

__all__ = ["pytest_configure"]
