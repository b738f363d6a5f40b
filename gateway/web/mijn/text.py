"""A published text as a page shows it: the same words in the same order, with its headings and lists as such."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Block:
    """
    Args:
        heading: The first line, where it ends as a question or with a colon.
        lines: Sentences.
        items: What stands in the list.
    """

    heading: str | None
    lines: tuple[str, ...]
    items: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """The parts of a text between its blank lines. Nothing is left out and nothing added: a grant holds its digest."""
    return [_block(part.splitlines()) for part in text.strip().split("\n\n")]


def _block(lines: list[str]) -> Block:
    heading = None
    if len(lines) > 1 and lines[0].rstrip().endswith(("?", ":", "؟")):
        heading, lines = lines[0], lines[1:]
    items = tuple(line.removeprefix("- ") for line in lines if line.startswith("- "))
    return Block(heading=heading, lines=tuple(line for line in lines if not line.startswith("- ")), items=items)
