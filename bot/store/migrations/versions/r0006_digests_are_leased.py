"""When a digest was sent last, and who is sending it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("digests") as table:
        table.add_column(sa.Column("sent_at", sa.DateTime(timezone=True)))
        comment = "until then somebody is sending it"
        table.add_column(sa.Column("leased", sa.DateTime(timezone=True), comment=comment))
