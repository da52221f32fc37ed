"""The FAQ in the console: the list, the editor, the history, and "test a question".

Ada corrects the delivery price; the next customer who asks gets the new one. Everybody on the desk may read and test,
only admins save. Entries are named in the address by `?key=`, for their ids may hold slashes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.domain.people import Role
from bot.faq import store
from bot.faq.answer import render
from bot.faq.entry import EntryBroken, FaqEntry
from bot.faq.knowledge_base import Snapshot
from bot.faq.store import EntryUnknown, Revision
from bot.handlers.house import House
from bot.handoff import staff
from bot.messaging import events
from bot.web import faq_form
from bot.web.forms import Fields
from bot.web.gate import Gate, Visit

LONGEST_QUESTION = 1000
SHOWN = 140
"""Characters of an answer in the list."""


class FaqPages:
    """The routes of the FAQ."""

    def __init__(self, house: House, gate: Gate) -> None:
        self._house = house
        self._gate = gate
        self._languages = list(house.catalogues)

    def routes(self) -> list[Route]:
        """Return the routes."""
        look, act = self._gate.look, self._gate.act
        return [
            look("/console/faq", self.entries),
            look("/console/faq/entry", self.entry),
            look("/console/faq/new", self.new, Role.ADMIN),
            act("/console/faq/test", self.test),
            act("/console/faq/save", self.save, Role.ADMIN),
            act("/console/faq/switch", self.switch, Role.ADMIN),
            act("/console/faq/undo", self.undo, Role.ADMIN),
        ]

    async def entries(self, visit: Visit) -> Response:
        """Show all entries by category, or those that hold some words."""
        asked = Fields(visit.request.query_params)("q").strip()
        found = await self._house.database.read(store.list_entries)
        wanted = [entry for entry in found if _holds(entry, asked)]
        language = visit.staff.language
        groups = [
            (name, [(one, *_told(one, language, self._languages)) for one in wanted if one.category == name])
            for name in store.categories(wanted)
        ]
        values: dict[str, Any] = {"groups": groups, "asked": asked, "total": len(found), "languages": self._languages}
        return self._gate.page(visit, "faq_list.html", nav="faq", tested=None, **values)

    async def entry(self, visit: Visit) -> Response:
        """Show one entry, for admins as a form."""
        key = Fields(visit.request.query_params)("key")
        found = await self._house.database.read(lambda conn: store.get(conn, key))
        if found is None:
            raise HTTPException(404)
        return await self._editor(visit, faq_form.filled(found, self._languages), found)

    async def new(self, visit: Visit) -> Response:
        """Show an empty form."""
        return await self._editor(visit, faq_form.blank(self._languages), None)

    async def _editor(
        self,
        visit: Visit,
        form: Mapping[str, Any],
        entry: FaqEntry | None,
        *,
        errors: Mapping[str, str] | None = None,
    ) -> Response:
        def read(conn: Connection) -> tuple[list[Revision], dict[int, str], list[str]]:
            changes = store.history(conn, entry.id) if entry else []
            return changes, staff.names(conn), store.categories(store.list_entries(conn))

        revisions, names, categories = await self._house.database.read(read)
        return self._gate.page(
            visit,
            "faq_entry.html",
            422 if errors else 200,
            nav="faq",
            form=form,
            entry=entry,
            title=entry.text(visit.staff.language, self._languages)[1].question if entry else "",
            errors=errors or {},
            saved="saved" in visit.request.query_params,
            history=[(revision, _changed(revision)) for revision in revisions],
            names=names,
            categories=[name for name in categories if name],
            shown={code: render(text["answer"]) for code, text in form["texts"].items()},
            may_edit=visit.staff.role.includes(Role.ADMIN),
        )

    async def save(self, visit: Visit, fields: Fields) -> Response:
        """Save a form; one with an error, or whose entry was changed meanwhile, comes back as it was typed."""
        form, key = faq_form.typed(fields, self._languages), fields("key")

        def work(conn: Connection) -> FaqEntry:
            store.hold(conn)
            before = store.get(conn, key) if key else None
            entry = faq_form.entry_of(form, before)
            if not key and store.get(conn, entry.id):
                raise EntryBroken("id", visit.texts("web.faq_id_taken", id=entry.id))
            if before and faq_form.fingerprint(before) != form["base"]:
                raise EntryBroken("base", visit.texts("web.faq_changed_meanwhile"))
            store.save(conn, entry, visit.staff.id, visit.now)
            events.append(conn, events.DESK, "faq", {"key": entry.id}, visit.now)
            return entry

        try:
            entry = await self._house.change(work)
        except EntryBroken as broken:
            before = await self._house.database.read(lambda conn: store.get(conn, key) if key else None)
            return await self._editor(visit, form, before, errors={broken.field: broken.problem})
        return _to(entry.id, saved=True)

    async def switch(self, visit: Visit, fields: Fields) -> Response:
        """Switch an entry on or off."""
        key, enabled = fields("key"), bool(fields("enabled"))

        def work(conn: Connection) -> None:
            store.switch(conn, key, visit.staff.id, visit.now, enabled=enabled)
            events.append(conn, events.DESK, "faq", {"key": key}, visit.now)

        await self._known(work)
        return _to(key, saved=True)

    async def undo(self, visit: Visit, fields: Fields) -> Response:
        """Take back the last change of an entry; where that deletes it, or is another than was seen, ask first."""
        key, seen, sure = fields("key"), fields("revision"), fields("sure")

        def work(conn: Connection) -> tuple[FaqEntry | None, Revision | None, bool]:
            store.hold(conn)
            last = next(iter(store.history(conn, key, most=1)), None)
            unseen = last and (sure or seen) not in {"", str(last.id)}
            back = store.to_take_back(conn, key)
            deletes = back is not None and back.before is None
            if last and (unseen or (deletes and not sure)):
                return store.get(conn, key), last, deletes
            events.append(conn, events.DESK, "faq", {"key": key}, visit.now)
            return store.undo(conn, key, visit.staff.id, visit.now), None, False

        left, unsure, deletes = await self._known(work)
        if left and unsure and deletes and not sure:
            title = left.text(visit.staff.language, self._languages)[1].question
            return self._gate.page(visit, "faq_undo.html", nav="faq", entry=left, title=title, revision=unsure.id)
        if left and unsure:
            errors = {"base": visit.texts("web.faq_changed_since")}
            return await self._editor(visit, faq_form.filled(left, self._languages), left, errors=errors)
        return _to(key, saved=True) if left else RedirectResponse("/console/faq", 303)

    async def _known(self, work: Any) -> Any:  # noqa: ANN401 a turn and what it returns
        try:
            return await self._house.change(work)
        except EntryUnknown:
            raise HTTPException(404) from None

    async def test(self, visit: Visit, fields: Fields) -> Response:
        """Say what the bot would do with a question, how sure it is, and what else it thought of."""
        question = fields("question").strip()[:LONGEST_QUESTION]
        found, snapshot = await self._house.knowledge_base.match(question, fields("language"))
        tested = {"question": question, "match": found, "names": _names(snapshot, visit.staff.language)}
        return self._gate.page(visit, "faq_test.html", nav="faq", tested=tested, policy=self._house.settings.faq.policy)


def _to(key: str, *, saved: bool = False) -> Response:
    return RedirectResponse(f"/console/faq/entry?key={quote(key, safe='')}" + ("&saved" if saved else ""), 303)


def _told(entry: FaqEntry, language: str, languages: Sequence[str]) -> tuple[str, str]:
    """Return an entry's question and the beginning of its answer, as plain text."""
    _, text = entry.text(language, languages)
    return text.question, " ".join(render(text.answer).text.split())[:SHOWN]


def _holds(entry: FaqEntry, words: str) -> bool:
    """Return whether every word stands somewhere in the entry, in any language."""
    texts = [part for text in entry.texts.values() for part in (text.question, *text.phrasings, text.answer)]
    everything = " ".join([entry.id, entry.category, *texts]).casefold()
    return all(word in everything for word in words.casefold().split())


def _names(snapshot: Snapshot, language: str) -> dict[str, str]:
    return {key: entry.text(language)[1].question for key, entry in snapshot.entries.items()}


def _changed(revision: Revision) -> Sequence[tuple[str, str, str]]:
    """Return (field, before, after) for what a change changed, as in the FAQ files."""
    before = _flat(revision.before.to_dict() if revision.before else {})
    after = _flat(revision.after.to_dict() if revision.after else {})
    names = [*after, *(name for name in before if name not in after)]
    return [
        (name, before.get(name, ""), after.get(name, ""))
        for name in names
        if name != "id" and before.get(name) != after.get(name)
    ]


def _flat(body: Mapping[str, Any], prefix: str = "") -> dict[str, str]:
    flat: dict[str, str] = {}
    for name, value in body.items():
        if isinstance(value, Mapping):
            flat |= _flat(value, f"{prefix}{name}.")
        elif isinstance(value, list) and all(isinstance(one, str) for one in value):
            flat[prefix + name] = "\n".join(value)
        else:
            flat[prefix + name] = str(value)
    return flat
