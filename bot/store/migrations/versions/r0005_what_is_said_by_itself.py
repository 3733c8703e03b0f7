"""What is told of each Service and where, what has happened, what channels want to hear of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    _told()
    _stories()
    _wanted()


def _service(*, primary_key: bool = False) -> list[sa.Column[str]]:
    return [
        sa.Column(name, sa.String, nullable=False, primary_key=primary_key)
        for name in ("cluster", "namespace", "service")
    ]


def _told() -> None:
    op.create_table(
        "surveys",
        sa.Column("cluster", sa.String, primary_key=True),
        sa.Column("begun", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "stands",
        *_service(primary_key=True),
        sa.Column("stand", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table(
        "news",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *_service(),
        sa.Column("update", sa.Text, nullable=False),
    )
    op.create_index("news_by_namespace", "news", ["cluster", "namespace", "at"])


def _stories() -> None:
    op.create_table(
        "stories",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("channel", sa.String, nullable=False),
        *_service(),
        sa.Column("day", sa.String, nullable=False),
        sa.Column("entries", sa.Text, nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("shown", sa.Integer, nullable=False),
        sa.Column("told", sa.Integer, nullable=False),
        sa.Column("ts", sa.String),
        sa.Column("bulletin", sa.String),
        sa.Column("posted", sa.DateTime(timezone=True)),
        sa.Column("leased", sa.DateTime(timezone=True), comment="until then somebody is telling it"),
    )
    op.create_index("stories_by_service", "stories", ["channel", "cluster", "namespace", "service"])
    op.create_index("stories_by_due", "stories", ["due"])
    op.create_index("stories_by_post", "stories", ["channel", "posted"])


def _wanted() -> None:
    op.create_table(
        "watches",
        sa.Column("number", sa.Integer, primary_key=True),
        sa.Column("id", sa.String, nullable=False),
        sa.Column("channel", sa.String, nullable=False),
        *_service(),
        sa.Column("labels", sa.Text, nullable=False),
        sa.Column("topics", sa.Text, nullable=False),
        sa.Column("quiet", sa.Text),
        sa.Column("creator", sa.Text),
        sa.UniqueConstraint("channel", "id", name="watches_by_channel"),
    )
    op.create_table(
        "silences",
        sa.Column("channel", sa.String, primary_key=True),
        *_service(primary_key=True),
        sa.Column("matter", sa.String, primary_key=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("creator", sa.Text, nullable=False),
    )
