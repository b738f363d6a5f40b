"""Checkpoints, the stored subtrees that make a proof cheap, and an erasure that the facts' guard lets through."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from gateway.domain.merkle import Frontier

revision = "0004"
down_revision = "0003"

_NEW = ("journal_checkpoint", "journal_node")
_STORED_FROM = 4  # the level; frozen here, as it was when this migration ran
_PAGE = 10_000


def upgrade() -> None:
    op.create_table(
        "journal_node",
        sa.Column("level", sa.SmallInteger(), nullable=False, autoincrement=False),
        sa.Column("place", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "place", name=op.f("journal_node_pkey")),
    )
    op.create_table(
        "journal_checkpoint",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kid", sa.String(), nullable=False),
        sa.Column("signed", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("journal_checkpoint_pkey")),
    )
    op.create_index(op.f("journal_checkpoint_size_idx"), "journal_checkpoint", ["size", "id"])
    _store_subtrees(op.get_bind())
    for table in _NEW:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_never_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    _allow_erasure()


def downgrade() -> None:
    # What was erased stays erased; the older tables cannot say so other than by a row that is not there.
    op.execute("DROP TRIGGER journal_facts_append_only ON journal_facts")
    op.execute("DELETE FROM journal_facts WHERE salt IS NULL")
    op.drop_constraint(op.f("journal_facts_erased_check"), "journal_facts", type_="check")
    op.alter_column("journal_facts", "salt", existing_type=sa.LargeBinary(), nullable=False)
    op.alter_column("journal_facts", "facts", existing_type=sa.dialects.postgresql.JSONB(), nullable=False)
    op.execute(
        "CREATE TRIGGER journal_facts_append_only BEFORE UPDATE OR DELETE ON journal_facts "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute("DROP FUNCTION refuse_change_but_erasure()")
    for table in _NEW:
        op.drop_table(table)


def _store_subtrees(connection: sa.Connection) -> None:
    """Compute, for the leaves that are there already, what the sequencer stores from now on."""
    frontier = Frontier()
    leaves = sa.text("SELECT leaf_hash FROM journal_leaf WHERE leaf_index >= :from_ ORDER BY leaf_index LIMIT :page")
    store = sa.text("INSERT INTO journal_node (level, place, hash) VALUES (:level, :place, :hash)")
    while page := connection.scalars(leaves, {"from_": frontier.size, "page": _PAGE}).all():
        frontier, completed = frontier.extended(bytes(one) for one in page)
        rows = [
            {"level": level, "place": place, "hash": hashed}
            for (level, place), hashed in completed
            if level >= _STORED_FROM
        ]
        if rows:
            connection.execute(store, rows)


def _allow_erasure() -> None:
    """
    Facts and salt of an entry may become NULL, both at once and for good, by a transaction that says that it erases.

    Whatever else is done to a row is refused as before.
    """
    op.alter_column("journal_facts", "salt", existing_type=sa.LargeBinary(), nullable=True)
    op.alter_column("journal_facts", "facts", existing_type=sa.dialects.postgresql.JSONB(), nullable=True)
    op.create_check_constraint(op.f("journal_facts_erased_check"), "journal_facts", "(salt IS NULL) = (facts IS NULL)")
    op.execute(
        """
        CREATE FUNCTION refuse_change_but_erasure() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            IF TG_OP = 'UPDATE' AND current_setting('gateway.erases', true) = 'facts'
                AND NEW.entry_id = OLD.entry_id AND NEW.salt IS NULL AND NEW.facts IS NULL
            THEN
                RETURN NEW;
            END IF;
            RAISE EXCEPTION 'table % is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
        END $$
        """
    )
    op.execute("DROP TRIGGER journal_facts_append_only ON journal_facts")
    op.execute(
        "CREATE TRIGGER journal_facts_append_only BEFORE UPDATE OR DELETE ON journal_facts "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_but_erasure()"
    )
