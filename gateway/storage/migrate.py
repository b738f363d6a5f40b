"""Bring a database to the present tables, once, whoever asks first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from gateway.storage.database import Database
from gateway.storage.tables import metadata

APPEND_ONLY = (
    "journal", "journal_facts", "journal_leaf", "journal_node", "journal_checkpoint", "consent_grant", "consent_ask",
    "mandate", "partner_link", "consent_reminder", "statutory_override",
)  # fmt: skip
_FOLDER = Path(__file__).parent / "migrations"


def upgrade(database: Database, *, also: Callable[[Connection], None] | None = None) -> None:
    """
    Run the migrations that are missing, in one transaction; a second process waits for the first.

    Args:
        also: Called in the same transaction; the job engine installs its own tables there.
    """
    with database.begin() as connection:
        connection.execute(text("SET LOCAL lock_timeout = '60s'"))
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('gateway-migrate', 0))"))
        command.upgrade(_config(connection), "head")
        if also is not None:
            also(connection)


def is_current(connection: Connection) -> bool:
    """True when every migration has run."""
    head = ScriptDirectory.from_config(_config(connection)).get_current_head()
    return MigrationContext.configure(connection).get_current_revision() == head


def unguarded(connection: Connection) -> list[str]:
    """The append-only tables whose triggers against change are missing or switched off; their owner can do that."""
    query = text(
        "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = tgrelid::regclass::text || :suffix "
        "AND tgenabled IN ('O', 'A')"
    )
    kept = [set(connection.scalars(query, {"suffix": suffix})) for suffix in ("_append_only", "_never_emptied")]
    return [table for table in APPEND_ONLY if not all(table in tables for tables in kept)]


def differences(connection: Connection) -> list[object]:
    """What the database has that the tables do not say, or the other way round; the job engine's own tables aside."""

    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return not (kind == "table" and (name or "").startswith("procrastinate"))

    context = MigrationContext.configure(
        connection, opts={"include_name": ours, "compare_server_default": True, "compare_type": True}
    )
    return list(compare_metadata(context, metadata))


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    config.attributes["connection"] = connection
    return config
