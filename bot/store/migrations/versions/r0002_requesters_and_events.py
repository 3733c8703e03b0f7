"""Who asked for a change, to be found by; events of Slack that were acted upon."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

REQUESTER = {
    "sqlite": "json_extract(plan, '$.request.team') || '/' || json_extract(plan, '$.request.user')",
    "postgresql": "(plan::json #>> '{request,team}') || '/' || (plan::json #>> '{request,user}')",
}


def upgrade() -> None:
    comment = "who asked for it, as TEAM/USER"
    with op.batch_alter_table("changes") as table:
        table.add_column(sa.Column("requester", sa.String, nullable=False, server_default="", comment=comment))
    op.execute(f"UPDATE changes SET requester = {REQUESTER[op.get_bind().dialect.name]}")  # noqa: S608 # of above
    with op.batch_alter_table("changes") as table:
        table.alter_column("requester", server_default=None)
        table.create_index("changes_by_requester", ["requester", "created"])
    op.create_table(
        "events",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("events_by_time", "events", ["at"])
