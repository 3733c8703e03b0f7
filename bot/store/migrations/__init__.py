"""Alembic's home. A migration that was released is never edited; the next one mends it."""
