"""A day counted by hand: the report must say the same.

Monday 23 November 2026 in Berlin (UTC+1), everybody at work from 9 to 18. Times below are Berlin's.

* 09:00 Anna (telegram) asks about delivery; the bot answers, nobody is needed.          question, automated
* 09:10 Ben (telegram) asks about delivery; the bot answers; at 09:20 he wants a person.  question, handed over
        Ticket 1 opened 09:20:00, Olga claims 09:20:20, answers 09:20:40.                 first answer 40 s: kept
        Ben writes 09:25, Olga answers 09:29.                                             next answer 4 min: kept
        Ben writes 09:30 and 09:31, Olga answers 09:36.                                   next answer 6 min: broken
        Olga closes 09:40; handling 09:20:20 to 09:40 = 1180 s.                           resolution: kept
        Ben gives 5, "quick".
* 10:00 Cleo (webchat) asks something that no entry answers; ticket 2 opened at once.     question, handed over
        Max claims 10:04, answers 10:05.                                                  first answer 300 s: broken
        Max closes 10:10; handling 360 s. Cleo gives 2, "=slow".                          resolution: kept
* 11:00 Dan (webchat) asks for a person and withdraws at 11:00:30, nobody answered.       ticket 3; not counted
                                                                                          resolution: kept
* 17:59:30 Eve (telegram) asks for a person, nobody answers; due Tuesday 09:00:30.        ticket 4; broken
* Sunday 22 and Tuesday 24 have a question each, which must not count.

So: 5 questions are asked outside tickets within three days, 3 of them on Monday, 1 automated: a third.
First answers: 40 and 300 s. Handling: 1180 and 360 s.
Promises on Monday, looked at on Wednesday at noon: first answer kept 1 (Ben), broken 2 (Cleo, Eve);
next answer kept 1, broken 1; resolution: Ben, Cleo and Dan kept; Eve's is due after 24 working hours, which is on
Thursday, so it is open. Kept 5 of 8.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection

from bot.domain.conversation import Author, Place
from bot.domain.message import Content, ContentKind, plain
from bot.domain.people import Role
from bot.handlers import reporting
from bot.handlers.reporting import WrongDates
from bot.handoff import queue
from bot.handoff.ticket import Reason, Ticket
from bot.messaging import conversations, transcript
from bot.quality import checks, csat, reports
from bot.quality.metrics import Report, percentile
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.shop import Shop, open_shop

MONDAY = date(2026, 11, 23)
RULES = "[hours]\n" + "".join(f'{day} = ["9-18"]\n' for day in ("monday", "tuesday", "wednesday", "thursday"))
NOON = datetime(2026, 11, 25, 11, 0, tzinfo=UTC)


def at(clock: str, day: int = 23) -> datetime:
    hour, minute, second = [*map(int, clock.split(":")), 0][:3]
    return datetime(2026, 11, day, hour, minute, second, tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)


class Day:
    """Lets things happen at times of the day."""

    def __init__(self, conn: Connection, people: dict[str, int]) -> None:
        self.conn, self.people = conn, people

    def talk(self, name: str, channel: str) -> int:
        place = Place(channel, name)
        return conversations.meet(self.conn, place, Author(name, name), "en", at("8:00", 22))[0].id

    def says(self, who: int, clock: str, ticket: int | None = None, day: int = 23) -> int:
        content = Content(ContentKind.TEXT, plain("…"))
        found = queue.get(self.conn, ticket) if ticket else None
        if found is not None:
            queue.customer_wrote(self.conn, found, at(clock, day))
        return transcript.add(self.conn, who, transcript.CUSTOMER, content, at(clock, day), ticket=ticket)

    def asks(self, who: int, clock: str, entry: str = "", group: int | None = None, day: int = 23) -> None:
        line = self.says(who, clock, day=day)
        self.conn.execute(
            schema.matches.insert(),
            {
                "conversation_id": who,
                "message_id": line,
                "question": "…",
                "language": "en",
                "decision": "answer" if entry else "none",
                "entry": entry,
                "confidence": 0.9,
                "candidates": [],
                "faq_version": 1,
                "group_id": group,
                "at": at(clock, day),
            },
        )

    def opens(self, who: int, clock: str) -> int:
        self.says(who, clock)
        return queue.open_ticket(self.conn, who, Reason.ASKED, at(clock))[0].id

    def claims(self, ticket: int, name: str, clock: str) -> None:
        queue.claim(self.conn, ticket, self.people[name], at(clock))

    def answers(self, ticket: int, clock: str) -> None:
        found = queue.get(self.conn, ticket)
        assert found is not None
        queue.answered(self.conn, found, at(clock))

    def closes(self, ticket: int, clock: str, name: str = "") -> None:
        found = queue.get(self.conn, ticket)
        assert found is not None
        queue.close(self.conn, found, at(clock), self.people.get(name))

    def scores(self, ticket: int, score: int, comment: str, clock: str) -> None:
        csat.ask(self.conn, ticket, at(clock))
        csat.rate(self.conn, ticket, score, at(clock))
        csat.comment(self.conn, ticket, comment)


def happens(conn: Connection, people: dict[str, int]) -> dict[str, int]:
    """Let the days above happen; return the tickets by name."""
    for key, category in (("delivery-cost", "delivery"), ("returns", "returns")):
        values = {"key": key, "category": category, "enabled": True, "body": {}, "updated_at": at("8:00")}
        conn.execute(schema.faq_entries.insert(), values)
    group = {"language": "en", "stems": "gaiwan", "example": "do you have gaiwans", "last_at": at("10:00")}
    gaiwans = conn.execute(schema.question_groups.insert().returning(schema.question_groups.c.id), group).scalar_one()
    day = Day(conn, people)
    anna, ben, eve = (day.talk(name, "telegram") for name in ("Anna", "Ben", "Eve"))
    cleo, dan = (day.talk(name, "webchat") for name in ("Cleo", "Dan"))
    day.asks(anna, "23:59", "delivery-cost", day=22)
    day.asks(anna, "9:00", "delivery-cost")
    day.asks(ben, "9:10", "delivery-cost")
    one = day.opens(ben, "9:20")
    day.claims(one, "Olga", "9:20:20")
    day.answers(one, "9:20:40")
    for said, answered in ((["9:25"], "9:29"), (["9:30", "9:31"], "9:36")):
        for clock in said:
            day.says(ben, clock, one)
        day.answers(one, answered)
    day.closes(one, "9:40", "Olga")
    day.scores(one, 5, "quick", "9:41")
    day.asks(cleo, "10:00", group=gaiwans)
    two = day.opens(cleo, "10:00")
    day.claims(two, "Max", "10:04")
    day.answers(two, "10:05")
    day.closes(two, "10:10", "Max")
    day.scores(two, 2, "=slow", "10:11")
    three = day.opens(dan, "11:00")
    day.closes(three, "11:00:30")
    four = day.opens(eve, "17:59:30")
    day.asks(anna, "0:00", "returns", day=24)
    return {"Ben": one, "Cleo": two, "Dan": three, "Eve": four}


@pytest.fixture
async def shop(database: Database, tmp_path: Path) -> Shop:
    shop = open_shop(database)
    shop.rule(RULES, tmp_path)
    shop.now = NOON
    for name in ("Olga", "Max"):
        await shop.hires(name)
    await shop.hires("Maria", Role.MANAGER)
    return shop


async def report_of(shop: Shop, first: date = MONDAY, last: date = MONDAY) -> Report:
    return await shop.change(
        lambda conn: reporting.report_of(shop.house.rules, conn, first, last, shop.now, ["telegram"])
    )


async def test_the_report_says_what_was_counted_by_hand(shop: Shop) -> None:
    tickets = await shop.change(lambda conn: happens(conn, shop.people))
    checked = {"score": 4, "tone": True}
    await shop.change(lambda conn: checks.say(conn, tickets["Ben"], shop.people["Maria"], at("12:00"), checked))

    report = await report_of(shop)

    assert report.total == {
        "conversations": 5,
        "messages": 10,
        "questions": 3,
        "automated": 1,
        "automation_rate": 0.3333,
        "opened": 4,
        "closed": 3,
        "first_answer_p50": 40,
        "first_answer_p90": 300,
        "handling_p50": 360,
        "handling_p90": 1180,
        "sla_kept": 0.625,
        "promises": 8,
        "breaches_first_answer": 2,
        "breaches_next_answer": 1,
        "breaches_resolution": 0,
        "csat_number": 2,
        "csat_mean": 3.5,
        "csat_good": 0.5,
        "comments": 2,
        "quality_number": 1,
        "quality_mean": 4,
    }
    assert report.unanswered == [("do you have gaiwans", 1)]
    assert report.handed_over == [("delivery-cost", 1)]
    assert [(one.score, one.comment) for one in report.comments] == [(2, "=slow"), (5, "quick")]


async def test_the_day_is_split_by_operator_channel_category_and_hour(shop: Shop) -> None:
    await shop.change(lambda conn: happens(conn, shop.people))

    by = (await report_of(shop)).by

    def figure(section: str, *names: str) -> dict[str, list[object]]:
        return {key: [figures[name] for name in names] for key, figures in by[section].items()}

    assert figure("operator", "opened", "closed", "first_answer_p50", "sla_kept", "promises", "csat_mean") == {
        "Olga": [1, 1, 40, 0.75, 4, 5],
        "Max": [1, 1, 300, 0.5, 2, 2],
    }
    assert figure("channel", "questions", "automated", "opened", "closed", "csat_number") == {
        "telegram": [2, 1, 2, 1, 1],
        "webchat": [1, 0, 2, 2, 1],
    }
    assert figure("category", "questions", "automation_rate") == {"delivery": [2, 0.5]}
    assert figure("hour", "questions", "opened", "promises") == {
        "09": [2, 1, 4],
        "10": [1, 1, 2],
        "11": [0, 1, 1],
        "17": [0, 1, 1],
    }


async def test_a_reopened_ticket_counts_again_and_the_night_belongs_to_its_own_day(shop: Shop) -> None:
    tickets = await shop.change(lambda conn: happens(conn, shop.people))

    def reopened(conn: Connection) -> None:
        found = queue.get(conn, tickets["Ben"])
        assert found is not None
        queue.reopen(conn, found, at("12:00", 24))
        queue.claim(conn, found.id, shop.people["Max"], at("12:00:10", 24))

    await shop.change(reopened)
    await shop.change(lambda conn: Day(conn, shop.people).answers(tickets["Ben"], "12:00:20"))

    monday, tuesday = (
        (await report_of(shop)).total,
        (await report_of(shop, date(2026, 11, 24), date(2026, 11, 24))).total,
    )
    assert (monday["opened"], monday["first_answer_p50"]) == (4, 40)
    assert (tuesday["opened"], tuesday["questions"], tuesday["automated"]) == (1, 1, 1)


@pytest.mark.parametrize(("clock", "automated"), [("8:59", 0), ("9:00", 0), ("9:01", 1)])
async def test_a_person_counts_against_the_bot_for_a_day(shop: Shop, clock: str, automated: int) -> None:
    def asks(conn: Connection) -> None:
        day = Day(conn, shop.people)
        anna = day.talk("Anna", "telegram")
        day.asks(anna, "9:00", "delivery-cost")
        queue.open_ticket(conn, anna, Reason.ASKED, at(clock, 24))

    await shop.change(asks)

    assert (await report_of(shop)).total["automated"] == automated


async def test_a_ticket_that_was_merged_has_ended_and_the_other_goes_on(shop: Shop) -> None:
    def merges(conn: Connection) -> None:
        day = Day(conn, shop.people)
        one, two = (day.opens(day.talk(name, "telegram"), "9:00") for name in ("Anna", "Anna at work"))
        queue.pass_on(conn, _found(conn, one), at("9:05"), shop.people["Olga"], team="returns")
        day.claims(one, "Max", "9:10")
        queue.merge(conn, _found(conn, one), _found(conn, two), at("9:20"), shop.people["Max"])
        day.answers(one, "9:30")
        day.closes(one, "9:40", "Max")

    await shop.change(merges)

    total = (await report_of(shop)).total
    assert (total["opened"], total["closed"], total["first_answer_p50"], total["handling_p50"]) == (2, 2, 1800, 1800)


def _found(conn: Connection, key: int) -> Ticket:
    found = queue.get(conn, key)
    assert found is not None
    return found


async def test_an_empty_day_says_so_and_what_to_do(shop: Shop) -> None:
    await shop.change(lambda conn: happens(conn, shop.people))
    friday = date(2026, 11, 27)

    report = await report_of(shop, friday, friday)
    text = reports.as_text(report, friday, friday, shop.house.texts("en"))

    assert report.empty
    assert "nobody wrote" in text
    assert "--from" in text


async def test_the_report_can_be_read_as_text_json_and_csv(shop: Shop) -> None:
    await shop.change(lambda conn: happens(conn, shop.people))
    report = await report_of(shop)

    texts = {
        language: reports.as_text(report, MONDAY, MONDAY, shop.house.texts(language)) for language in ("en", "de", "ru")
    }
    body = json.loads(json.dumps(reports.as_json(report, MONDAY, MONDAY)))
    rows = list(csv.reader(io.StringIO(reports.as_csv(report))))

    assert "Automation: 33 % (1 of 3 questions" in texts["en"]
    assert "First answer: 40 s for half of them, 5 min for nine in ten" in texts["en"]
    assert "first answer late: 2, next answer late: 1" in texts["en"]
    assert all(len(text) < 3500 and "Olga" in text for text in texts.values())
    assert (body["from"], body["total"]["questions"], body["by"]["hour"]["09"]["opened"]) == ("2026-11-23", 3, 1)
    assert rows[0] == ["section", "name", "figure", "value"]
    assert ["total", "", "automation_rate", "0.3333"] in rows
    assert ["comment", "#" + str(report.comments[0].ticket_id), "2", "'=slow"] in rows
    assert {len(row) for row in rows} == {4}


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\n=1", "＝1", "＠x"])
def test_no_cell_is_taken_for_a_formula(cell: str) -> None:
    report = Report({}, {name: {} for name in reports.SECTIONS}, [(cell, 1)], [], [], empty=False)

    rows = list(csv.reader(io.StringIO(reports.as_csv(report), newline="")))

    assert rows[1] == ["unanswered", f"'{cell}", "asked", "1"]


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        (None, None, ("2026-11-19", "2026-11-25")),
        ("2026-11-01", None, ("2026-11-01", "2026-11-25")),
        (None, "2026-10-31", ("2026-10-25", "2026-10-31")),
        ("2026-11-23", "2026-11-23", ("2026-11-23", "2026-11-23")),
        ("2027-01-01", None, ("2027-01-01", "2027-01-01")),
    ],
)
def test_days_that_are_not_named_are_the_last_seven(first: str | None, last: str | None, days: tuple[str, str]) -> None:
    found = reporting.days(first, last, date(2026, 11, 25))

    assert tuple(map(str, found)) == days


@pytest.mark.parametrize(
    ("first", "last", "complaint"),
    [
        ("yesterday", None, "--from: 'yesterday' is no day; write it as 2026-11-23"),
        ("2026-02-30", None, "--from: '2026-02-30' is no day"),
        (None, "23.11.2026", "--to: '23.11.2026' is no day"),
        ("2026-11-24", "2026-11-23", "--from 2026-11-24 is later than --to 2026-11-23; give the earlier day first"),
        ("0001-01-01", "2026-11-23", "--from: '0001-01-01' is too far away"),
        ("2020-01-01", "2026-11-23", "is too long; give two years at most"),
    ],
)
def test_wrong_days_are_refused_in_one_sentence(first: str | None, last: str | None, complaint: str) -> None:
    with pytest.raises(WrongDates) as refused:
        reporting.days(first, last, date(2026, 11, 25))

    assert complaint in str(refused.value)
    assert refused.value.exit_code == 2


def test_a_percentile_is_a_span_that_really_was() -> None:
    spans = [float(n) for n in range(1, 11)]

    assert [percentile(spans, share) for share in (50, 90, 100)] == [5, 9, 10]
    assert (percentile([7], 50), percentile([7], 90), percentile([], 50)) == (7, 7, None)


async def test_managers_get_the_figures_of_yesterday_once_when_it_is_time(shop: Shop) -> None:
    await shop.change(lambda conn: happens(conn, shop.people))
    told = []
    for moment in (at("7:59", 24), at("8:00", 24), at("8:01", 24), at("23:00", 24), at("9:00", 26), at("9:00", 27)):
        shop.now = moment
        for _ in range(2):
            await reporting.send_digest(shop.house, shop.now)
        told.append(await shop.told())

    assert told == [[], [("Maria", "Report: Mon, Nov 23, 2026")], [], [], [], []]


async def test_the_digest_can_be_switched_off_and_moved(shop: Shop, tmp_path: Path) -> None:
    await shop.change(lambda conn: happens(conn, shop.people))
    sent = []
    for text in ('[reports]\ndigest_at = "off"', '[reports]\ndigest_at = "19:30"'):
        shop.rule(text, tmp_path)
        for moment in (at("19:29", 24), at("19:30", 24)):
            shop.now = moment
            sent.append(await reporting.send_digest(shop.house, shop.now))

    assert sent == [0, 0, 0, 1]
    assert timedelta(0) < shop.now - at("19:29", 24)
