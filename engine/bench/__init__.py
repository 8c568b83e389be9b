"""Measures the product against the library as it comes and against the floor of its database, in one run."""

from engine.bench.step import StepBench, bench_step

__all__ = ["StepBench", "bench_step"]
