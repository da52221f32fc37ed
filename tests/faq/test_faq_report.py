"""Where the base is weak: counted from the log, the worst first."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from bot.domain.conversation import Author, Place
from bot.domain.message import Content, ContentKind, plain
from bot.faq import store, unanswered
from bot.faq.entry import FaqEntry, Text
from bot.faq.report import Given, Report, in_words, report
from bot.messaging import conversations, transcript
from bot.storage.database import Database

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
BASE = [FaqEntry(key, {"en": Text(f"About {key}?", (), "…")}) for key in ("cost", "time", "cups")]
BASE.append(FaqEntry("off", {"en": Text("Old?", (), "…")}, enabled=False))


def asks(conn: Connection, question: str, decision: str, entry: str = "", *, at: datetime = NOW) -> tuple[int, int]:
    conversation, _ = conversations.meet(conn, Place("a", question), Author("1", "Anna"), "en", at)
    line = transcript.add(conn, conversation.id, transcript.CUSTOMER, Content(ContentKind.TEXT, plain(question)), at)
    candidates = [(entry, 0.9)] if entry else []
    return conversation.id, unanswered.record(conn, conversation.id, line, question, "en", decision, candidates, 1, at)


def happened(conn: Connection) -> Report:
    store.replace_all(conn, BASE, None, NOW)
    for number, helpful in enumerate((True, False, False, None)):
        _, key = asks(conn, f"cost {number}", "answer", "cost")
        if helpful is not None:
            unanswered.judge(conn, key, helpful=helpful)
    for number in range(4):
        conversation, _ = asks(conn, f"time {number}", "answer", "time")
        if number == 0:
            unanswered.handed_over(conn, conversation, NOW)
    _, key = asks(conn, "when about", "suggest", "time")
    unanswered.picked(conn, key, "time")
    asks(conn, "do you have gaiwans", "none")
    asks(conn, "have you gaiwans", "none")
    asks(conn, "long ago", "none", at=NOW - timedelta(days=100))
    return report(conn, NOW - timedelta(days=90), NOW)


async def test_a_report_shows_weak_answers_open_questions_and_what_nobody_was_given(database: Database) -> None:
    found = await database.transaction(happened)

    assert (found.asked, found.answered, found.suggested, found.picked, found.none) == (11, 8, 1, 1, 2)
    assert found.weak == [Given("cost", 4, 1, 2, 0), Given("time", 5, 0, 0, 1)]
    assert [(one.example, one.outcomes.asked) for one in found.unanswered][:2] == [
        ("do you have gaiwans", 2),
        ("cost 1", 1),
    ]
    assert found.never == ["cups"]


async def test_a_report_reads_well_and_goes_out_as_json(database: Database) -> None:
    found = await database.transaction(happened)

    lines = in_words(found).splitlines()
    assert lines[0] == "11 questions: 8 answered, 1 with near matches (1 picked), 2 without anything"
    assert "  cost: given 4 times, 1 × 👍, 2 × 👎, 0 called a person" in lines
    assert "  2 × do you have gaiwans" in lines
    assert found.to_dict()["weak"][0] == {"entry": "cost", "given": 4, "helpful": 1, "not_helpful": 2, "handed_over": 0}
    assert found.to_dict()["experience"] == {"judged": 0, "at_95": 0.95}


async def test_a_very_long_question_is_cut_in_the_report_and_whole_in_its_json(database: Database) -> None:
    def work(conn: Connection) -> Report:
        asks(conn, f"why {'a' * 3_000}", "none")
        return report(conn, NOW - timedelta(days=90), NOW)

    found = await database.transaction(work)

    (line,) = [one for one in in_words(found).splitlines() if "why" in one]
    assert line == f"  1 × why {'a' * 155}…"
    assert len(found.to_dict()["unanswered"][0]["example"]) >= 2_000


async def test_a_base_without_questions_has_an_empty_report(database: Database) -> None:
    await database.transaction(lambda conn: store.replace_all(conn, BASE, None, NOW))
    found = await database.read(lambda conn: report(conn, NOW, NOW))

    assert (found.asked, found.weak, found.unanswered, found.never) == (0, [], [], [])
