"""The kind file: photos or documents, which stay where they were sent; the answer points to them.

A photo of a broken cup becomes {"line": 412, "kind": "photo", "name": ""}: line 412 of the transcript shows it.
"""

from __future__ import annotations

from typing import Any

from bot.orders.answers import Accepted, Attached, Begun, Moment, Prompt, Reading, Refused, Row, Sent, Value, Words
from bot.orders.fields import Field, words_in
from bot.orders.rules import Rules
from bot.orders.words import DONE, means

ALL, ANEW = "-all", "-anew"
MEGABYTE = 1024 * 1024
_LONGEST_NAME = 120
_LONGEST_CAPTION = 300


class _Files(Rules):
    """A list of {"line": our id of the transcript's line, "kind": a `ContentKind`, "name": may be empty}.

    What was written below a file is its "caption", where there is any.
    """

    carries_over = False

    def read(self, field: Field, text: str, moment: Moment) -> Reading:
        if means(text, DONE) and (kept := _kept(moment)):
            return Accepted(kept)
        return Refused(self._wanted(field))

    def _wanted(self, field: Field) -> Words:
        """Return what is said to whoever sends something else."""
        if field.files == ("photo",):
            return Words("form.file_photo")
        return Words("form.file_any") if "photo" in field.files else Words("form.file_document")

    def sent(self, field: Field, given: Sent, moment: Moment) -> Reading | None:
        if not isinstance(given, Attached):
            return None
        line, kept = given.file.get("line"), _kept(moment)
        if given.kind not in field.files or not isinstance(line, int):
            return Refused(self._wanted(field))
        if field.max_bytes and given.size > field.max_bytes:
            return Refused(Words("form.file_large", {"n": field.max_bytes // MEGABYTE}))
        one: dict[str, Any] = {"line": line, "kind": given.kind, "name": given.name[:_LONGEST_NAME]}
        if caption := " ".join(given.caption.split()):
            one["caption"] = caption[:_LONGEST_CAPTION]
        kept = kept if line in [other["line"] for other in kept] else [*kept, one]
        if len(kept) > field.max_files:
            return Refused(Words("form.file_many", {"n": field.max_files}))
        return Accepted(kept) if len(kept) == field.max_files else Begun(kept)

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:  # noqa: ARG002
        if not isinstance(value, list) or not value or not all(_is_file(field, one) for one in value):
            return self._wanted(field)
        return None if len(value) <= field.max_files else Words("form.file_many", {"n": field.max_files})

    def codes(self, field: Field, moment: Moment) -> tuple[str, ...]:  # noqa: ARG002
        return (ALL, ANEW) if _kept(moment) else ()

    def label(self, field: Field, code: str, moment: Moment) -> Words | None:  # noqa: ARG002
        known = {ALL: "form.button.that_is_all", ANEW: "form.button.files_anew"}
        return Words(known[code]) if code in known and _kept(moment) else None

    def picked(self, field: Field, code: str, moment: Moment) -> Reading | None:  # noqa: ARG002
        kept = _kept(moment)
        if not kept or code not in (ALL, ANEW):
            return None
        return Accepted(kept) if code == ALL else Begun([])

    def prompt(self, field: Field, moment: Moment) -> Prompt:
        kept = _kept(moment)
        if not kept:
            return Prompt()
        row = Row(words_in(field.label, moment.language), self.show(field, kept, moment.language))
        more = len(kept) < field.max_files
        return Prompt(Words("form.file_more" if more else "form.file_enough"), rows=(row,))

    def opened(self, field: Field, value: Value, moment: Moment) -> Value | None:  # noqa: ARG002
        return value

    def show(self, field: Field, value: Value, language: str) -> Words:  # noqa: ARG002
        files = [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
        names = [" ".join(filter(None, (str(one.get("name") or ""), _captioned(one)))) for one in files]
        if files and not any(names):
            return Words("form.file_sent", {"n": len(files)})
        return Words(text=", ".join(name or "📎" for name in names))


def _captioned(one: dict[str, Any]) -> str:
    """Return what was written below a file, empty for nothing."""
    caption = str(one.get("caption") or "")
    return f"📎 “{caption}”" if caption and not one.get("name") else f"(“{caption}”)" if caption else ""


def _kept(moment: Moment) -> list[dict[str, Any]]:
    """Return the files that were sent so far."""
    return list(moment.so_far) if isinstance(moment.so_far, list) else []


def _is_file(field: Field, one: object) -> bool:
    return isinstance(one, dict) and isinstance(one.get("line"), int) and one.get("kind") in field.files


FILES: Rules = _Files()
