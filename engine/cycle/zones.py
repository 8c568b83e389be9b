"""Time zones by name."""

from zoneinfo import ZoneInfo

SHORT = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}


def zone_of(name: str) -> ZoneInfo:
    """The zone of an IANA name, or of Indonesia's own: WIB, WITA, WIT."""
    return ZoneInfo(SHORT.get(name, name))
