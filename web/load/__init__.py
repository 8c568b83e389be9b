"""`siklus bench http`: people who send forms to the real server, all at once."""

from web.load.bench import bench_http

__all__ = ["bench_http"]
