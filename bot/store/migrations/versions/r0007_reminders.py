"""When people were reminded of a change that waits for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column(
        "changes", sa.Column("reminded", sa.DateTime(timezone=True), comment="when people were reminded of it")
    )
