"""Options that several commands share, and the settings they lead to."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from gateway.settings import Settings

_Command = TypeVar("_Command", bound=Callable[..., Any])


def places(command: _Command) -> _Command:
    """Add --config and --data: where the rules are, and where keys and the embedded database are kept."""
    folder = click.Path(path_type=Path, file_okay=False)
    command = click.option("--data", type=folder, help="Folder for keys and the embedded database.")(command)
    return click.option("--config", type=folder, help="Folder with your own rules instead of the shipped ones.")(
        command
    )


def settings_of(config: Path | None, data: Path | None) -> Settings:
    from gateway.settings import load_settings

    return load_settings(config=config, data=data)
