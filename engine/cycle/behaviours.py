"""The behaviours that a year is rated on: seven core values or five of PP 30/2019.

The official wording is the agency's master data; these are paraphrases (DOMAIN 3.6).
"""

from collections.abc import Mapping

from engine.runtime.values import Json

BERAKHLAK: tuple[tuple[str, str, tuple[str, str, str]], ...] = (
    (
        "BP",
        "Berorientasi Pelayanan",
        (
            "Memahami dan memenuhi kebutuhan masyarakat",
            "Ramah, cekatan, solutif, dan dapat diandalkan",
            "Melakukan perbaikan tiada henti",
        ),
    ),
    (
        "AK",
        "Akuntabel",
        (
            "Jujur, bertanggung jawab, cermat, disiplin, dan berintegritas tinggi",
            "Memakai kekayaan dan barang milik negara secara bertanggung jawab, efektif, dan efisien",
            "Tidak menyalahgunakan kewenangan jabatan",
        ),
    ),
    (
        "KP",
        "Kompeten",
        (
            "Meningkatkan kompetensi diri untuk menjawab tantangan yang selalu berubah",
            "Membantu orang lain belajar",
            "Melaksanakan tugas dengan kualitas terbaik",
        ),
    ),
    (
        "HM",
        "Harmonis",
        (
            "Menghargai setiap orang apa pun latar belakangnya",
            "Suka menolong orang lain",
            "Membangun lingkungan kerja yang kondusif",
        ),
    ),
    (
        "LY",
        "Loyal",
        (
            "Memegang teguh Pancasila, UUD 1945, NKRI, dan pemerintahan yang sah",
            "Menjaga nama baik sesama ASN, pimpinan, instansi, dan negara",
            "Menjaga rahasia jabatan dan negara",
        ),
    ),
    (
        "AD",
        "Adaptif",
        (
            "Cepat menyesuaikan diri menghadapi perubahan",
            "Terus berinovasi dan mengembangkan kreativitas",
            "Bertindak proaktif",
        ),
    ),
    (
        "KB",
        "Kolaboratif",
        (
            "Memberi kesempatan kepada berbagai pihak untuk berkontribusi",
            "Terbuka dalam bekerja sama untuk menghasilkan nilai tambah",
            "Menggerakkan pemanfaatan berbagai sumber daya untuk tujuan bersama",
        ),
    ),
)
PP30: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("OP", "Orientasi Pelayanan", ()),
    ("KM", "Komitmen", ()),
    ("IK", "Inisiatif Kerja", ()),
    ("KS", "Kerja Sama", ()),
    ("KEP", "Kepemimpinan", ()),
)
SETS: Mapping[str, tuple[tuple[str, str, tuple[str, ...]], ...]] = {"BERAKHLAK_7": BERAKHLAK, "PP30_5": PP30}


def behaviours(name: str, *, leads: bool) -> list[dict[str, Json]]:
    """The set under its name; of PP 30/2019's five, leadership is for those who lead."""
    return [
        {"id": code, "name": title, "guides": list(guides)}
        for code, title, guides in SETS[name]
        if leads or code != "KEP"
    ]
