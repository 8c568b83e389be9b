"""The columns of the files about objectives: renstra, indicators with manuals, strategies, agreements, matrix, squads."""

from engine.cycle.imports.columns import BadCell, Column, day, nip, one_of, unit_code, words, yes_or_no

POLARITIES = ("NAIK", "TURUN", "TEPAT")
FREQUENCIES = ("BULANAN", "TRIWULANAN", "SEMESTERAN", "TAHUNAN")
VALIDITIES = ("EKSAK", "PROKSI", "AKTIVITAS")
KINDS = ("TUJUAN", "SASARAN")
MODES = ("SATU_TINGKAT", "DUA_TINGKAT")
ROLES = ("MANDIRI", "KETUA_TIM", "ANGGOTA")
METHODS = ("DIRECT", "NON_DIRECT")
ASKED = ("ya", "tidak")


def amount(text: str) -> float:
    """A number; a comma may stand for the point."""
    try:
        return float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except ValueError as error:
        raise BadCell("Isi angka, misalnya 18,2.") from error


def year(text: str) -> str:
    if not (text.isascii() and text.isdigit() and 2000 <= int(text) <= 2100):
        raise BadCell("Isi tahun empat angka, misalnya 2026.")
    return text


def place(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 1000):
        raise BadCell("Isi nomor urut, mulai dari 1.")
    return int(text)


_SINCE = Column("berlaku_mulai", day, "Sejak kapan isi ini berlaku; kosong: hari ini.", example="2026-01-01")
_DROP = Column("hapus", yes_or_no, 'Isi "ya" untuk menghapus baris ini dari konsep.', choices=ASKED)
_UNIT = Column("unit", unit_code, "Kode unit.", required=True, example="DINKES", text_only=True)
_YEAR = Column("tahun", year, "Tahun kinerja.", required=True, example="2026")
_INDICATOR = Column("kode_indikator", unit_code, "Kode indikator.", required=True, example="IKU-1", text_only=True)

OBJECTIVE_COLUMNS = (
    Column("kode", unit_code, "Kode tujuan atau sasaran yang tetap.", required=True, example="SS-1", text_only=True),
    Column("jenis", one_of(KINDS), "Tujuan atau sasaran.", required=True, example="SASARAN", choices=KINDS),
    Column("kode_induk", unit_code, "Kode tujuan di atasnya; kosong untuk puncak.", example="T-1", text_only=True),
    Column(
        "uraian", words(500), "Kalimat tujuan atau sasaran.", required=True, example="Menurunnya prevalensi stunting"
    ),
    Column("unit", unit_code, "Kode unit pemilik.", example="DINKES", text_only=True),
    _SINCE,
)
INDICATOR_COLUMNS = (
    Column("kode", unit_code, "Kode indikator yang tetap.", required=True, example="IKU-1", text_only=True),
    Column("kode_sasaran", unit_code, "Kode sasaran yang diukur.", example="SS-1", text_only=True),
    _UNIT,
    Column("nama", words(), "Nama indikator.", required=True, example="Prevalensi stunting"),
    Column("definisi", words(1000), "Apa yang diukur.", example="Balita pendek dibagi balita yang diukur."),
    Column("formula", words(1000), "Cara menghitung.", example="balita stunting / balita diukur x 100"),
    Column("satuan", words(40), "Satuan.", required=True, example="persen"),
    Column("polaritas", one_of(POLARITIES), "Arah yang baik.", required=True, example="TURUN", choices=POLARITIES),
    Column("frekuensi", one_of(FREQUENCIES), "Seberapa sering diukur.", example="TRIWULANAN", choices=FREQUENCIES),
    Column("sumber", words(), "Sumber data.", example="e-PPGBM"),
    Column("nip_pemilik", nip, "Pemilik indikator.", text_only=True),
    Column("baseline", amount, "Capaian terakhir.", example="21,4"),
    Column("validitas", one_of(VALIDITIES), "Tepat, pendekatan, atau kegiatan.", example="EKSAK", choices=VALIDITIES),
    _SINCE,
)
STRATEGY_COLUMNS = (
    Column("kode", unit_code, "Kode strategi yang tetap.", required=True, example="ST-1", text_only=True),
    _INDICATOR,
    Column(
        "uraian", words(500), "Cara mencapai indikator.", required=True, example="Paket gizi lengkap bagi ibu hamil"
    ),
    Column("nip_pemilik", nip, "Penanggung jawab.", text_only=True),
    _SINCE,
)
AGREEMENT_COLUMNS = (
    _UNIT,
    _YEAR,
    _INDICATOR,
    Column("nomor", place, "Nomor urut dalam perjanjian kinerja.", required=True, example="1"),
    Column("target", amount, "Target tahun ini.", required=True, example="18,2"),
    Column("target_atas", amount, "Batas atas bila target berupa rentang."),
    _DROP,
)
QUARTERS = ("tw1", "tw2", "tw3", "tw4")
ATTAINMENT_COLUMNS = (
    _UNIT,
    _YEAR,
    _INDICATOR,
    *(Column(one, amount, f"Realisasi sampai akhir triwulan {one[2:]}; kosong: belum ada.") for one in QUARTERS),
)
ROLE_COLUMNS = (
    _UNIT,
    _YEAR,
    Column("mode", one_of(MODES), "Satu atau dua tingkat.", required=True, example="DUA_TINGKAT", choices=MODES),
    _INDICATOR,
    Column("nip", nip, "Pegawai yang berperan.", required=True, example="199001012015012003", text_only=True),
    Column("peran", one_of(ROLES), "Peran.", required=True, example="ANGGOTA", choices=ROLES),
    Column("tim", unit_code, "Kode tim kerja.", example="TIM-1", text_only=True),
    Column(
        "peran_hasil", words(300), "Hasil yang disumbangkan.", required=True, example="8 puskesmas sesuai tata laksana"
    ),
    Column("metode", one_of(METHODS), "Langsung atau tidak.", example="DIRECT", choices=METHODS),
    Column("porsi", amount, "Bagian dari target.", example="8"),
    Column("satuan", words(40), "Satuan bagian itu.", example="puskesmas"),
    Column("surat_tugas", words(100), "Nomor surat tugas, bagi pegawai dari unit lain.", example="ST-12/2026"),
    _DROP,
)
TEAM_COLUMNS = (
    Column("kode", unit_code, "Kode tim yang tetap.", required=True, example="TIM-1", text_only=True),
    Column("nama", words(), "Nama tim.", required=True, example="Integrasi data kinerja"),
    _UNIT,
    Column("nip_ketua", nip, "Ketua tim.", required=True, text_only=True),
    Column("nip_pemilik", nip, "Pemilik kinerja.", text_only=True),
    Column("nip_anggota", nip, "Anggota; satu baris untuk setiap anggota.", required=True, text_only=True),
    Column("surat_tugas", words(100), "Nomor surat tugas.", example="ST-12/2026"),
    _SINCE,
    Column("berakhir", day, "Hari terakhir penugasan."),
)
