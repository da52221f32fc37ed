"""Questions without a sure answer: kept with their likes, counted, and taken over into the base in one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Connection

from bot.domain.conversation import Author, Place
from bot.domain.message import Content, ContentKind, plain
from bot.faq import groups, store, unanswered
from bot.faq.entry import FaqEntry, Text
from bot.faq.groups import Outcomes, Problem, State, nearest, weights
from bot.faq.masking import mask
from bot.messaging import conversations, transcript
from bot.storage import schema
from bot.storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
COST = FaqEntry(
    "cost", {"en": Text("How much is delivery?", (), "€5"), "de": Text("Was kostet der Versand?", (), "5 €")}
)
CUPS = FaqEntry("cups", {"en": Text("Do you sell cups?", ("mugs",), "Yes.")})


def asks(
    conn: Connection,
    question: str,
    *,
    who: str = "Anna",
    language: str = "en",
    decision: str = "none",
    candidates: Sequence[tuple[str, float]] = (("cups", 0.2),),
    minutes: int = 0,
) -> tuple[int, int]:
    """Let a customer ask; return our ids of conversation and question."""
    now = NOW + timedelta(minutes=minutes)
    place, author = Place("telegram", who), Author(who, who, language=language)
    conversation, _ = conversations.meet(conn, place, author, language, now)
    content = Content(ContentKind.TEXT, plain(question))
    line = transcript.add(conn, conversation.id, transcript.CUSTOMER, content, now)
    key = unanswered.record(conn, conversation.id, line, question, language, decision, candidates, 1, now)
    return conversation.id, key


def answers(conn: Connection, conversation: int, *texts: str) -> None:
    for text in texts:
        transcript.add(conn, conversation, transcript.OPERATOR, Content(ContentKind.TEXT, plain(text)), NOW)


def listed(conn: Connection) -> list[tuple[str, int]]:
    return [(group.example, group.outcomes.asked) for group in groups.overview(conn)]


ALIKE = [
    (
        "en",
        ["Do you have gaiwans?", "do you have gaiwan", "have you got gaiwans please", "Hello, do you have a gaiwan!"],
    ),
    ("en", ["where is my order 10442", "Where is my order 99881?", "where is the order"]),
    ("de", ["Verkaufen Sie Samoware?", "verkauft ihr Samoware", "Verkaufen Sie einen Samowar bitte"]),
    ("ru", ["есть ли у вас самовары", "У вас есть самовар?", "самовары есть"]),
    ("en", ["is the samovar electric", "is the samovr electric"]),
]
APART = [
    ("en", "how much is a gaiwan", "where is my gaiwan"),
    ("en", "how much is a gaiwan", "how much is a kettle"),
    ("de", "wie lange dauert die Lieferung", "was kostet die Lieferung"),
    ("ru", "сколько стоит самовар", "где мой самовар"),
    ("en", "how do I clean a kettle", "do you repair kettles"),
]


@pytest.mark.parametrize(("language", "questions"), ALIKE)
def test_wordings_and_typing_errors_of_one_question_are_alike(language: str, questions: list[str]) -> None:
    first, *others = [weights(mask(question), language) for question in questions]
    known = [(7, "unlike anything"), (8, " ".join(sorted(first)))]

    assert [nearest(one, known) for one in others] == [8] * len(others)


@pytest.mark.parametrize(("language", "one", "other"), APART)
def test_other_questions_about_the_same_thing_are_not(language: str, one: str, other: str) -> None:
    assert nearest(weights(other, language), [(8, " ".join(sorted(weights(one, language))))]) is None


async def test_what_is_asked_often_stands_first_with_what_became_of_it(database: Database) -> None:
    def ask(conn: Connection) -> None:
        anna, _ = asks(conn, "Do you have gaiwans?", who="Anna")
        unanswered.handed_over(conn, anna, NOW)
        _, second = asks(conn, "do you have a gaiwan", who="Bob", decision="suggest")
        unanswered.picked(conn, second, "cups")
        asks(conn, "have you gaiwans", who="Vera", minutes=5)
        asks(conn, "wer hat die Schacholympiade gewonnen", who="Max", language="de")
        asks(conn, "How much is delivery?", who="Eve", decision="answer", candidates=[("cost", 0.99)])

    await database.transaction(ask)

    found = await database.read(groups.overview)
    assert [(one.example, one.language) for one in found] == [
        ("Do you have gaiwans?", "en"),
        ("wer hat die Schacholympiade gewonnen", "de"),
    ]
    assert found[0].outcomes == Outcomes(3, picked=1, handed_over=1, gave_up=1)
    assert found[0].last_at == NOW + timedelta(minutes=5)
    assert await database.read(groups.count_open) == 2


async def test_an_answer_that_did_not_help_brings_its_question_onto_the_list(database: Database) -> None:
    def ask(conn: Connection) -> None:
        _, key = asks(conn, "delivery to the moon", decision="answer", candidates=[("cost", 0.96)])
        unanswered.judge(conn, key, helpful=False)
        _, fine = asks(conn, "price of delivery", decision="answer", candidates=[("cost", 0.96)])
        unanswered.judge(conn, fine, helpful=True)

    await database.transaction(ask)

    [found] = await database.read(groups.overview)
    assert (found.example, found.outcomes) == ("delivery to the moon", Outcomes(1, not_helpful=1))


async def test_the_details_show_wordings_near_entries_and_what_operators_answered(database: Database) -> None:
    def ask(conn: Connection) -> int:
        anna, _ = asks(conn, "Do you have gaiwans?", candidates=[("cups", 0.3), ("cost", 0.1)])
        unanswered.handed_over(conn, anna, NOW)
        answers(conn, anna, "Hello Anna!", "Yes, three kinds; call me on +49 170 1234567.")
        asks(conn, "my order 10442: have you a gaiwan", who="Bob", candidates=[("cost", 0.1), ("tea", 0.05)])
        return groups.overview(conn)[0].id

    number = await database.transaction(ask)

    found = await database.read(lambda conn: groups.details(conn, number))
    assert found is not None
    assert found.questions[-1] == "Do you have gaiwans?"
    assert found.candidates[:2] == ("cups", "cost")
    assert found.answers == ("Yes, three kinds; call me on [phone].",)


async def test_a_group_becomes_a_phrasing_in_one_step_and_can_come_back(database: Database) -> None:
    def attach(conn: Connection) -> tuple[FaqEntry | Problem, State | None, list[tuple[str, int]]]:
        store.replace_all(conn, [COST, CUPS], None, NOW)
        asks(conn, "Do you have gaiwans for order 10442?")
        number = groups.overview(conn)[0].id
        entry = groups.attach(conn, number, "cups", ["en", "de"], None, NOW)
        found = groups.details(conn, number)
        open_after = listed(conn)
        store.undo(conn, "cups", None, NOW)
        groups.reopen(conn, number)
        return entry, found.group.state if found else None, open_after

    entry, state, open_after = await database.transaction(attach)

    assert isinstance(entry, FaqEntry)
    assert entry.texts["en"].phrasings == ("mugs", "Do you have gaiwans for order?")
    assert (state, open_after) == (State.ATTACHED, [])
    assert await database.read(listed) == [("Do you have gaiwans for order [number]?", 1)]
    assert await database.read(lambda conn: store.get(conn, "cups")) == CUPS


async def test_what_stands_against_a_phrasing_is_said_and_changes_nothing(database: Database) -> None:
    def attach(conn: Connection) -> list[FaqEntry | Problem]:
        store.replace_all(conn, [COST, CUPS], None, NOW)
        asks(conn, "mugs!", who="A")
        asks(conn, "Haben Sie Tassen?", who="B", language="de")
        asks(conn, "+49 170 1234567", who="C")
        by_example = {group.example: group.id for group in groups.overview(conn)}
        return [
            groups.attach(conn, by_example["mugs!"], "cost", ["en", "de"], None, NOW),
            groups.attach(conn, by_example["Haben Sie Tassen?"], "cups", ["en", "de"], None, NOW),
            groups.attach(conn, by_example["[phone]"], "cups", ["en", "de"], None, NOW),
            groups.attach(conn, by_example["mugs!"], "gone", ["en", "de"], None, NOW),
            groups.attach(conn, 999, "cups", ["en", "de"], None, NOW),
        ]

    assert await database.transaction(attach) == [
        Problem.TAKEN,
        Problem.NO_LANGUAGE,
        Problem.NO_WORDS,
        Problem.GONE,
        Problem.GONE,
    ]
    assert await database.read(store.list_entries) == [COST, CUPS]
    assert len(await database.read(groups.overview)) == 3


async def test_a_draft_is_switched_off_until_an_admin_switches_it_on(database: Database) -> None:
    def draft(conn: Connection) -> FaqEntry | Problem:
        asks(conn, "Do you have gaiwans?")
        asks(conn, "have you gaiwans", who="Bob")
        return groups.draft(conn, groups.overview(conn)[0].id, "Yes, **three** kinds.", None, NOW)

    entry = await database.transaction(draft)

    text = Text("Do you have gaiwans?", ("have you gaiwans",), "Yes, **three** kinds.")
    assert entry == FaqEntry("do-you-have-gaiwans", {"en": text}, enabled=False)
    assert await database.read(lambda conn: store.get(conn, "do-you-have-gaiwans")) == entry
    assert await database.read(listed) == []


async def test_what_was_dismissed_stays_off_the_list_and_what_was_attached_begins_anew(database: Database) -> None:
    def ask_again(conn: Connection) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
        store.replace_all(conn, [CUPS], None, NOW)
        asks(conn, "who won the chess olympiad")
        groups.dismiss(conn, groups.overview(conn)[0].id, None, NOW)
        asks(conn, "who has won the chess olympiad?", who="Bob")
        dismissed = listed(conn)
        asks(conn, "have you gaiwans")
        groups.attach(conn, groups.overview(conn)[0].id, "cups", ["en"], None, NOW)
        asks(conn, "gaiwans, have you any", who="Bob")
        return dismissed, listed(conn)

    assert await database.transaction(ask_again) == ([], [("gaiwans, have you any", 1)])


async def test_questions_of_an_earlier_version_are_grouped_and_masked_on_the_way(database: Database) -> None:
    def upgrade(conn: Connection) -> tuple[int, int, list[tuple[str, int]]]:
        _, key = asks(conn, "x")
        table = schema.matches
        conn.execute(table.update().where(table.c.id == key), {"group_id": None, "question": "where is order 10442"})
        return unanswered.gather(conn), unanswered.gather(conn), listed(conn)

    assert await database.transaction(upgrade) == (1, 0, [("where is order [number]", 1)])


async def test_only_the_change_that_made_the_phrasing_is_taken_back(database: Database) -> None:
    def attach(conn: Connection) -> list[bool]:
        store.replace_all(conn, [CUPS], None, NOW)
        asks(conn, "Do you have gaiwans?")
        group = groups.overview(conn)[0]
        entry = groups.attach(conn, group.id, "cups", ["en"], None, NOW)
        assert isinstance(entry, FaqEntry)
        changed = replace(entry, category="cups")
        return [
            groups.made(group, CUPS, entry),
            groups.made(group, entry, changed),
            groups.made(group, CUPS, changed),
            groups.made(group, None, entry),
        ]

    assert await database.transaction(attach) == [True, False, False, False]
