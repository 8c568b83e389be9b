"""What forms say to people, in Indonesian (the source) and English."""

from collections.abc import Mapping
from functools import cache

LOCALES = ("id", "en")
SOURCE = "id"

_SAYINGS: Mapping[str, tuple[str, str]] = {
    # a field that is wrong
    "required": ("Isi {label}.", "Enter {label}."),
    "required_choice": ("Pilih {label}.", "Select {label}."),
    "required_tick": ("Centang {label}.", "Tick {label}."),
    "required_file": ("Unggah {label}.", "Upload {label}."),
    "short": (
        "{label} paling sedikit {limit} karakter; sekarang {count}.",
        "{label} must be at least {limit} characters; it has {count}.",
    ),
    "long": (
        "{label} paling banyak {limit} karakter; sekarang {count}.",
        "{label} must be {limit} characters or fewer; it has {count}.",
    ),
    "pattern": ("{label} tidak sesuai dengan bentuk yang diminta.", "{label} is not in the expected form."),
    "email": (
        "{label} harus berupa alamat surel, misalnya nama@contoh.go.id.",
        "{label} must be an email address, such as name@example.go.id.",
    ),
    "phone": (
        "{label} harus berupa nomor telepon, misalnya 0812 3456 7890.",
        "{label} must be a phone number, such as 0812 3456 7890.",
    ),
    "nip": ("{label} harus tepat 18 angka.", "{label} must be exactly 18 digits."),
    "number": (
        "{label} harus berupa angka, misalnya 1.234,5 (koma untuk desimal).",
        "{label} must be a number, such as 1.234,5 (comma for decimals).",
    ),
    "digits": (
        "{label} terlalu panjang: paling banyak 15 angka.",
        "{label} is too long: 15 digits at most.",
    ),
    "whole": ("{label} harus bilangan bulat.", "{label} must be a whole number."),
    "decimals": (
        "{label} paling banyak {limit} angka di belakang koma.",
        "{label} must have {limit} decimal places or fewer.",
    ),
    "min": ("{label} paling kecil {limit}.", "{label} must be {limit} or more."),
    "max": ("{label} paling besar {limit}.", "{label} must be {limit} or less."),
    "date": ("{label} harus berupa tanggal yang ada.", "{label} must be a real date."),
    "time": ("{label} harus berupa jam, misalnya 09.30.", "{label} must be a time, such as 09:30."),
    "datetime": ("{label} harus berupa tanggal dan jam yang ada.", "{label} must be a real date and time."),
    "earliest": ("{label} paling cepat {limit}.", "{label} must be {limit} or later."),
    "latest": ("{label} paling lambat {limit}.", "{label} must be {limit} or earlier."),
    "option": ("Pilih {label} dari daftar yang ada.", "Select {label} from the list."),
    "min_rows": ("{label}: isi paling sedikit {limit} baris.", "{label}: add at least {limit} rows."),
    "max_rows": ("{label}: paling banyak {limit} baris.", "{label}: {limit} rows at most."),
    "many_files": ("{label}: paling banyak {limit} berkas.", "{label}: {limit} files at most."),
    "one_file": ("{label}: hanya satu berkas.", "{label}: one file only."),
    "file_type": (
        "{label}: berkas {name} tidak diterima; jenis yang diterima: {limit}.",
        "{label}: the file {name} is not accepted; accepted types: {limit}.",
    ),
    "file_size": (
        "{label}: berkas {name} lebih besar dari {limit}.",
        "{label}: the file {name} is larger than {limit}.",
    ),
    "check": ("{label} belum benar.", "{label} is not right yet."),
    # words of the page
    "yes": ("Ya", "Yes"),
    "no": ("Tidak", "No"),
    "empty": ("Belum diisi", "Not answered"),
    "optional": ("opsional", "optional"),
    "choose": ("Pilih salah satu", "Choose one"),
    "row": ("Baris", "Row"),
    "add": ("Tambah {item}", "Add {item}"),
    "remove": ("Hapus {item}", "Remove {item}"),
    "up": ("Naikkan {item}", "Move {item} up"),
    "down": ("Turunkan {item}", "Move {item} down"),
    "remove_short": ("Hapus", "Remove"),
    "up_short": ("Naik", "Up"),
    "down_short": ("Turun", "Down"),
    "add_row": ("baris", "row"),
    "error": ("Galat:", "Error:"),
    "errors_title": ("Ada yang perlu diperbaiki", "There is a problem"),
    "no_rows": ("Belum ada baris.", "No rows yet."),
    "no_data": ("Tidak ada data.", "No data."),
    "no_options": ("Belum ada pilihan.", "There is nothing to choose from yet."),
    "change": ("Ubah", "Change"),
    "files": ("Berkas terlampir", "Attached files"),
    "file_limit": ("Jenis: {types}.", "Types: {types}."),
    "size_limit": ("Ukuran paling besar {limit}.", "Largest size {limit}."),
    "characters": ("Paling banyak {limit} karakter.", "You can enter up to {limit} characters."),
    "characters_under": ("Sisa %{count} karakter", "You have %{count} characters remaining"),
    "characters_under_one": ("Sisa 1 karakter", "You have 1 character remaining"),
    "characters_at": ("Sisa 0 karakter", "You have 0 characters remaining"),
    "characters_over": ("Kelebihan %{count} karakter", "You have %{count} characters too many"),
    "characters_over_one": ("Kelebihan 1 karakter", "You have 1 character too many"),
    "changes": ("Perubahan", "Changes"),
    "field": ("Isian", "Field"),
    "before": ("Sebelum", "Before"),
    "after": ("Sesudah", "After"),
    "row_added": ("Baris ditambahkan", "Row added"),
    "row_removed": ("Baris dihapus", "Row removed"),
    "row_moved": ("Urutan", "Position"),
    "no_changes": ("Tidak ada yang berubah.", "Nothing has changed."),
}


def say(locale: str, key: str, **values: object) -> str:
    """The saying in the reader's language; Indonesian where the language is not one of ours."""
    indonesian, english = _SAYINGS[key]
    saying = english if locale == "en" else indonesian
    return saying.format(**values) if values else saying


@cache  # a page asks for every field
def words(locale: str) -> Mapping[str, str]:
    """Every saying as it stands, for templates."""
    position = 1 if locale == "en" else 0
    return {key: pair[position] for key, pair in _SAYINGS.items()}
