"""What an agency may decide for itself: each parameter with its meaning, its kind and what stands where nobody chose.

Keys are those of the regulation's vocabulary. Source: DOMAIN 9.2; what is tagged there as unverified says so here.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from engine.cycle.proxies import PROCESSES
from engine.errors import FormInvalid
from engine.runtime.values import Json

ADDRESS = re.compile(r"[^@\s,<>\"]{1,64}@[^@\s,<>\"]{1,190}")
SPAN = re.compile(r"P(\d{1,2}[YM])+")
DAYS_IN_MONTH = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


class Kind(Protocol):
    """How a value is typed and what it may be."""

    def read(self, text: str) -> Json:
        """The value of a typed text; raises ValueError with the sentence that says what to type."""


@dataclass(frozen=True)
class Day:
    """A day of every year, "MM-DD"."""

    def read(self, text: str) -> str:
        found = re.fullmatch(r"(\d\d)-(\d\d)", text)
        if found is None or not self._exists(int(found[1]), int(found[2])):
            raise ValueError("Tulis bulan dan tanggal, misalnya 01-31 untuk 31 Januari.")
        return text

    def _exists(self, month: int, day: int) -> bool:
        return 1 <= month <= 12 and 1 <= day <= DAYS_IN_MONTH[month - 1]


@dataclass(frozen=True)
class Hour:
    """A time of the day, "HH:MM"."""

    def read(self, text: str) -> str:
        if re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", text) is None:
            raise ValueError("Tulis jam dan menit, misalnya 07:00.")
        return text


@dataclass(frozen=True)
class Number:
    """A whole number within bounds."""

    least: int
    most: int

    def read(self, text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 7 and self.least <= int(text) <= self.most):
            raise ValueError(f"Tulis bilangan bulat dari {self.least} sampai {self.most}.")
        return int(text)


@dataclass(frozen=True)
class Choice:
    """One of some codes, each with its words."""

    options: Mapping[str, str]

    def read(self, text: str) -> str:
        if text not in self.options:
            raise ValueError(f"Pilih salah satu: {', '.join(self.options)}.")
        return text


@dataclass(frozen=True)
class Flag:
    """Yes or no."""

    def read(self, text: str) -> bool:
        if text not in ("ya", "tidak"):
            raise ValueError("Pilih ya atau tidak.")
        return text == "ya"


@dataclass(frozen=True)
class Span:
    """Months and years as ISO 8601 writes them, "P6M"."""

    def read(self, text: str) -> str:
        if SPAN.fullmatch(text) is None:
            raise ValueError("Tulis lamanya dalam bulan atau tahun, misalnya P6M untuk enam bulan, P1Y untuk setahun.")
        return text


@dataclass(frozen=True)
class Several:
    """Some of a few codes, parted by commas."""

    options: Mapping[str, str]

    def read(self, text: str) -> list[str]:
        chosen = [code.strip() for code in text.split(",") if code.strip()]
        if not chosen or set(chosen) - set(self.options):
            raise ValueError(f"Tulis satu atau lebih, dipisah koma: {', '.join(self.options)}.")
        return chosen


@dataclass(frozen=True)
class Addresses:
    """Mail addresses, parted by commas; there may be none."""

    def read(self, text: str) -> list[str]:
        found = [address.strip() for address in text.split(",") if address.strip()]
        if any(ADDRESS.fullmatch(address) is None for address in found):
            raise ValueError("Tulis alamat surel, dipisah koma, misalnya auditor@inspektorat.go.id.")
        return found


@dataclass(frozen=True)
class Parameter:
    """One thing to decide: `group` is the part of the year it belongs to, `source` where its default comes from."""

    key: str
    group: str
    name: str
    kind: Kind
    default: Json
    source: str
    help: str = ""

    def read(self, text: str) -> Json:
        """A typed value.

        Raises:
            FormInvalid: the text is none, under "value".
        """
        try:
            return self.kind.read(text.strip())
        except ValueError as error:
            raise FormInvalid({"value": str(error)}) from error


OWN = "pilihan produk"
YES_NO = Flag()
DAYS = Number(1, 120)

PARAMETERS = (
    Parameter(
        "rezim.aktif",
        "Umum",
        "Rezim aturan",
        Choice({"REG_2022": "PermenPANRB 6/2022", "REG_2021": "PP 30/2019, bernilai angka", "REG_2026": "Log harian"}),
        "REG_2022",
        "PermenPANRB 6/2022",
        "Dipilih menurut tanggal mulai tahun kinerja dan disimpan pada tiap perkara.",
    ),
    Parameter(
        "bobot",
        "Umum",
        "Bobot nilai SKP dan nilai perilaku",
        Choice({"70/30": "tanpa pendapat rekan dan bawahan", "60/40": "dengan pendapat rekan dan bawahan"}),
        "70/30",
        "PP 30/2019 pasal 41",
        "Hanya untuk rezim yang bernilai angka (REG_2021); disimpan pada tiap perkara.",
    ),
    Parameter(
        "zona",
        "Umum",
        "Zona waktu",
        Choice(
            {
                "WIB": "Waktu Indonesia Barat",
                "WITA": "Waktu Indonesia Tengah",
                "WIT": "Waktu Indonesia Timur",
                "Asia/Jakarta": "Jakarta",
                "Asia/Makassar": "Makassar",
                "Asia/Jayapura": "Jayapura",
            }
        ),
        "Asia/Jakarta",
        OWN,
    ),
    Parameter(
        "batas.hari_libur",
        "Umum",
        "Tenggat yang jatuh pada hari libur",
        Choice(
            {"TETAP": "tetap", "MAJU": "maju ke hari kerja sebelumnya", "MUNDUR": "mundur ke hari kerja berikutnya"}
        ),
        "TETAP",
        OWN,
    ),
    Parameter(
        "skp.mulai_susun_pengelola",
        "Perencanaan",
        "Tim pengelola mulai menyusun SKP yang belum ada",
        Day(),
        "01-14",
        "PermenPANRB 8/2021 lampiran hlm. 14",
    ),
    Parameter(
        "skp.batas", "Perencanaan", "SKP ditetapkan paling lambat", Day(), "01-31", "PermenPANRB 6/2022 pasal 14"
    ),
    Parameter("skp.batas_pengelola", "Perencanaan", "Penetapan oleh tim pengelola paling lambat", Day(), "02-05", OWN),
    Parameter(
        "skp.tunggu_pimpinan",
        "Perencanaan",
        "Pegawai menyusun setelah SKP pimpinannya ditetapkan",
        YES_NO,
        True,
        "PermenPANRB 8/2021 lampiran hlm. 14",
    ),
    Parameter(
        "skp.tunggu_pimpinan_hari",
        "Perencanaan",
        "Hari menunggu SKP pimpinan sebelum dinaikkan",
        Number(0, 60),
        10,
        OWN,
    ),
    Parameter("skp.dialog_hari_kerja", "Perencanaan", "Hari kerja untuk dialog kinerja", DAYS, 5, OWN),
    Parameter("skp.reviu_hari_kerja", "Perencanaan", "Hari kerja untuk reviu tim pengelola", DAYS, 5, OWN),
    Parameter(
        "skp.reviu_pengelola",
        "Perencanaan",
        "Reviu tim pengelola",
        Choice({"WAJIB": "wajib", "OPSIONAL": "tidak wajib"}),
        "OPSIONAL",
        OWN,
        "Wajib menurut PermenPANRB 8/2021; di bawah 6/2022 belum dipastikan.",
    ),
    Parameter(
        "skp.tetapkan_oleh_pengelola",
        "Perencanaan",
        "SKP yang lewat batas ditetapkan tim pengelola",
        YES_NO,
        True,
        "PermenPANRB 8/2021 lampiran hlm. 52",
    ),
    Parameter("skp.ubah_terakhir", "Perencanaan", "Perubahan SKP paling lambat", Day(), "11-30", OWN),
    Parameter(
        "skp.susulan_hari_kerja", "Perencanaan", "Hari kerja menyusun SKP bagi yang masuk kemudian", DAYS, 7, OWN
    ),
    Parameter(
        "bahasa.ph01",
        "Perencanaan",
        "Hasil kerja yang diawali kata kerja kegiatan",
        Choice({"ERROR": "ditolak", "WARN": "diingatkan"}),
        "ERROR",
        "PermenPANRB 8/2021 lampiran hlm. 14",
    ),
    Parameter(
        "periode.jenis",
        "Periode",
        "Periode evaluasi",
        Choice({"BULAN": "bulanan", "TRIWULAN": "triwulan", "SEMESTER": "semester", "TAHUN": "tahunan"}),
        "TRIWULAN",
        "PermenPANRB 8/2021; e-Kinerja",
    ),
    Parameter("periode.lapor_hari", "Periode", "Hari melaporkan realisasi setelah periode", DAYS, 5, OWN),
    Parameter("periode.batas_hari", "Periode", "Hari menilai setelah periode", DAYS, 15, OWN),
    Parameter("periode.atasan_hari", "Periode", "Hari sampai atasan penilai mengambil alih", DAYS, 30, OWN),
    Parameter(
        "log.frekuensi",
        "Periode",
        "Catatan kinerja",
        Choice({"BULANAN": "bulanan", "HARIAN": "harian"}),
        "BULANAN",
        "kabar BKN 2026, belum dipastikan",
    ),
    Parameter("tim.masukan_hari_kerja", "Periode", "Hari kerja untuk masukan ketua tim", DAYS, 5, OWN),
    Parameter("survei.hari_kerja", "Periode", "Hari kerja untuk survei perilaku tertutup", DAYS, 5, OWN),
    Parameter("organisasi.batas", "Tahunan", "Predikat organisasi paling lambat", Day(), "01-15", OWN),
    Parameter("tahunan.lapor", "Tahunan", "Laporan tahunan pegawai paling lambat", Day(), "01-10", "SE BKN 11/2023"),
    Parameter("tahunan.masukan", "Tahunan", "Masukan untuk penilaian paling lambat", Day(), "01-15", OWN),
    Parameter("tahunan.usul", "Tahunan", "Usul rating paling lambat", Day(), "01-22", OWN),
    Parameter("tahunan.batas", "Tahunan", "Evaluasi tahunan paling lambat", Day(), "01-31", "PP 30/2019"),
    Parameter("tahunan.atasan", "Tahunan", "Atasan penilai mengevaluasi paling lambat", Day(), "02-15", OWN),
    Parameter(
        "distribusi.mode",
        "Tahunan",
        "Pola distribusi",
        Choice({"BLOCK": "menahan penandatanganan", "WARN": "mengingatkan", "OFF": "tidak dipakai"}),
        "WARN",
        "SE MenPANRB 3/2023: bahan pertimbangan",
    ),
    Parameter(
        "distribusi.n_minimum",
        "Tahunan",
        "Unit lebih kecil dari ini digabung dengan induknya",
        Number(1, 100),
        10,
        OWN,
    ),
    Parameter(
        "mutasi.agregasi",
        "Tahunan",
        "Predikat tahunan setelah mutasi",
        Choice(
            {
                "PENILAI_TERAKHIR": "penilai terakhir memutuskan",
                "BOBOT_BULAN": "rata-rata berbobot bulan",
                "RATA_RATA": "rata-rata",
            }
        ),
        "PENILAI_TERAKHIR",
        OWN,
    ),
    Parameter(
        "perilaku.minimum_bulan",
        "Tahunan",
        "Bulan menjabat sebelum boleh menilai perilaku",
        Number(0, 12),
        1,
        "PermenPANRB 8/2021",
    ),
    Parameter(
        "perilaku.set",
        "Tahunan",
        "Perilaku yang dinilai",
        Choice({"BERAKHLAK_7": "tujuh nilai BerAKHLAK", "PP30_5": "lima perilaku PP 30/2019"}),
        "BERAKHLAK_7",
        "PermenPANRB 6/2022",
    ),
    Parameter(
        "dokumen.penandatangan",
        "Tahunan",
        "Penandatangan dokumen evaluasi",
        Several({"PEGAWAI": "pegawai", "PENILAI": "penilai", "ATASAN_PENILAI": "atasan penilai"}),
        ["PEGAWAI", "PENILAI"],
        "PermenPANRB 6/2022 pasal 14",
    ),
    Parameter("keberatan.hari", "Keberatan", "Hari mengajukan keberatan", DAYS, 14, "PP 30/2019"),
    Parameter(
        "keberatan.jenis_hari",
        "Keberatan",
        "Hari keberatan dihitung sebagai",
        Choice({"KERJA": "hari kerja", "KALENDER": "hari kalender"}),
        "KERJA",
        OWN,
    ),
    Parameter("keberatan.putusan_hari", "Keberatan", "Hari memutus keberatan", DAYS, 14, OWN),
    Parameter("plt.boleh_menilai", "Pejabat pengganti", "Plt boleh menilai", YES_NO, True, OWN),
    Parameter("plh.boleh_menilai", "Pejabat pengganti", "Plh boleh menilai", YES_NO, False, OWN),
    Parameter(
        "wakil.dikecualikan",
        "Pejabat pengganti",
        "Proses yang tidak dapat diwakilkan",
        Several({**PROCESSES, "TIDAK_ADA": "semua dapat diwakilkan"}),
        ["organisation_rating", "annual_evaluation", "objection"],
        OWN,
        "Seorang wakil bekerja atas nama pejabatnya dan tidak menetapkan predikat tahunan, seperti Plh.",
    ),
    Parameter(
        "surat.aktif", "Surat", "Surat elektronik dikirim", YES_NO, True, OWN, "Tugas tetap tampak di kotak tugas."
    ),
    Parameter("surat.mulai", "Surat", "Surat dikirim mulai pukul", Hour(), "06:00", OWN),
    Parameter("surat.selesai", "Surat", "Surat tidak dikirim setelah pukul", Hour(), "18:00", OWN),
    Parameter("surat.hari_libur", "Surat", "Surat dikirim juga pada hari libur", YES_NO, False, OWN),
    Parameter("surat.gabung", "Surat", "Yang menunggu satu orang dikirim sebagai satu surat", YES_NO, True, OWN),
    Parameter(
        "tunjangan.pola",
        "Tindak lanjut",
        "Pola faktor tunjangan",
        Choice(
            {
                "BELUM": "belum ditetapkan",
                "INSTANSI": "baris instansi sendiri pada tabel D9",
                "KLH_BPLH_2025": "contoh KLH/BPLH 2025",
                "KEMENAG_2016": "contoh Kementerian Agama 2016",
            }
        ),
        "BELUM",
        OWN,
        "Tidak ada pola nasional; tanpa pola tidak ada faktor yang diusulkan.",
    ),
    Parameter(
        "perbaikan.lama", "Tindak lanjut", "Lama perbaikan kinerja", Span(), "P6M", "peraturan BKN, menurut pers"
    ),
    Parameter(
        "penempatan_sementara.lama",
        "Tindak lanjut",
        "Lama penempatan sementara",
        Span(),
        "P1Y",
        "peraturan BKN, menurut pers",
    ),
    Parameter(
        "retensi.evaluasi",
        "Data pribadi",
        "SKP dan evaluasi disimpan setelah akhir tahun kinerja",
        Span(),
        "P7Y",
        OWN,
        "Aktif dua tahun, inaktif lima tahun; lalu menurut jadwal retensi arsip instansi.",
    ),
    Parameter(
        "retensi.konseling", "Data pribadi", "Catatan konseling disimpan setelah perkara selesai", Span(), "P2Y", OWN
    ),
    Parameter(
        "retensi.bukti",
        "Data pribadi",
        "Bukti dan catatan kinerja disimpan setelah perkara selesai",
        Span(),
        "P2Y",
        OWN,
    ),
    Parameter(
        "retensi.permintaan_jam",
        "Data pribadi",
        "Jam untuk menjawab permintaan tentang data",
        Number(1, 72),
        72,
        "UU 27/2022",
    ),
    Parameter("pppk.tinjauan_hari", "Tindak lanjut", "Hari sebelum kontrak PPPK berakhir", Number(1, 365), 90, OWN),
    Parameter(
        "titik_periksa.jam",
        "Data pribadi",
        "Jam antara dua titik periksa riwayat",
        Number(0, 720),
        24,
        OWN,
        "Ditandatangani oleh siklus signer dan dikirim kepada auditor; 0: hanya ketika siklus ditutup.",
    ),
    Parameter(
        "titik_periksa.alamat",
        "Data pribadi",
        "Alamat surel lain yang menerima titik periksa",
        Addresses(),
        [],
        OWN,
        "Misalnya kotak surat inspektorat, di luar server ini.",
    ),
    Parameter("retensi.salinan_hari", "Data pribadi", "Hari salinan data dapat diunduh", Number(1, 30), 7, OWN),
)
CATALOGUE: Mapping[str, Parameter] = {parameter.key: parameter for parameter in PARAMETERS}
DEFAULTS: Mapping[str, Json] = {parameter.key: parameter.default for parameter in PARAMETERS}
