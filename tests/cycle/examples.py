"""The worked examples of the domain specification as SKPs that the rules can judge."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.cycle.alignment.landscape import landscape
from engine.cycle.alignment.plans import Plan, PlannedResult, Standing, Target, results_of

Row = Mapping[str, Any]


def spelled_out(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows that say "the same as" another become rows of their own."""
    by_id = {row["id"]: row for row in rows}
    return [{**by_id[row["sama_dengan"]], **row} if "sama_dengan" in row else dict(row) for row in rows]


def form_row(row: Row) -> dict[str, Any]:
    """A row of an example in the words of the SKP's form."""
    targets = row.get("aspek") or []
    parent = row.get("induk")
    return {
        "_id": row["id"],
        "klasifikasi": row.get("klasifikasi", "UTAMA"),
        "rhk": row["teks"],
        "metode": row.get("metode"),
        "rhk_pimpinan": parent if parent and not parent.startswith(("PK:", "DIREKTIF:")) else None,
        "acuan": parent if parent and parent.startswith(("PK:", "DIREKTIF:")) else "",
        "pendekatan": row.get("pendekatan", "KUANTITATIF"),
        "narasi": row.get("narasi"),
        "indikator": [
            {
                "aspek": one["aspek"],
                "iki": one["iki"],
                "target_nilai": one["target"],
                "satuan": one["satuan"],
                "polaritas": one["polaritas"],
                "realisasi_terakhir": one.get("baseline"),
            }
            for one in targets
        ],
    }


def plans_of(rows: Sequence[Row], mode: str, relations: Mapping[str, Mapping[str, str]] | None = None) -> list[Plan]:
    """One SKP for each row's holder; who owns a parent is the holder's superior unless `relations` says otherwise.

    Team leaders are the team leaders of members who support them; of a head (no parent in the example) it is the unit.
    """
    rows = spelled_out(rows)
    by_id = {row["id"]: row for row in rows}
    return [
        Plan(
            row["id"],
            row.get("jabatan", row["id"]),
            results_of([form_row(row)], [row["id"]]),
            Standing(
                mode=mode,
                role=row.get("peran", "MANDIRI"),
                relations=(relations or {}).get(row["id"], _relations(row, by_id)),
                leads=any(other.get("induk") == row["id"] for other in rows),
            ),
        )
        for row in rows
    ]


def _relations(row: Row, by_id: Mapping[str, Row]) -> dict[str, str]:
    parent = by_id.get(row.get("induk") or "")
    if parent is None:
        return {}
    if parent.get("peran") == "KETUA_TIM":
        return {parent["id"]: "KETUA_TIM"}
    return {parent["id"]: "KEPALA_UNIT" if (parent.get("induk") or "").startswith("PK:") else "ATASAN"}


def road_shares(case: Row) -> list[dict[str, Any]]:
    """The results of WX-03 among which a length of road is shared out."""
    return [
        {
            "id": f"C{place}",
            "induk": case["anak_dari"],
            "metode": case["metode"],
            "teks": f"Jalan berkondisi mantap di wilayah {place} sesuai standar",
            "aspek": [
                {"aspek": "KUANTITAS", "iki": "Panjang", "target": share, "satuan": case["satuan"], "polaritas": "NAIK"}
            ],
        }
        for place, share in enumerate(case["porsi"], start=1)
    ]


__all__ = [
    "Plan",
    "PlannedResult",
    "Standing",
    "Target",
    "form_row",
    "landscape",
    "plans_of",
    "road_shares",
    "spelled_out",
]
