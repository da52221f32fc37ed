"""A FAQ entry as a form, and back.

Ada sees question, phrasings and answer side by side in three languages. What the form does not show (attachments, a
follow-up question) is taken over from the entry as it was. Pure.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from bot.faq.entry import FaqEntry, id_from
from bot.web.forms import Fields

SPARE_BUTTONS = 1
"""Empty rows for new buttons below those that the entry has."""
MOST_BUTTONS = 8
SHOWN_PARTS = ("category", "enabled", "valid_from", "valid_to", "buttons", "related")


def blank(languages: Sequence[str]) -> dict[str, Any]:
    """Return the form of a new entry."""
    return {
        "id": "",
        "category": "",
        "enabled": True,
        "valid_from": "",
        "valid_to": "",
        "related": "",
        "texts": {code: {"question": "", "phrasings": "", "answer": ""} for code in languages},
        "buttons": [_button_row({}, "", languages)],
        "base": "",
    }


def filled(entry: FaqEntry, languages: Sequence[str]) -> dict[str, Any]:
    """Return the form of an entry, as texts for its fields; languages that only the entry has come last."""
    codes = [*languages, *(code for code in entry.texts if code not in languages)]
    texts = {}
    for code in codes:
        text = entry.texts.get(code)
        texts[code] = {
            "question": text.question if text else "",
            "phrasings": "\n".join(text.phrasings) if text else "",
            "answer": text.answer if text else "",
        }
    rows = [_button_row(button.text, button.action, codes) for button in entry.buttons]
    return {
        "id": entry.id,
        "category": entry.category,
        "enabled": entry.enabled,
        "valid_from": entry.valid_from.isoformat() if entry.valid_from else "",
        "valid_to": entry.valid_to.isoformat() if entry.valid_to else "",
        "related": ", ".join(entry.related),
        "texts": texts,
        "buttons": rows + [_button_row({}, "", codes)] * SPARE_BUTTONS,
        "base": fingerprint(entry),
    }


def _button_row(text: Mapping[str, str], action: str, codes: Sequence[str]) -> dict[str, Any]:
    return {"text": {code: text.get(code, text.get("*", "")) for code in codes}, "action": action}


def typed(fields: Fields, languages: Sequence[str]) -> dict[str, Any]:
    """Return the form as it was typed, to be shown again beside an error."""
    found = [name.removesuffix(".question") for name in fields.names() if name.endswith(".question")]
    codes = [*languages, *(code for code in found if code not in languages)]
    names = ("question", "phrasings", "answer")
    rows = [
        {
            "text": {code: fields(f"button.{n}.{code}") for code in codes},
            "action": fields(f"button.{n}.action"),
        }
        for n in range(MOST_BUTTONS + SPARE_BUTTONS)
        if f"button.{n}.action" in fields.names()
    ]
    return {
        "id": fields("id").strip(),
        "category": fields("category").strip(),
        "enabled": bool(fields("enabled")),
        "valid_from": fields("valid_from").strip(),
        "valid_to": fields("valid_to").strip(),
        "related": fields("related").strip(),
        "texts": {code: {name: fields(f"{code}.{name}") for name in names} for code in codes},
        "buttons": rows,
        "base": fields("base"),
    }


def entry_of(form: Mapping[str, Any], before: FaqEntry | None) -> FaqEntry:
    """Return the entry that a form describes.

    Args:
        form: as `typed` gives it.
        before: the entry as it stands, for the parts that the form does not show; None for a new one.

    Raises:
        EntryBroken: a field does not hold what it should; it is named as in the FAQ files.
    """
    body: dict[str, Any] = before.to_dict() if before else {}
    for name in (*SHOWN_PARTS, *form["texts"]):
        body.pop(name, None)
    for code, text in form["texts"].items():
        lines = [line.strip() for line in text["phrasings"].splitlines() if line.strip()]
        if text["question"].strip() or lines or text["answer"].strip():
            body[code] = {"question": text["question"], "phrasings": lines, "answer": text["answer"]}
    body["id"] = before.id if before else form["id"] or _new_id(form)
    body |= {name: form[name] for name in ("category", "valid_from", "valid_to") if form[name]}
    body["enabled"] = form["enabled"]
    body["buttons"] = [_button(row) for row in form["buttons"] if row["action"].strip() or any(row["text"].values())]
    body["related"] = [name.strip() for name in form["related"].split(",") if name.strip()]
    return FaqEntry.from_dict(body)


def _button(row: Mapping[str, Any]) -> dict[str, Any]:
    text = {code: label.strip() for code, label in row["text"].items() if label.strip()}
    return {"text": text, "action": row["action"].strip()}


def _new_id(form: Mapping[str, Any]) -> str:
    questions = [text["question"].strip() for text in form["texts"].values()]
    first = next((question for question in questions if question), "")
    return id_from(first) if first else ""


def fingerprint(entry: FaqEntry) -> str:
    """Return a sum over an entry, to see whether somebody changed it while it was being edited."""
    return hashlib.sha256(json.dumps(entry.to_dict(), sort_keys=True).encode()).hexdigest()[:24]
