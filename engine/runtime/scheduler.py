"""The only file that imports APScheduler: an alarm clock, not a diary. The truth is in the tables."""

from collections.abc import Callable, Mapping
from datetime import UTC

from apscheduler.schedulers.background import BackgroundScheduler

Job = Callable[[], object]


class AlarmClock:
    """Rings each job every so many seconds in this process; a ring that is missed or late does no harm."""

    def __init__(self, jobs: Mapping[str, tuple[Job, float]]) -> None:
        self._scheduler = BackgroundScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        for name, (job, seconds) in jobs.items():
            self._scheduler.add_job(job, "interval", seconds=seconds, id=name)

    def start(self) -> None:
        """Begin to ring, in threads of its own."""
        self._scheduler.start()

    def stop(self) -> None:
        """Finish what runs, and ring no more."""
        self._scheduler.shutdown(wait=True)
