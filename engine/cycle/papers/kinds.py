"""Which papers there are, and what codes are called on them. Papers are written in Indonesian: they are official."""

from collections.abc import Mapping
from enum import StrEnum


class PaperKind(StrEnum):
    """Source: DOMAIN 4.8; F-numbers in DOMAIN 3."""

    SKP = "skp"  # F1, F1q, F2 with annex F3
    MATRIX = "matriks"  # F5
    EVALUATION = "evaluasi"  # F16, of a period or the year
    RESULT = "dokumen_evaluasi"  # F17
    UNIT = "predikat_organisasi"  # F18
    OBJECTION = "putusan_keberatan"  # F19
    CREDITS = "angka_kredit"  # F22

    @property
    def heading(self) -> str:
        """What stands above the paper."""
        return TITLES[self]

    @property
    def of_unit(self) -> bool:
        """Whether it is about a unit rather than a person."""
        return self in (PaperKind.MATRIX, PaperKind.UNIT)


TITLES: Mapping[PaperKind, str] = {
    PaperKind.SKP: "Sasaran Kinerja Pegawai",
    PaperKind.MATRIX: "Matriks Pembagian Peran dan Hasil",
    PaperKind.EVALUATION: "Evaluasi Kinerja Pegawai",
    PaperKind.RESULT: "Dokumen Evaluasi Kinerja Pegawai",
    PaperKind.UNIT: "Predikat Kinerja Organisasi dan Distribusi Predikat",
    PaperKind.OBJECTION: "Putusan atas Keberatan",
    PaperKind.CREDITS: "Konversi Predikat Kinerja ke Angka Kredit",
}

WORDS: Mapping[str, str] = {
    "DI_ATAS_EKSPEKTASI": "Di atas ekspektasi",
    "SESUAI_EKSPEKTASI": "Sesuai ekspektasi",
    "DI_BAWAH_EKSPEKTASI": "Di bawah ekspektasi",
    "SANGAT_BAIK": "Sangat Baik",
    "ISTIMEWA": "Istimewa",
    "BAIK": "Baik",
    "BUTUH_PERBAIKAN": "Butuh Perbaikan",
    "KURANG": "Kurang",
    "KURANG_MISCONDUCT": "Kurang (Misconduct)",
    "SANGAT_KURANG": "Sangat Kurang",
    "KUANTITAS": "Kuantitas",
    "KUALITAS": "Kualitas",
    "WAKTU": "Waktu",
    "BIAYA": "Biaya",
    "PENERIMA_LAYANAN": "Penerima layanan",
    "PROSES_BISNIS": "Proses bisnis",
    "PENGUATAN_INTERNAL": "Penguatan internal",
    "ANGGARAN": "Anggaran",
    "SDM": "Sumber daya manusia",
    "PERALATAN": "Peralatan",
    "INFORMASI": "Informasi",
    "PIMPINAN": "Dukungan pimpinan",
    "HARIAN": "Harian",
    "MINGGUAN": "Mingguan",
    "BULANAN": "Bulanan",
    "TRIWULANAN": "Triwulanan",
    "SEMESTERAN": "Semesteran",
    "TAHUNAN": "Tahunan",
    "POSITIF": "Bila tercapai",
    "NEGATIF": "Bila tidak tercapai",
    "MANDIRI": "Mandiri",
    "KETUA_TIM": "Ketua tim",
    "ANGGOTA": "Anggota",
    "DIRECT": "Langsung",
    "NON_DIRECT": "Tidak langsung",
    "SATU_TINGKAT": "Penyelarasan satu tingkat",
    "DUA_TINGKAT": "Penyelarasan dua tingkat",
    "DISAMPAIKAN": "Tidak ada keberatan yang tercatat",
    "DALAM_KEBERATAN": "Sedang dalam keberatan",
    "FINAL": "Final",
    "TETAP": "Hasil evaluasi tetap",
    "UBAH": "Hasil evaluasi diubah",
    "CUKUP": "Cukup",
    "UNIT": "Dalam unit kerja",
    "INSTANSI": "Antarunit dalam instansi",
    "LINTAS_INSTANSI": "Antarinstansi",
    "PERJANJIAN_KINERJA": "Perjanjian kinerja, renstra, atau direktif",
    "RENCANA_AKSI": "Rencana aksi atau inisiatif strategis",
}


def word(code: str | None) -> str:
    """What people read for a code; a code that nobody has named stands for itself."""
    return WORDS.get(code, code) if code else ""
