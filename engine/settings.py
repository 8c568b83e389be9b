"""What the environment may say, read once into a frozen dataclass."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from engine.clock import JAKARTA
from engine.errors import EngineError

MEGABYTE = 1024 * 1024


class SettingsError(EngineError):
    """A setting is missing or unusable; the sentence names it and the mend."""


@dataclass(frozen=True)
class Settings:
    """How this installation runs.

    `kek` is the 32-byte key that wraps each case's own key; `secret_key` signs cookies.
    Both are made on the first start, in files of `data_dir` that only the owner can read.
    """

    database_url: str
    data_dir: Path
    secret_key: str
    kek: bytes
    counselling_keks: tuple[bytes, ...] = ()  # wrap the keys of secret answers, the newest first; none: `kek` does
    base_url: str = "http://127.0.0.1:8000"
    agency_name: str = "Pemerintah Kabupaten Sukamaju"
    zone: ZoneInfo = JAKARTA
    smtp_url: str | None = None  # "smtp://user:password@host:587"; None: nothing leaves
    mail_from: str = "siklus@localhost"
    upload_max_bytes: int = 10 * MEGABYTE
    trusted_proxy: str | None = None  # the address of the proxy in front, whose X-Forwarded-* headers are believed
    submission_days: int = 14  # how long the same submission, sent again, gets its receipt again
    rehearsals: int = 20  # how many of the newest rehearsals are kept
    coverage: float = 0.95  # share of all sequence flows that the scenarios of a release must pass, 0 to 1
    signature: str | None = None  # what signs papers: "https://..." or "perintah:/path --option"; None: nothing does
    signature_name: str = "Layanan tanda tangan elektronik"  # as papers and the public check name it
    cheap_passwords: bool = False  # tests only: a hash that costs nothing


def from_environment(environment: Mapping[str, str] = os.environ) -> Settings:
    """Read SIKLUS_* variables; everything has a default that suits one machine with SQLite.

    Raises:
        SettingsError: a value cannot be used.
    """
    data_dir = Path(environment.get("SIKLUS_DATA", "var")).absolute()
    data_dir.mkdir(parents=True, exist_ok=True)
    try:
        zone = ZoneInfo(environment.get("SIKLUS_ZONE", "Asia/Jakarta"))
        limit = int(environment.get("SIKLUS_UPLOAD_MAX_MB", "10")) * MEGABYTE
        coverage = int(environment.get("SIKLUS_COVERAGE_PERCENT", "95")) / 100
        submission_days = int(environment.get("SIKLUS_SUBMISSION_DAYS", "14"))
        rehearsals = int(environment.get("SIKLUS_REHEARSALS", "20"))
    except (ValueError, KeyError) as error:
        names = "SIKLUS_ZONE, SIKLUS_UPLOAD_MAX_MB, SIKLUS_COVERAGE_PERCENT, SIKLUS_SUBMISSION_DAYS"
        raise SettingsError(f"{names} atau SIKLUS_REHEARSALS tidak dapat dipakai: {error}") from error
    return Settings(
        database_url=environment.get("SIKLUS_DATABASE", f"sqlite:///{data_dir / 'siklus.db'}"),
        data_dir=data_dir,
        secret_key=environment.get("SIKLUS_SECRET_KEY") or kept_secret(data_dir / "secret.key").hex(),
        kek=kept_secret(data_dir / "case-keys.key"),
        counselling_keks=_counselling_keks(environment, data_dir),
        base_url=environment.get("SIKLUS_URL", "http://127.0.0.1:8000"),
        agency_name=environment.get("SIKLUS_AGENCY", "Pemerintah Kabupaten Sukamaju"),
        zone=zone,
        smtp_url=environment.get("SIKLUS_SMTP"),
        mail_from=environment.get("SIKLUS_MAIL_FROM", "siklus@localhost"),
        upload_max_bytes=limit,
        submission_days=submission_days,
        rehearsals=rehearsals,
        coverage=coverage,
        trusted_proxy=environment.get("SIKLUS_TRUSTED_PROXY"),
        signature=environment.get("SIKLUS_SIGNATURE"),
        signature_name=environment.get("SIKLUS_SIGNATURE_NAME", Settings.signature_name),
    )


def signing_key(environment: Mapping[str, str] = os.environ) -> bytes:
    """The seed of the Ed25519 key of checkpoints; asked for by who signs alone, so that no server needs to read it."""
    data_dir = Path(environment.get("SIKLUS_DATA", "var")).absolute()
    return kept_secret(Path(environment.get("SIKLUS_SIGNING_KEY", data_dir / "signing.key")))


def _counselling_keks(environment: Mapping[str, str], data_dir: Path) -> tuple[bytes, ...]:
    """The key file of secret answers and, while they are wrapped anew, the one before it, which must be there."""
    current = Path(environment.get("SIKLUS_COUNSELLING_KEY", data_dir / "counselling.key"))
    before = environment.get("SIKLUS_COUNSELLING_KEY_BEFORE")
    if before is not None and not Path(before).exists():
        raise SettingsError(f"SIKLUS_COUNSELLING_KEY_BEFORE: berkas {before} tidak ada.")
    return (kept_secret(current), *([kept_secret(Path(before))] if before is not None else []))


def kept_secret(path: Path) -> bytes:
    """The 32 bytes of a file, made at first asking, readable by its owner alone."""
    if not path.exists():
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
    content = path.read_bytes()
    if len(content) != 32:
        raise SettingsError(f"{path} tidak berisi 32 bita; pulihkan berkas itu dari cadangan.")
    return content
