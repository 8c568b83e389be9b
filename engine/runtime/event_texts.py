"""How the text of a history event lies in the database. SQLite, which compresses nothing itself, keeps it packed.

Texts that were written before they were packed are read as they are. PostgreSQL keeps the text: a trigger chains it.
"""

from uuid import UUID

import sqlalchemy as sa

from engine.runtime.packing import Packer

PACKER = Packer("history-2")


def stored(connection: sa.Connection, text: str, case_id: UUID) -> str | bytes:
    """The text of an event of a case, as this database keeps it."""
    return PACKER.pack(text, case_id) if connection.dialect.name == "sqlite" else text


def text_of(body: str | bytes, case_id: UUID) -> str:
    """The text of an event of a case, exactly as it was hashed, from what the database holds.

    Raises:
        Unpackable: it was damaged, or is of a newer version.
    """
    return PACKER.unpack(body, case_id) if isinstance(body, bytes) else body
