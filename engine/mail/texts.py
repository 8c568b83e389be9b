"""What mails say, in both languages: a sentence and a link, never a rating."""

import re
from collections.abc import Mapping

TEXTS: Mapping[str, Mapping[str, tuple[str, str]]] = {  # template -> locale -> subject, sentence
    "task_opened": {
        "id": ("Tugas baru: {task}", "Ada tugas untuk Anda dalam {case} atas nama {subject}: {task}.{due}"),
        "en": ("New task: {task}", "There is a task for you in {case} of {subject}: {task}.{due}"),
    },
    "reminder": {
        "id": ("Pengingat: {task}", "Tugas {task} dalam {case} atas nama {subject} belum selesai.{due}"),
        "en": ("Reminder: {task}", "The task {task} in {case} of {subject} is not done yet.{due}"),
    },
    "escalation": {
        "id": ("Terlambat {days} hari: {task}", "Tugas {task} dalam {case} atas nama {subject} terlambat {days} hari."),
        "en": ("{days} days late: {task}", "The task {task} in {case} of {subject} is {days} days late."),
    },
    "due_changed": {
        "id": ("Tenggat berubah: {task}", "Tenggat tugas {task} dalam {case} atas nama {subject} berubah.{due}"),
        "en": ("Due date changed: {task}", "The task {task} in {case} of {subject} has another due date.{due}"),
    },
    "task_handed_over": {
        "id": (
            "Tugas dialihkan kepada Anda: {task}",
            "Tugas {task} dalam {case} atas nama {subject} kini milik Anda.{due}",
        ),
        "en": ("Task handed over to you: {task}", "The task {task} in {case} of {subject} is yours now.{due}"),
    },
    "survey": {
        "id": (
            "Survei perilaku: {subject}",
            "Anda diminta menjawab survei tertutup tentang perilaku kerja {subject}. Tidak seorang pun dapat membaca jawaban Anda sendiri.",
        ),
        "en": (
            "Behaviour survey: {subject}",
            "You are asked to answer a closed survey of the work behaviour of {subject}. Nobody can read your own answer.",
        ),
    },
    "feedback": {
        "id": ("Umpan balik baru", "Ada umpan balik baru untuk {subject}. Buka halaman Tim untuk membacanya."),
        "en": ("New feedback", "There is new feedback for {subject}. Open the page Team to read it."),
    },
    "data_copy": {
        "id": ("Salinan data Anda siap", "Salinan data pribadi Anda dapat diunduh selama beberapa hari."),
        "en": ("The copy of your data is ready", "The copy of your personal data can be downloaded for some days."),
    },
    "skp_changed": {
        "id": ("SKP berubah: {subject}", "Versi baru SKP atas nama {subject} sudah disetujui dan berlaku."),
        "en": ("SKP changed: {subject}", "A new version of the SKP of {subject} was approved and is in force."),
    },
    "skp_change_refused": {
        "id": (
            "Perubahan SKP ditolak: {subject}",
            "Perubahan SKP atas nama {subject} ditolak. SKP tetap seperti semula.",
        ),
        "en": (
            "Change of SKP refused: {subject}",
            "The change of the SKP of {subject} was refused. It stays as it was.",
        ),
    },
    "skp_change_lapsed": {
        "id": (
            "Perubahan SKP gugur: {subject}",
            "Perubahan SKP atas nama {subject} tidak selesai pada waktunya. SKP tetap seperti semula.",
        ),
        "en": (
            "Change of SKP lapsed: {subject}",
            "The change of the SKP of {subject} was not finished in time. It stays as it was.",
        ),
    },
    "leader_plan_missing": {
        "id": (
            "SKP pimpinan ditunggu: {subject}",
            "{case} atas nama {subject} menunggu SKP pimpinannya sampai batasnya lewat; bawahan kini menyusun tanpa SKP itu.",
        ),
        "en": (
            "The leader's SKP is missing: {subject}",
            "{case} of {subject} has waited for the leader's SKP until the limit; the SKP is now drafted without it.",
        ),
    },
    "data_request": {
        "id": (
            "Permintaan tentang data pribadi",
            "Ada permintaan tentang data pribadi yang harus dijawab dalam 3 x 24 jam.",
        ),
        "en": (
            "Request about personal data",
            "There is a request about personal data to be answered within 3 x 24 hours.",
        ),
    },
    "data_request_due": {
        "id": ("Permintaan data: batasnya dekat", "Permintaan tentang data pribadi harus dijawab dalam 24 jam."),
        "en": ("Data request: due soon", "A request about personal data must be answered within 24 hours."),
    },
    "data_request_late": {
        "id": ("Permintaan data: terlambat", "Permintaan tentang data pribadi sudah lewat batas dan belum dijawab."),
        "en": ("Data request: late", "A request about personal data is overdue and not answered yet."),
    },
    "data_request_decided": {
        "id": ("Permintaan Anda dijawab", "Permintaan Anda tentang data pribadi sudah dijawab."),
        "en": ("Your request is answered", "Your request about personal data is answered."),
    },
    "checkpoint": {
        "id": (
            "Titik periksa riwayat",
            "Titik periksa riwayat terlampir. Simpan berkasnya di luar server; dengannya riwayat dapat diperiksa kelak.",
        ),
        "en": (
            "Checkpoint of the history",
            "A checkpoint of the history is attached. Keep the file outside the server; the history can be held against it later.",
        ),
    },
    "batch_halted": {
        "id": (
            "Pekerjaan massal terhenti: {title}",
            "Pekerjaan massal {title} terhenti karena akun yang memerintahkannya. Buka halamannya untuk melanjutkan atau menghentikannya.",
        ),
        "en": (
            "Bulk work has halted: {title}",
            "The bulk work {title} has halted because of the account that ordered it. Open its page to resume or stop it.",
        ),
    },
    "data_erased": {
        "id": (
            "Data Anda dihapus",
            "Penghapusan data yang Anda minta disetujui dan sedang dikerjakan. Yang dihapus tidak dapat dikembalikan.",
        ),
        "en": (
            "Your data is being erased",
            "The erasure that you asked for was approved and is being carried out. What is erased cannot be brought back.",
        ),
    },
    "log_missing": {
        "id": (
            "Catatan harian Anda kosong",
            "Lima hari kerja lewat tanpa catatan harian dalam {case}. Tulis satu baris untuk tiap hari kerja.",
        ),
        "en": (
            "Your daily log is empty",
            "Five working days have passed without a line in the daily log of {case}. Write one line for each working day.",
        ),
    },
    "result_corrected": {
        "id": (
            "Hasil dikoreksi: periksa sebaran {unit}",
            "Putusan keberatan mengubah satu hasil di {unit}. Sebaran predikat terhadap polanya kini: {sebaran} Ini pertimbangan, bukan perintah; hasil yang sudah final tidak berubah karenanya.",
        ),
        "en": (
            "Result corrected: look at the spread of {unit}",
            "The decision on an objection has changed one result in {unit}. The spread of predicates against its pattern now: {sebaran} This is to be considered, it orders nothing; results that are final do not change by it.",
        ),
    },
    "report_to_official": {
        "id": (
            "Laporan untuk pejabat yang berwenang: {subject}",
            "Tindak lanjut hasil tahunan {subject} perlu dilaporkan kepada Anda. Buka perkara {case} untuk membaca hasil dan tindak lanjutnya; keputusan tetap pada pejabat.",
        ),
        "en": (
            "Report to the authorised official: {subject}",
            "The follow-up of the annual result of {subject} is to be reported to you. Open {case} to read the result and what follows; the decision stays with the official.",
        ),
    },
    "report_returned": {
        "id": (
            "Laporan dikembalikan: {subject}",
            "Laporan yang lewat batas dalam {case} atas nama {subject} dibuka lagi sampai {sampai}. Penilaian yang sudah dibuat atasnya tidak berlaku lagi; penilaian baru menyusul laporan itu.",
        ),
        "en": (
            "Report returned: {subject}",
            "The report that was overdue in {case} of {subject} is open again until {sampai}. What was rated of it meanwhile counts no more; a new rating follows the report.",
        ),
    },
    "unit_unrated": {
        "id": (
            "Predikat organisasi belum ditetapkan: {unit}",
            "Predikat organisasi {unit} belum ditetapkan pada batasnya. Evaluasi tahunan pegawainya tertahan sampai predikat itu ada.",
        ),
        "en": (
            "Organisation predicate missing: {unit}",
            "The predicate of {unit} was not set in time. The annual evaluation of its people waits until it is there.",
        ),
    },
    "notice": {
        "id": (
            "Pemberitahuan: {case}",
            "Ada pemberitahuan tentang {case} atas nama {subject}. Buka perkara untuk membacanya.",
        ),
        "en": ("Notice: {case}", "There is a notice about {case} of {subject}. Open the case to read it."),
    },
}
DUE = {"id": " Batas waktu: {moment}.", "en": " Due: {moment}."}
MANY = {
    "id": ("{count} hal menunggu Anda", "Yang menunggu Anda:"),
    "en": ("{count} things wait for you", "What waits for you:"),
}
CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029\u202a-\u202e\u2066-\u2069]+")


def one_line(text: str) -> str:
    """A header value without line breaks or control characters."""
    return CONTROL.sub(" ", text)[:200]
