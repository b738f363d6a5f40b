"""A proposal as a mapping file: ordered, and every line with how sure it is and why."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from gateway.adapters.learning.notation import Sure, Verdict

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_WIDTH = 52


def quoted(text: str) -> str:
    """A TOML string: in double quotes, or in single ones where that saves escapes."""
    if '"' in text and "'" not in text and text.isprintable():
        return f"'{text}'"
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def key(text: str) -> str:
    """A TOML key."""
    return text if _BARE_KEY.fullmatch(text) else quoted(text)


def listed(texts: Iterable[str]) -> str:
    """One text in quotes, or a list of them."""
    many = [quoted(text) for text in texts]
    return many[0] if len(many) == 1 else f"[{', '.join(many)}]"


def inline(parts: dict[str, str]) -> str:
    """An inline table of values that are TOML already."""
    return "{ " + ", ".join(f"{key(name)} = {value}" for name, value in parts.items()) + " }"


@dataclass(frozen=True)
class Line:
    """
    One line of the file.

    Args:
        value: As TOML; one that holds "?" is for a person to decide.
        stand_in: What to try the file with until somebody has; None = it cannot be tried before that.
    """

    key: str
    value: str
    sure: Sure
    why: str
    stand_in: str | None = None

    @property
    def is_open(self) -> bool:
        """Whether a person must still fill something in."""
        return '"?"' in self.value

    def written(self, *, tried: bool = False) -> str:
        value = self.stand_in if tried and self.stand_in is not None and self.is_open else self.value
        text = f"{self.key} = {value}"
        return text if tried else f"{text.ljust(_WIDTH)}  # {self.sure.value}: {self.why}"


@dataclass
class Section:
    """One table of the file."""

    header: str
    note: str = ""
    lines: list[Line] = field(default_factory=list)
    closing: list[str] = field(default_factory=list)  # comments at the end

    def add(self, name: str, value: str, verdict: Verdict, *, stand_in: str | None = None) -> None:
        self.lines.append(Line(name, value, verdict.sure, verdict.why, stand_in))

    def written(self, *, tried: bool = False) -> list[str]:
        head = [*(f"# {note}" for note in self.note.splitlines() if not tried), self.header]
        return [*head, *(line.written(tried=tried) for line in self.lines), *([] if tried else self.closing)]


_INTRODUCTION = """\
# A proposal, made from {count}. Nothing in it is agreed with the creditor yet.
#
# Every line says how sure it is: "certain" was proven by the samples, "likely" and "a guess" are for you to check,
# and "decide" is for you to fill in: a "?" does not load. Then run: gateway creditor try THIS-FILE SAMPLE
"""


def file_text(sections: Sequence[Section], count: str) -> str:
    """The whole mapping file."""
    blocks = ["\n".join(section.written()) for section in sections if _is_worth_writing(section)]
    return _INTRODUCTION.format(count=count) + "\n" + "\n\n".join(blocks) + "\n"


def trial_text(sections: Sequence[Section]) -> str | None:
    """The file with a stand-in for everything that is still to be decided; None when that cannot be."""
    lines = [line for section in sections for line in section.lines]
    if any(line.is_open and line.stand_in is None for line in lines):
        return None
    return "\n\n".join("\n".join(it.written(tried=True)) for it in sections if _is_worth_writing(it)) + "\n"


def _is_worth_writing(section: Section) -> bool:
    return bool(section.lines or section.closing)
