"""Makes the dictionary that states of cases are compressed with, from the states of simulated agencies.

Run it only to make a *new* file: every state names the dictionary it was written with, so that none may ever be
changed or removed (engine/runtime/workflow/dictionaries).
"""

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import zstandard

from engine.bench.stage import YEAR, stage
from engine.cycle.simulation import simulate
from engine.runtime.workflow import codec
from web.throwaway import throw_away

SIZE = 64 * 1024
STRETCH = 4000  # bytes that are taken in one piece
SEEDS = (1, 2)


def main(target: Path, number: int) -> None:
    """Collect every fifth state that two agencies write in a year, and train on them."""
    samples: list[bytes] = []
    write = codec.compressed

    def noting(raw: bytes) -> bytes:
        samples.append(raw)
        return write(raw)

    codec.compressed = noting
    for seed in SEEDS:
        with tempfile.TemporaryDirectory() as folder:
            here = stage(throw_away(Path(folder), None), 16, seed, durable=False)
            simulate(here.application, here.clock, [YEAR], seed, until=datetime(YEAR, 12, 31, tzinfo=UTC))
    trained = zstandard.train_dictionary(SIZE, samples[::5], dict_id=number, level=codec.LEVEL, k=STRETCH, d=8)
    target.write_bytes(trained.as_bytes())


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
