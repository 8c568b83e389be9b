"""Column types of the runtime's own."""

import sqlalchemy as sa

from engine.runtime.packing import Packer

PACKER = Packer("history-1")


class EventText(sa.types.TypeDecorator[str]):
    """The text of a history event. SQLite, which compresses nothing itself, keeps it packed.

    Texts that were written before they were packed are read as they are. PostgreSQL keeps the text: a trigger chains it.
    """

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: sa.Dialect) -> str | bytes | None:
        return PACKER.pack(value) if value is not None and dialect.name == "sqlite" else value

    def process_result_value(self, value: str | bytes | None, dialect: sa.Dialect) -> str | None:
        return value if value is None else event_text(value)


def event_text(stored: str | bytes) -> str:
    """The text of an event from what the database holds.

    Raises:
        Unpackable: it was damaged, or is of a newer version.
    """
    return PACKER.unpack(stored) if isinstance(stored, bytes) else stored
