"""History events in the words of the people who read them."""

import json
from collections.abc import Mapping, Sequence

from flask import Flask
from flask_babel import lazy_gettext

from engine.runtime.values import HistoryEvent, Json
from web.filters import performer, plain_day
from web.language import gettext, ngettext

KINDS = {
    "work": lazy_gettext("Isian dan keputusan"),
    "time": lazy_gettext("Tenggat dan pengingat"),
    "message": lazy_gettext("Pesan"),
    "system": lazy_gettext("Sistem"),
}
KIND_OF_TYPE: Mapping[str, str] = {
    "case_opened": "system",
    "task_completed": "work",
    "task_claimed": "work",
    "task_released": "work",
    "tasks_handed_over": "work",
    "file_added": "work",
    "timer_fired": "time",
    "reminder_sent": "time",
    "message_received": "message",
    "signal_received": "message",
    "case_cancelled": "system",
    "case_migrated": "system",
    "case_migration_undone": "system",
    "incident_raised": "system",
    "incident_resolved": "system",
    "case_suspended": "system",
    "case_resumed": "system",
    "token_moved": "system",
    "case_reset": "system",
    "case_restarted": "system",
    "data_edited": "system",
    "due_changed": "time",
    "timer_moved": "time",
    "dates_moved": "time",
    "unit_moved": "system",
}


def kind_of(event_type: str) -> str:
    """The kind that an event is filtered by; what is not known is the system's."""
    return KIND_OF_TYPE.get(event_type, "system")


def title(event: HistoryEvent) -> str:
    """What happened, in a line."""
    name = event.name or event.element or ""
    sentences = {
        "case_opened": gettext("Perkara dibuka"),
        "task_completed": gettext("%(name)s: selesai", name=name),
        "task_claimed": gettext("%(name)s: diambil", name=name),
        "task_released": gettext("%(name)s: dikembalikan ke tim", name=name),
        "tasks_handed_over": gettext("Tugas dialihkan"),
        "file_added": gettext("%(name)s: bukti ditambahkan", name=name),
        "timer_fired": gettext("Waktunya tiba: %(name)s", name=name),
        "reminder_sent": gettext("Pengingat dikirim: %(name)s", name=name),
        "message_received": gettext("Pesan diterima: %(name)s", name=name),
        "signal_received": gettext("Pengumuman diterima: %(name)s", name=name),
        "case_cancelled": gettext("Perkara dibatalkan"),
        "case_migrated": gettext("Perkara pindah ke versi aturan %(release)s", release=event.release or ""),
        "case_migration_undone": gettext("Perkara kembali ke versi aturan %(release)s", release=event.release or ""),
        "incident_raised": gettext("Terhenti karena gangguan: %(name)s", name=name),
        "incident_resolved": gettext("Gangguan diatasi: %(name)s", name=name),
        "case_suspended": gettext("Perkara ditangguhkan"),
        "case_resumed": gettext("Perkara dilanjutkan"),
        "token_moved": gettext("Dipindahkan ke: %(name)s", name=name),
        "case_reset": gettext("Dikembalikan ke: %(name)s", name=name),
        "case_restarted": gettext("Dimulai lagi pada: %(name)s", name=name),
        "data_edited": gettext("Data perkara diubah"),
        "due_changed": gettext("Tenggat diubah: %(name)s", name=name),
        "timer_moved": gettext("Waktu diubah: %(name)s", name=name),
        "dates_moved": gettext("Tenggat dihitung ulang"),
        "unit_moved": gettext("Pindah ke unit %(name)s", name=name),
        "values_erased": gettext("Isi dihapus atas permintaan pegawai")
        if event.data.get("asked")
        else gettext("Isi dihapus menurut jadwal retensi"),
    }
    return sentences.get(event.type, event.type)


def lines(event: HistoryEvent) -> list[str]:
    """What else an event tells: whom it told, why, what it opened and withdrew."""
    data = event.data
    found = [opened(item) for item in data.get("opened", ())]
    if data.get("withdrawn"):
        found.append(gettext("Ditarik: %(names)s", names=", ".join(map(str, data["withdrawn"]))))
    if data.get("recipients"):
        found.append(gettext("Kepada: %(names)s", names=", ".join(map(who, data["recipients"]))))
    if event.type in ("due_changed", "timer_moved"):
        found.append(moved_due(data))
    found += [f"{item['name']}: {moved_due(item)}" for item in data.get("shifted", ())]
    found += [handed_over(item) for item in data.get("handed_over", ())]
    if data.get("left_out"):
        found.append(left_out(data["left_out"]))
    found += [edited(data, key) for key in data.get("keys", ())]
    if data.get("reason"):
        found.append(gettext("Alasan: %(reason)s", reason=data["reason"]))
    if data.get("cause"):
        found.append(gettext("Sebab: %(cause)s", cause=data["cause"]))
    if data.get("completed"):
        found.append(gettext("Perkara selesai."))
    return found


def opened(item: Mapping[str, Json]) -> str:
    """A task that the event opened: for whom, by which rule, until when."""
    text = gettext("Tugas dibuka: %(name)s", name=item.get("name", ""))
    if item.get("performer"):
        text += gettext(" untuk %(performer)s", performer=performer(item["performer"]))
    if item.get("due_at"):
        text += gettext(", tenggat %(day)s", day=plain_day(item["due_at"]))
    return f"{text} ({item['why']})" if item.get("why") else text


def handed_over(item: Mapping[str, Json]) -> str:
    """A task that has gone from one to another, and by which rule."""
    text = gettext(
        "%(name)s: dari %(before)s kepada %(after)s", name=item["name"], before=item["from_name"], after=item["to_name"]
    )
    return f"{text} ({item['why']})" if item.get("why") else text


def moved_due(data: Mapping[str, Json]) -> str:
    """A due moment that was changed: from when, to when."""
    now = plain_day(data["due_at"])
    if not data.get("due_before"):
        return gettext("Menjadi %(day)s", day=now)
    return gettext("Dari %(before)s menjadi %(day)s", before=plain_day(data["due_before"]), day=now)


def left_out(reminders: Sequence[Mapping[str, Json]]) -> str:
    """Reminders that were missed while a case was held, and not sent because a later one says the same."""
    names = ", ".join(dict.fromkeys(str(reminder["name"]) for reminder in reminders))
    text = ngettext("%(num)d pengingat lama tidak dikirim", "%(num)d pengingat lama tidak dikirim", len(reminders))
    return f"{text}: {names}"


def edited(data: Mapping[str, Json], key: str) -> str:
    """One key of the case data that was changed: its values, where this reader may see them."""
    if f"new.{key}" not in data:
        return key
    old, new = (json.dumps(data.get(f"{side}.{key}"), ensure_ascii=False) for side in ("old", "new"))
    return f"{key}: {old} → {new}"


def who(recipient: Json) -> str:
    return (
        str(recipient.get("name") or recipient.get("person") or "")
        if isinstance(recipient, Mapping)
        else str(recipient)
    )


def decisions(event: HistoryEvent) -> Sequence[Mapping[str, Json]]:
    """The decision tables that the event asked: what each said, and the rules that hit with their inputs."""
    found = event.data.get("decisions", ())
    return [item for item in found if isinstance(item, Mapping)]


def register(app: Flask) -> None:
    app.jinja_env.filters.update(
        event_title=title,
        opened_words=opened,
        event_kind=kind_of,
        event_lines=lines,
        event_decisions=decisions,
    )
