"""Where and when figures were taken: without that they say nothing."""

import os
import platform
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine.clock import SystemClock


def circumstances(database_url: str) -> dict[str, Any]:
    """The day, the processor, and the versions of what was measured."""
    return {
        "date": SystemClock().now().date().isoformat(),
        "processor": processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "database": _version(database_url),
    }


def processor(cpuinfo: Path = Path("/proc/cpuinfo")) -> str:
    """The processor's name as the system tells it, else its architecture."""
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _version(url: str) -> str:
    database = sa.create_engine(url)
    with database.connect() as connection:
        ask = "select sqlite_version()" if connection.dialect.name == "sqlite" else "show server_version"
        version = connection.exec_driver_sql(ask).scalar_one()
        name = "SQLite" if connection.dialect.name == "sqlite" else "PostgreSQL"
    database.dispose()
    return f"{name} {version}"
