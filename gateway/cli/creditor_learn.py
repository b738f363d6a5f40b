"""`gateway creditor learn`: propose a mapping from sample replies, try it on them, and say what is left to decide."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from gateway.adapters.learning import Proposal, ProposedLine

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.argument("samples", nargs=-1, required=True, type=_FILE)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the mapping here; a new file.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document for machines.")
def learn(samples: tuple[Path, ...], out: Path | None, as_json: bool) -> None:
    """
    Propose a mapping from SAMPLES: replies of one creditor, in JSON, XML, SOAP or CSV.

    The more kinds of answer you give it, the more it can say: an ordinary one, nothing owed, client unknown. Exit code
    0: proposed. 2: a sample cannot be read.
    """
    from gateway.adapters import UnreadableInput
    from gateway.adapters.learning import Sample
    from gateway.adapters.learning import learn as proposal_from

    if out is not None and out.exists():
        raise click.ClickException(f"{out} is there already, and may hold your work; choose another name.")
    identity = re.sub(r"[^a-z0-9]+", "-", out.stem.lower()).strip("-") if out is not None else None
    try:
        proposal = proposal_from([Sample(name=it.name, raw=it.read_bytes()) for it in samples], identity=identity)
    except UnreadableInput as problem:
        raise _unreadable(samples, problem.problem.detail) from None
    tried = _tried(proposal, samples)
    if out is not None:
        out.write_text(proposal.text, encoding="utf-8")
    if as_json:
        click.echo(json.dumps(_document(proposal, tried), indent=2, ensure_ascii=False))
        return
    if out is None:
        click.echo(proposal.text)
    for line in _report(proposal, tried, str(out) if out is not None else "THIS-FILE"):
        click.echo(line, err=out is None)


def _unreadable(samples: Sequence[Path], detail: str) -> click.ClickException:
    return _Unreadable(f"{', '.join(it.name for it in samples)}: {detail}")


class _Unreadable(click.ClickException):
    exit_code = 2


def _tried(proposal: Proposal, samples: Sequence[Path]) -> list[dict[str, Any]] | None:
    """What the proposal makes of its own samples, with a stand-in for what is still open; None when it cannot yet."""
    from datetime import UTC, datetime

    from gateway.adapters import ReadContext, read
    from gateway.adapters.mapping import parse_mapping
    from gateway.adapters.samples import document_of
    from gateway.errors import ConfigurationError

    if proposal.trial is None:
        return None
    try:
        format = parse_mapping(proposal.trial.encode(), slug="proposal", file_name="the proposal")
    except ConfigurationError as problem:
        return [{"sample": it.name, "answer": "bad_mapping", "problems": problem.detail.splitlines()} for it in samples]
    found = []
    for sample in samples:
        answer = read(sample.read_bytes(), format.media_types[0], format, ReadContext(received_at=datetime.now(UTC)))
        document = document_of(answer)
        statement = document.get("statement") or document.get("provisional") or {}
        problems = [f"{it['code']} {it['path']}" for it in document.get("problems", []) if it["severity"] == "hold"]
        found.append(
            {
                "sample": sample.name,
                "answer": document["answer"],
                "debts": len(statement.get("debts", [])),
                "total_cents": statement.get("total_computed_cents", 0),
                "problems": problems,
            }
        )
    return found


def _document(proposal: Proposal, tried: list[dict[str, Any]] | None) -> dict[str, Any]:
    return {
        "mapping": proposal.text,
        "lines": [vars(line) for line in proposal.lines],
        "undecided": [f"{line.table}.{line.key}" for line in proposal.undecided],
        "left": [{"path": path, "why": why} for path, why in proposal.left],
        "removed": [{"path": path, "why": why} for path, why in proposal.removed],
        "tried": tried,
    }


def _report(proposal: Proposal, tried: list[dict[str, Any]] | None, name: str) -> list[str]:
    from gateway.adapters.lines import Places, lines_of

    places = Places(lines_of(proposal.text))
    counted = Counter(line.sure for line in proposal.lines)
    told = ", ".join(f"{counted[word]} {said}" for word, said in _WORDS.items() if counted[word])
    lines = [f"{name}: {len(proposal.lines)} lines: {told}."]
    lines += _listed('To decide, fill in each "?":', [_said(it, places, name) for it in proposal.undecided])
    guesses = [line for line in proposal.lines if line.sure == "a guess" and line.key != "id"]
    lines += _listed("To check, these are guesses:", [_said(it, places, name) for it in guesses])
    left = [f"{path}  ({why})" for path, why in proposal.left]
    lines += _listed("Nothing speaks of these; map them, or ignore them:", left)
    lines += _listed("Left out:", [f"{path}  ({why})" for path, why in proposal.removed])
    lines += _trial_lines(proposal, tried)
    tries = f"gateway creditor try {name} SAMPLE"
    return [
        *lines,
        "",
        f"Next: {tries}",
        f"When it is right: {tries} --write-expected",
        f"Then: gateway creditor add {name}",
    ]


_WORDS = {"certain": "certain", "likely": "likely", "a guess": "a guess", "decide": "to decide"}


def _listed(heading: str, lines: list[str]) -> list[str]:
    return ["", heading, *(f"  {line}" for line in lines)] if lines else []


def _said(line: ProposedLine, places: Any, name: str) -> str:
    number = places.line_of(f"{line.table}.{line.key}".replace("]].", "."))
    place = f"{name}:{number}" if number is not None else name
    return f"{place}  {line.table}: {line.key} = {line.value}  ({line.why})"


def _debts(many: int) -> str:
    return "1 debt" if many == 1 else f"{many} debts"


def _trial_lines(proposal: Proposal, tried: list[dict[str, Any]] | None) -> list[str]:
    from gateway.domain.money import euros

    if tried is None:
        return ["", 'It can only be tried when the "?" are filled in.']
    open_codes = " (what you must still decide is counted as something else for now)" if proposal.undecided else ""
    lines = ["", f"Tried on the samples{open_codes}:"]
    for it in tried:
        known = f", {_debts(it['debts'])}, {euros(it['total_cents'])}" if "debts" in it else ""
        lines.append(f"  {it['sample']}: {it['answer']}{known}")
        lines += [f"      {problem}" for problem in it["problems"][:5]]
        if len(it["problems"]) > 5:
            lines.append(f"      and {len(it['problems']) - 5} more")
    return lines
