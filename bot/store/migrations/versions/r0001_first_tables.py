"""Changes, the audit log with its guards, digests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

SQLITE_GUARDS = (
    """
    CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit rows are never changed'); END
    """,
    """
    CREATE TRIGGER audit_is_not_deleted BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'audit rows are never deleted'); END
    """,
    # INSERT OR REPLACE deletes without asking the trigger above: it cannot pass this one.
    """
    CREATE TRIGGER audit_is_continued BEFORE INSERT ON audit
    WHEN NEW.number IS NOT (SELECT coalesce(max(number), 0) + 1 FROM audit)
      OR NEW.former IS NOT coalesce((SELECT hash FROM audit ORDER BY number DESC LIMIT 1), '')
    BEGIN SELECT RAISE(ABORT, 'an audit row continues the chain'); END
    """,
)
POSTGRESQL_GUARDS = (
    """
    CREATE FUNCTION audit_is_not_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'audit rows are never changed or deleted'; END $$
    """,
    """
    CREATE FUNCTION audit_is_continued() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NEW.number IS DISTINCT FROM (SELECT coalesce(max(number), 0) + 1 FROM audit)
        OR NEW.former IS DISTINCT FROM coalesce((SELECT hash FROM audit ORDER BY number DESC LIMIT 1), '')
      THEN RAISE EXCEPTION 'an audit row continues the chain';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER audit_is_not_changed BEFORE UPDATE OR DELETE ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_is_not_changed()
    """,
    """
    CREATE TRIGGER audit_is_not_emptied BEFORE TRUNCATE ON audit
    FOR EACH STATEMENT EXECUTE FUNCTION audit_is_not_changed()
    """,
    """
    CREATE TRIGGER audit_is_continued BEFORE INSERT ON audit
    FOR EACH ROW EXECUTE FUNCTION audit_is_continued()
    """,
)


def upgrade() -> None:
    _changes()
    _audit()
    _digests()
    guards = SQLITE_GUARDS if op.get_context().dialect.name == "sqlite" else POSTGRESQL_GUARDS
    for statement in guards:
        op.execute(statement)


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("cluster", sa.String, nullable=False),
        sa.Column("namespace", sa.String, nullable=False),
        sa.Column("service", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("plan", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("votes", sa.Text, nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deadline", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("message", sa.String),
        sa.Column("generation", sa.BigInteger),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("actor", sa.Text),
        sa.Column("wait", sa.Interval),
        sa.Column("shown", sa.Integer, comment="the version that the message tells of"),
        sa.Column("written", sa.Integer, comment="the how-manieth write to a cluster it was"),
    )
    op.create_index("changes_by_service", "changes", ["cluster", "namespace", "service", "state"])
    op.create_index("changes_by_state", "changes", ["state"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", sa.String, nullable=False),
        sa.Column("event", sa.String, nullable=False),
        sa.Column("change", sa.String),
        sa.Column("version", sa.Integer),
        sa.Column("state", sa.String),
        sa.Column("plan", sa.String),
        sa.Column("actor_team", sa.Text),
        sa.Column("actor_user", sa.Text),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("cluster", sa.String),
        sa.Column("namespace", sa.String),
        sa.Column("service", sa.String),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("former", sa.String, nullable=False),
        sa.Column("hash", sa.String, nullable=False),
    )
    op.create_index("audit_by_service", "audit", ["cluster", "namespace", "service"])
    op.create_index("audit_by_change", "audit", ["change"])


def _digests() -> None:
    op.create_table(
        "digests",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        sa.Column("cluster", sa.String, nullable=False),
        sa.Column("namespace", sa.String, nullable=False),
        sa.Column("schedule", sa.Text, nullable=False),
        sa.Column("timezone", sa.String, nullable=False),
        sa.Column("creator", sa.Text, nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("channel", "id", name="digests_by_channel"),
    )
