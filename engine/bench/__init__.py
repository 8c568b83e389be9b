"""Measures the product against the library as it comes and against the floor of its database, in one run."""

from engine.bench.alignment import bench_alignment
from engine.bench.inbox import bench_inbox
from engine.bench.machine import circumstances
from engine.bench.moving import bench_migrate, bench_rehearse
from engine.bench.opening import bench_open_cycle, bench_start
from engine.bench.size import bench_size
from engine.bench.step import StepBench, bench_step
from engine.bench.timers import bench_timers

__all__ = [
    "StepBench",
    "bench_alignment",
    "bench_inbox",
    "bench_migrate",
    "bench_open_cycle",
    "bench_rehearse",
    "bench_size",
    "bench_start",
    "bench_step",
    "bench_timers",
    "circumstances",
]
