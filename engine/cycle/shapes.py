"""What diagrams may count on in the data that the cycle gives them, in FEEL's notation of types; any value may be null."""

from collections.abc import Mapping

from engine.feel.shapes import Shape, read_shape

DATA_TYPES = {
    "parameters": "context<team_review: boolean, team_sets: boolean, team_input_working_days: number, "
    "log_frequency: string, objection_days: number, objection_working_days: boolean, decision_days: number, "
    "improvement_span: string, placement_span: string, distribution_mode: string, distribution_minimum: number, "
    "aggregation: string, behaviour_minimum_months: number, weights: string>",
}
RESULT_TYPES = {
    "cycle/leader_results": "list<context<id: string, text: string>>",
    "cycle/leader_plan": "context<siap: boolean, catatan: string>",
    "cycle/check_skp_change": "context<lolos: boolean, catatan: string, perbedaan: list<context<hasil: string, apa: string, "
    "semula: string, menjadi: string>>, temuan: list<context<kode: string, tingkat: string, pesan: string, saran: string, "
    "nomor: number, perlu_catatan: boolean>>>",
    "cycle/cascade_skp": "context<rhk: list<context>>",
    "cycle/check_skp": "context<verdict: string, lolos: boolean, catatan: string, temuan: list<context<kode: string, "
    "tingkat: string, pesan: string, saran: string, nomor: number, perlu_catatan: boolean>>>",
    "cycle/team_leaders": "list<context<id: string, name: string, team: string>>",
    "cycle/unit_rating": "context<predicate: string, rating: string>",
    "cycle/suggest_rating": "context<saran: string, rhk: list<context<nomor: number, rhk: string, klasifikasi: string, "
    "jenis_utama: string, metode: string, bobot: number, capaian: number, kelas: string, nilai: number>>>",
    "cycle/unit_attainment": "context<rows: list<context<indikator: string, target: string, realisasi: number, "
    "capaian: number>>, missing: number, mean: number, rating: string, predicate: string, above: string>",
    "cycle/history_of_ratings": "list<context<period: string, rating_hasil: string, rating_perilaku: string, predikat: string>>",
    "cycle/earlier_parts": "context<bagian: list<context<unit: string, penilai: string, mulai: string, sampai: string, "
    "bulan: number, rating_hasil: string, rating_perilaku: string, predikat: string>>, bulan: number, perilaku: string, "
    "nilai_perilaku: number, cara: string>",
    "cycle/weigh_parts": "string",
    "cycle/recheck_distribution": "context<verdict: string>",
    "cycle/distribution": "context<n: number, unrated: number, counts: context, verdict: string, reason: string>",
}


def shapes_of(types: Mapping[str, str]) -> Mapping[str, Shape]:
    """Name -> what its type says."""
    return {name: read_shape(text) for name, text in types.items()}


DATA = shapes_of(DATA_TYPES)  # of what every case starts with
RESULTS = shapes_of(RESULT_TYPES)  # of what services give
