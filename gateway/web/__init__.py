"""Pages for people."""

from __future__ import annotations

from flask import Flask


def register_pages(app: Flask) -> None:
    """Add the pages to *app*."""
