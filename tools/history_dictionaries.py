"""Makes the dictionaries that history and sealed values are compressed with, from the years of simulated agencies.

Run it only to make *new* files: what is stored was written with a dictionary that its version names, so that none may
ever be changed or removed (engine/runtime/dictionaries). People's own sentences are left out: a dictionary of the
stock from which a simulation draws them would help nobody but the simulation.
"""

import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
import zstandard

from engine.bench.stage import YEAR, Stage, stage
from engine.cycle.simulation import simulate
from engine.runtime import sealing
from engine.runtime.event_texts import text_of
from engine.runtime.models import CaseKeyRow, HistoryRow
from engine.runtime.packing import LEVEL, marked
from engine.runtime.values import Json
from web.throwaway import throw_away

SEEDS = (1, 2)
SIZES = {"history": 64 * 1024, "sealed": 16 * 1024}
STRETCH = 2000  # bytes that are taken in one piece: an event is like another one from end to end


def main(folder: Path, number: int) -> None:
    """Train on everything that two agencies write in a year."""
    samples: dict[str, list[bytes]] = {name: [] for name in SIZES}
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as data:
            settings = throw_away(Path(data), None)
            here = stage(settings, 16, seed, durable=False)
            simulate(here.application, here.clock, [YEAR], seed, until=datetime(YEAR, 12, 31, tzinfo=UTC))
            samples["history"] += _bodies(here)
            samples["sealed"] += _sealed(here, settings.kek)
    for name, size in SIZES.items():
        trained = zstandard.train_dictionary(size, samples[name], dict_id=number, level=LEVEL, k=STRETCH, d=8)
        (folder / f"{name}-{number}.zstd").write_bytes(trained.as_bytes())


def _sample(text: str, case_id: UUID) -> bytes:
    return marked(text, case_id, []).encode()


def _bodies(here: Stage) -> Iterator[bytes]:
    with here.database.connect() as connection:
        for case_id, body in connection.execute(sa.select(HistoryRow.case_id, HistoryRow.body)):
            yield _sample(text_of(body, case_id), case_id)


def _sealed(here: Stage, kek: bytes) -> Iterator[bytes]:
    query = (
        sa.select(HistoryRow.case_id, HistoryRow.seq, HistoryRow.box, CaseKeyRow.wrapped)
        .join(CaseKeyRow, CaseKeyRow.case_id == HistoryRow.case_id)
        .where(HistoryRow.box.is_not(None))
    )
    with here.database.connect() as connection:
        for case_id, seq, box, wrapped in connection.execute(query):
            values = sealing.open_box(box, sealing.unwrap(wrapped, kek, case_id), case_id, seq)
            masked = {name: _masked(name, value) for name, (_, value) in values.items()}
            yield _sample(sealing.to_text(masked), case_id)


def _masked(name: str, value: Json) -> Json:
    """What people have written, without their sentences."""
    if not name.startswith("answers."):
        return value
    if isinstance(value, dict):
        return {key: _masked(name, part) for key, part in value.items()}
    if isinstance(value, list):
        return [_masked(name, part) for part in value]
    return "" if isinstance(value, str) and " " in value else value


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
