"""The operators' console: queue, conversations, and what can be done with them.

Olga reads in the left column that Anna has waited for two minutes, opens her conversation and answers; that claims it.
Her screen lives by the `desk` stream: an event says what changed, and the page fetches that part again.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.domain.message import Content, ContentKind, units
from bot.domain.people import Staff
from bot.handlers import bans, changes, desk, learning, library_desk, passing, sending_again, topic
from bot.handlers.commands import bare
from bot.handlers.desk import Hand, Outcome, Refusal
from bot.handlers.house import House
from bot.handlers.typing import Typing
from bot.handoff import staff
from bot.handoff.proposals import Item, Kind
from bot.handoff.rules import Team
from bot.messaging import events, transcript
from bot.web import library_view, streams
from bot.web.conversation_view import ConversationView, conversation_view
from bot.web.due_view import Due, Dues
from bot.web.forms import Fields
from bot.web.gate import Gate, Visit
from bot.web.library_view import Beside, Chip
from bot.web.list_view import ListView, list_view
from bot.web.streams import Feed
from bot.web.words import formatted

VIEWS = ("queue", "mine")
PRIORITIES = (-1, 0, 1, 2)
LONGEST_TEXT = 20_000
"""Units of an answer; it is sent in several messages where the channel takes fewer at a time."""
LONGEST_TAG, MOST_TAGS = 32, 10
LONGEST_SEARCH = 200
SCRIPT_TEXTS = (
    "web.due_in",
    "web.late_by",
    "web.new_below",
    "web.offline",
    "web.signed_out_draft",
    "web.not_saved",
    "web.sign_in_again",
    "web.placeholder_answer",
    "web.placeholder_note",
    "web.send",
    "web.save_note",
    "web.save_file",
    "web.file_again",
    "web.file_later",
    "web.file_not_shown",
)


class ConsolePages:
    """The routes of the desk."""

    def __init__(self, house: House, feed: Feed, gate: Gate) -> None:
        self._house = house
        self._feed = feed
        self._gate = gate
        self._teams = [(team.key, team.name) for team in house.rules.teams.values()]
        self._zone = house.rules.hours.zone
        self._dues = Dues(house.rules.sla)
        self._typing = Typing(house)

    def routes(self) -> list[Route]:
        """Return the routes."""
        look, act = self._gate.look, self._gate.act
        conversation = "/console/conversations/{id:int}"
        return [
            look("/console", self.home),
            look("/console/queue", self.list_page),
            look("/console/mine", self.list_page),
            look("/console/events", self.events),
            look("/console/fragments/list", self.list_fragment),
            look("/console/fragments/places", self.places_fragment),
            look(conversation, self.conversation_page),
            look(conversation + "/fragment", self.conversation_fragment),
            act(conversation + "/say", self.say),
            act(conversation + "/typing", self.typing),
            look(conversation + "/library", self.library),
            *[act(f"{conversation}/{name}", self._action(does)) for name, does in _ACTIONS.items()],
        ]

    async def home(self, visit: Visit) -> Response:  # noqa: ARG002 a route's face
        """Go to the queue."""
        return RedirectResponse("/console/queue", 303)

    async def list_page(self, visit: Visit) -> Response:
        """Show the queue, or my chats."""
        return await self._page(visit, visit.request.url.path.rsplit("/", 1)[-1], None)

    async def conversation_page(self, visit: Visit) -> Response:
        """Show a conversation beside the list that it was opened from."""
        return await self._page(visit, self._view(visit), visit.request.path_params["id"])

    @staticmethod
    def _view(visit: Visit) -> str:
        asked = visit.request.query_params.get("from", "")
        return asked if asked in VIEWS else VIEWS[0]

    async def _page(
        self,
        visit: Visit,
        view: str,
        key: int | None,
        *,
        refusal: str = "",
        typed: str = "",
        as_note: bool = False,
        confirm: str = "",
    ) -> Response:
        before = Fields(visit.request.query_params).number("before")

        def read(conn: Connection) -> tuple[int, ListView, ConversationView | None, Beside]:
            listed = list_view(conn, view, visit.staff, visit.now, self._zone, self._dues)
            found = conversation_view(self._house, conn, key, visit.staff, before) if key is not None else None
            return (
                events.last_id(conn),
                listed,
                found,
                library_view.beside(self._house, conn, found, visit.staff, visit.now),
            )

        after, listed, found, beside = await self._house.database.read(read)
        if key is not None and found is None:
            raise HTTPException(404)
        found = await asyncio.to_thread(found.looked_up, self._house.files) if found else None
        values: dict[str, Any] = {
            "teams": self._teams,
            "after": after,
            "list": listed,
            "view": found,
            "nav": view,
            "script_texts": SCRIPT_TEXTS,
            "beside": beside,
            "owed": self._owed(found, visit),
        }
        kept = {"refusal": refusal, "typed": typed, "as_note": as_note, "confirm": confirm, "back": before is not None}
        return self._gate.page(visit, "console.html", 409 if refusal else 200, **values, **kept)

    async def list_fragment(self, visit: Visit) -> Response:
        """Show the list alone, for a page that is open."""
        view = self._view(visit)
        opened = Fields(visit.request.query_params).number("open")
        listed = await self._house.database.read(
            lambda conn: list_view(conn, view, visit.staff, visit.now, self._zone, self._dues)
        )
        return self._gate.page(visit, "fragment_list.html", list=listed, opened=opened, nav=view)

    async def places_fragment(self, visit: Visit) -> Response:
        """Show the rail's places alone, for a page that is open."""
        return self._gate.page(visit, "fragment_places.html", nav=Fields(visit.request.query_params)("nav"))

    async def conversation_fragment(self, visit: Visit) -> Response:
        """Show a conversation alone, for a page that is open."""
        key = visit.request.path_params["id"]

        def read(conn: Connection) -> tuple[ConversationView | None, Beside]:
            found = conversation_view(self._house, conn, key, visit.staff)
            return found, library_view.beside(self._house, conn, found, visit.staff, visit.now)

        found, beside = await self._house.database.read(read)
        if found is None:
            raise HTTPException(404)
        found = await asyncio.to_thread(found.looked_up, self._house.files)
        values: dict[str, Any] = {"view": found, "nav": self._view(visit), "beside": beside, "teams": self._teams}
        values["owed"] = self._owed(found, visit)
        return self._gate.page(visit, "fragment_conversation.html", **values)

    async def library(self, visit: Visit) -> Response:
        """Show what a search in the answer library finds, for a page that is open."""
        key, words = visit.request.path_params["id"], Fields(visit.request.query_params)("q").strip()
        match, _ = await self._house.knowledge_base.match(words[:LONGEST_SEARCH]) if words else (None, None)
        near = [one.entry for one in (match.candidates if match else ()) if one.confidence >= library_desk.NEAR]

        def read(conn: Connection) -> tuple[ConversationView | None, list[Chip]]:
            view = conversation_view(self._house, conn, key, visit.staff)
            return view, library_view.found(self._house, conn, key, visit.staff, visit.now, words, near)

        view, found = await self._house.database.read(read)
        if view is None:
            raise HTTPException(404)
        return self._gate.page(
            visit, "fragment_library.html", view=view, nav=self._view(visit), found=found, words=words
        )

    def _owed(self, view: ConversationView | None, visit: Visit) -> Due | None:
        return self._dues.of(view.ticket, visit.now) if view and view.ticket else None

    async def events(self, visit: Visit) -> Response:
        """Stream what happens at the desk."""
        after = streams.last_seen(visit.request)

        async def allowed() -> bool:
            return await self._gate.may_still(visit.request)

        return streams.answer(self._feed.listen(events.DESK, after, allowed))

    async def say(self, visit: Visit, fields: Fields) -> Response:
        """Answer, or write a note when the note switch is on or the text begins with `//`; no command goes out."""
        text = bare(fields("text"))
        as_note = bool(fields("note")) or text.startswith("//")
        words = changes.without_sign(text) if as_note else text
        if not words or units(words) > LONGEST_TEXT:
            key = "web.too_long_text" if words else "web.nothing_typed"
            return await self._refused(visit, fields, Refusal(visit.texts(key, most=LONGEST_TEXT)))
        ownership = fields.number("ownership")

        def work(hand: Hand) -> Outcome:
            if as_note:
                return desk.note(hand, words)
            commanded = topic.typed_elsewhere(hand, text)
            if commanded is not None:
                return commanded
            return desk.answer(hand, Content(ContentKind.TEXT, formatted(words)), ownership=ownership)

        return await self._do(visit, fields, work)

    async def typing(self, visit: Visit, fields: Fields) -> Response:  # noqa: ARG002 a route's face
        """Show the customer that somebody writes; that it does not get through is nobody's trouble."""
        if not await self._typing.heard(visit.staff, visit.request.path_params["id"]):
            raise HTTPException(404)
        return Response(status_code=204)

    def _action(self, does: Callable[[Hand, Fields], Outcome]) -> Any:  # noqa: ANN401 a route's endpoint
        async def act(visit: Visit, fields: Fields) -> Response:
            return await self._do(visit, fields, lambda hand: does(hand, fields))

        return act

    async def _do(self, visit: Visit, fields: Fields, work: Callable[[Hand], Outcome]) -> Response:
        key = visit.request.path_params["id"]

        def turn(conn: Connection) -> Outcome | None:
            hand = desk.hand_of(self._house, conn, visit.staff, key)
            return work(hand) if hand else None

        outcome = await self._house.change(turn)
        if outcome is None:
            raise HTTPException(404)
        if isinstance(outcome, Refusal):
            return await self._refused(visit, fields, outcome)
        if visit.by_script:
            return JSONResponse({"done": True, "text": outcome.text, **_fill(outcome.fill)})
        if outcome.fill:
            return await self._page(visit, self._view(visit), key, typed=outcome.fill)
        return RedirectResponse(f"/console/conversations/{key}?from={self._view(visit)}", 303)

    async def _refused(self, visit: Visit, fields: Fields, refusal: Refusal) -> Response:
        if visit.by_script:
            asks = {"confirm": refusal.confirm} if refusal.confirm else {}
            return JSONResponse({"refusal": refusal.text, **_fill(refusal.fill), **asks}, 409)
        key, typed = visit.request.path_params["id"], refusal.fill or fields("text")
        return await self._page(
            visit,
            self._view(visit),
            key,
            refusal=refusal.text,
            typed=typed,
            as_note=bool(fields("note")),
            confirm=refusal.confirm,
        )


def _fill(text: str) -> dict[str, str]:
    """Return the part of an answer that goes into the composer, if there is one."""
    return {"fill": text} if text else {}


def _transfer(hand: Hand, fields: Fields) -> Outcome:
    """Pass a chat on: `to` is a colleague's id, `team:KEY` or `level:2`."""
    kind, _, key = fields("to").partition(":")
    found: Staff | Team | int | None = staff.get(hand.turn.conn, fields.number("to") or 0)
    if kind == "team":
        found = hand.turn.house.rules.teams.get(key)
    elif kind == "level":
        found = next((one for one in passing.LEVELS if str(one) == key), None)
    if found is None:
        return hand.refuse("web.choose_colleague")
    return passing.transfer(hand, passing.Wanted(found, fields("with_note").strip()))


def _priority(hand: Hand, fields: Fields) -> Outcome:
    wanted = fields.number("priority")
    return desk.mark(hand, priority=wanted) if wanted in PRIORITIES else hand.refuse("web.not_found")


def _level(hand: Hand, fields: Fields) -> Outcome:
    wanted = fields.number("level")
    return desk.mark(hand, level=wanted) if wanted in passing.LEVELS else hand.refuse("web.not_found")


def _tags(hand: Hand, fields: Fields) -> Outcome:
    tags = [" ".join(tag.split()).lstrip("#")[:LONGEST_TAG] for tag in fields("tags").split(",")]
    return desk.mark(hand, tags=list(dict.fromkeys(tag for tag in tags if tag))[:MOST_TAGS])


def _merge(hand: Hand, fields: Fields) -> Outcome:
    """Take another ticket in; `confirmed` is the number of the one of which somebody read that it is not proven."""
    number = passing.number_in(fields("number"))
    return passing.merge(hand, number, confirmed=bool(number) and passing.number_in(fields("confirmed")) == number)


def _offer(hand: Hand, fields: Fields) -> Outcome:
    """Send what was proposed, or lay its text out in the composer."""
    _, item = library_desk.offered(hand.turn, fields("proposal"), fields("place"))
    if fields("edit") and item is not None:
        return library_desk.draft(hand, item)
    return library_desk.send(hand, fields("proposal"), fields("place"), fields.number("ownership"))


def _ready(hand: Hand, fields: Fields) -> Outcome:
    """Send what a search found, or lay its text out in the composer."""
    if fields("kind") not in set(Kind):
        return hand.refuse("library.gone")
    item = Item(Kind(fields("kind")), fields("key"), fields("language"), fields("stamp"))
    if fields("edit"):
        return library_desk.draft(hand, item)
    return library_desk.send_found(hand, item, fields.number("ownership"))


def _take_back(hand: Hand, fields: Fields) -> Outcome:
    """Take a line back, as `/delete` in the topic does."""
    line = transcript.of_conversation(hand.turn.conn, hand.turn.conversation.id, fields.number("line") or 0)
    return changes.take_back(hand, line) if line else hand.refuse("web.not_found")


_ACTIONS: dict[str, Callable[[Hand, Fields], Outcome]] = {
    "claim": lambda hand, _: desk.claim(hand),
    "take-over": lambda hand, _: desk.take_over(hand),
    "release": lambda hand, _: desk.release(hand),
    "close": lambda hand, _: desk.close(hand),
    "reopen": lambda hand, _: desk.reopen(hand),
    "transfer": _transfer,
    "priority": _priority,
    "tags": _tags,
    "offer": _offer,
    "ready": _ready,
    "bot": lambda hand, _: passing.to_bot(hand),
    "ban": lambda hand, fields: bans.ban(hand, fields("reason")),
    "unban": lambda hand, fields: bans.unban(hand, fields("reason")),
    "merge": _merge,
    "level": _level,
    "learn": lambda hand, fields: learning.mark(hand, fields("ticket")),
    "take-back": _take_back,
    "again": lambda hand, fields: sending_again.send_again(hand, fields.number("delivery") or 0),
}
"""What a button of the console does, by the last part of its address."""
