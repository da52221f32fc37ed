"""The questions of the log of which somebody said what is right: whose word counts, and what is left out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.domain.conversation import Author, Place
from bot.domain.message import Content, ContentKind, plain
from bot.faq import evaluate, exchange, groups, judged, parts, store, unanswered
from bot.faq.entry import FaqEntry, Text
from bot.faq.evaluate import Question
from bot.faq.matcher import Index
from bot.messaging import conversations, transcript
from bot.storage import schema
from bot.storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BASE = [FaqEntry(key, {"en": Text(f"About {key}?", (), "…")}) for key in ("cost", "cups")]
KNOWN = {entry.id for entry in BASE}
ASKED = "have you gaiwans"


def asks(conn: Connection, decision: str = "none", question: str = ASKED, at: datetime = NOW) -> tuple[int, int]:
    """Let a customer ask what comes nearest to `cost`; return our ids of conversation and question."""
    conversation, _ = conversations.meet(conn, Place("a", question), Author("1", "Anna"), "en", at)
    line = transcript.add(conn, conversation.id, transcript.CUSTOMER, Content(ContentKind.TEXT, plain(question)), at)
    near = [("cost", 0.9), ("cups", 0.1)]
    return conversation.id, unanswered.record(conn, conversation.id, line, question, "en", decision, near, 1, at)


def group(conn: Connection) -> int:
    return groups.overview(conn)[0].id


def thumb(decision: str, *, helpful: bool, pick: str = "") -> Callable[[Connection], None]:
    def done(conn: Connection) -> None:
        _, key = asks(conn, decision)
        if pick:
            unanswered.picked(conn, key, pick)
        unanswered.judge(conn, key, helpful=helpful)

    return done


def pick(conn: Connection) -> None:
    unanswered.picked(conn, asks(conn, "suggest")[1], "cups")


def pick_and_a_person(conn: Connection) -> None:
    conversation, key = asks(conn, "suggest")
    unanswered.picked(conn, key, "cups")
    unanswered.handed_over(conn, conversation, NOW)


def none_of_these(conn: Connection) -> None:
    unanswered.handed_over(conn, asks(conn, "suggest")[0], NOW)


def attach(conn: Connection) -> None:
    asks(conn)
    groups.attach(conn, group(conn), "cups", ["en"], None, NOW)


def attach_after_a_thumb_down(conn: Connection) -> None:
    thumb("answer", helpful=False)(conn)
    groups.attach(conn, group(conn), "cups", ["en"], None, NOW)


def dismiss(conn: Connection) -> None:
    asks(conn)
    groups.dismiss(conn, group(conn), None, NOW)


def dismiss_after_a_pick(conn: Connection) -> None:
    pick(conn)
    groups.dismiss(conn, group(conn), None, NOW)


def attach_elsewhere_after_a_pick(conn: Connection) -> None:
    pick(conn)
    groups.attach(conn, group(conn), "cost", ["en"], None, NOW)


def draft(conn: Connection) -> None:
    asks(conn)
    groups.draft(conn, group(conn), "Yes.", None, NOW)


@pytest.mark.parametrize(
    ("happened", "entry"),
    [
        (thumb("answer", helpful=True), "cost"),
        (thumb("suggest", helpful=True, pick="cups"), "cups"),
        (pick, "cups"),
        (pick_and_a_person, "cups"),
        (attach, "cups"),
        (attach_after_a_thumb_down, "cups"),
        (dismiss_after_a_pick, "cups"),
        (attach_elsewhere_after_a_pick, "cups"),
        (thumb("answer", helpful=False), None),
        (thumb("suggest", helpful=False, pick="cups"), None),
        (none_of_these, None),
        (dismiss, None),
        (draft, None),
    ],
)
async def test_what_people_said_tells_which_entry_is_right(
    database: Database, happened: Callable[[Connection], None], entry: str | None
) -> None:
    await database.transaction(lambda conn: store.replace_all(conn, BASE, None, NOW))
    await database.transaction(happened)

    assert await database.read(lambda conn: judged.questions(conn, KNOWN)) == [Question(ASKED, entry, "en")]


async def test_a_draft_is_right_from_the_moment_that_it_is_given(database: Database) -> None:
    await database.transaction(draft)

    found = await database.read(lambda conn: judged.questions(conn, {*KNOWN, "have-you-gaiwans"}))

    assert found == [Question(ASKED, "have-you-gaiwans", "en")]


async def test_what_tells_nothing_is_left_out(database: Database) -> None:
    def ask(conn: Connection) -> None:
        asks(conn, "answer", "nobody said anything")
        unanswered.handed_over(conn, asks(conn, "answer", "a person was called after it")[0], NOW)
        asks(conn, "suggest", "near matches left alone")
        unanswered.handed_over(conn, asks(conn, "none", "went to a person at once")[0], NOW)
        conversation, key = asks(conn, "none", "disappointed by no answer at all")
        unanswered.judge(conn, key, helpful=False)
        menu = unanswered.record(conn, conversation, None, "About cost?", "en", "answer", [("cost", 1.0)], 1, NOW)
        unanswered.judge(conn, menu, helpful=True)

    await database.transaction(ask)

    assert await database.read(lambda conn: judged.questions(conn, KNOWN)) == []


@pytest.mark.parametrize(
    "happened", [pick, pick_and_a_person, attach, attach_after_a_thumb_down, thumb("answer", helpful=True)]
)
async def test_an_entry_that_is_given_no_more_tells_nothing(
    database: Database, happened: Callable[[Connection], None]
) -> None:
    await database.transaction(lambda conn: store.replace_all(conn, BASE, None, NOW))
    await database.transaction(happened)

    assert await database.read(lambda conn: judged.questions(conn, {"other"})) == []


async def test_questions_come_as_they_were_asked_from_a_moment_on(database: Database) -> None:
    def ask(conn: Connection) -> None:
        for hours, question in ((-1, "early"), (0, "on time"), (1, "late")):
            unanswered.judge(conn, asks(conn, "answer", question, NOW + timedelta(hours=hours))[1], helpful=True)

    await database.transaction(ask)

    everything = await database.read(lambda conn: judged.questions(conn, KNOWN))
    later = await database.read(lambda conn: judged.questions(conn, KNOWN, NOW))
    assert [one.text for one in everything] == ["early", "on time", "late"]
    assert [one.text for one in later] == ["on time", "late"]


async def test_a_question_that_an_earlier_version_kept_unmasked_comes_out_masked(database: Database) -> None:
    def ask(conn: Connection) -> None:
        pick(conn)
        values = {"group_id": None, "question": "where is order 10442"}
        conn.execute(schema.matches.update(), values)

    await database.transaction(ask)

    [found] = await database.read(lambda conn: judged.questions(conn, KNOWN))
    assert found.text == "where is order [number]"


async def test_a_masked_question_is_scored_as_surely_as_it_was_answered(database: Database) -> None:
    sample = exchange.read(Path(__file__).parents[2] / "config" / "faq" / "delivery.yaml")
    index = Index.build([FaqEntry(entry.id, {"en": entry.texts["en"]}) for entry in sample], ["en"])
    said = [
        "where is my parcel, order 10442",
        "my name is Anna Schmidt. next day delivery",
        "what does fast delivery cost, write to anna@mail.example.com",
        "how long does the post office keep my package? call +49 170 1234567",
    ]

    def ask(conn: Connection) -> None:
        for question in said:
            unanswered.picked(conn, asks(conn, "suggest", question)[1], "late")

    await database.transaction(ask)
    found = await database.read(lambda conn: judged.questions(conn, {"late"}))
    live = [parts.match(index, question, "en").confidence for question in said]
    scored = [one.match.confidence for one in evaluate.run(index, found)]
    marked = [parts.match(index, one.text, "en").confidence for one in found]

    assert all("[" in one.text for one in found)
    moved = [max(abs(one - other) for one, other in zip(live, others, strict=True)) for others in (scored, marked)]
    assert moved[0] < moved[1] / 2  # 0.03 and 0.17
