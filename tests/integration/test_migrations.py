"""The database: migrations equal the tables, and what it was made as it stays."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from gateway.app import assembled
from gateway.errors import ConfigurationError
from gateway.services.move_clock import LiveClock, move_clock
from gateway.storage import migrate
from gateway.storage.database import Database
from tests.integration.support import server, world


@pytest.fixture
def empty():
    name = f"test_{uuid.uuid4().hex[:12]}"
    database = Database(server().create_database(name))
    yield database
    database.close()
    server().drop_database(name)


def test_migrations_from_zero_equal_the_tables(empty: Database):
    """Whoever installs today and whoever upgraded all along have the same database."""
    migrate.upgrade(empty)
    with empty.begin() as connection:
        assert migrate.differences(connection) == []
        assert migrate.is_current(connection)


def test_migrations_go_down_and_up_again(empty: Database):
    """A downgrade leaves nothing behind that stands in the way of the next upgrade."""
    migrate.upgrade(empty)
    with empty.begin() as connection:
        command.downgrade(migrate._config(connection), "base")
        left = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        assert set(left) <= {"alembic_version"}
        assert not migrate.is_current(connection)
    migrate.upgrade(empty)
    with empty.begin() as connection:
        assert migrate.differences(connection) == []


def test_a_database_that_is_behind_is_not_used():
    """The web and the workers never run on tables of another version."""
    with world() as w:
        with w.gateway.runtime.database.begin() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
        with pytest.raises(ConfigurationError, match="gateway migrate"), assembled(w.gateway.settings, install=False):
            pass


def test_a_live_clock_is_nobodys_to_move():
    """Refused by the service, and by the table itself."""
    with world() as w:
        with w.gateway.runtime.database.begin() as connection:
            connection.execute(text("UPDATE installation SET mode = 'live'"))
        with pytest.raises(LiveClock):
            move_clock(w.gateway.runtime, timedelta(days=1), w.now())
        assert w.call("administrator", "POST", "/v1/clock/moves", {"seconds": 60}).status_code == 409
        with pytest.raises(DBAPIError, match="live_clock"), w.gateway.runtime.database.begin() as connection:
            connection.execute(text("UPDATE installation SET clock_offset_ms = 1"))


def test_a_sandbox_never_becomes_live():
    """Other settings on the same database: a sentence, not a start."""
    with world() as w:
        live = replace(w.gateway.settings, mode="live", base_url="https://gateway.example")
        with pytest.raises(ConfigurationError, match="sandbox"), assembled(live, install=False):
            pass


def test_a_database_opens_only_with_the_keys_it_was_sealed_under(tmp_path):
    """Other keys would write what the right keys cannot read."""
    with world() as w:
        elsewhere = replace(w.gateway.settings, data=tmp_path)
        with pytest.raises(ConfigurationError, match="keys"), assembled(elsewhere, install=False):
            pass
