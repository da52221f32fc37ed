"""What the figures of a day count, and how they are said, beyond the day that is counted by hand."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import Connection, select

from bot.channels.telegram import requests
from bot.domain.conversation import Place
from bot.domain.message import units
from bot.domain.people import Role
from bot.domain.ports import Act, Outgoing
from bot.handlers import reporting
from bot.handlers.reporting import Counted
from bot.handoff import queue, staff
from bot.handoff.ticket import Reason
from bot.quality import checks, reports
from bot.quality.metrics import Report, told_apart
from bot.storage import schema
from tests.handoff.shop import Shop
from tests.handoff.test_hand_counted_day import MONDAY, Day, at, happens, report_of, shop

__all__ = ["shop"]
TUESDAY = date(2026, 11, 24)


async def test_a_wait_counts_on_the_day_it_began_though_nobody_did_anything_on_that_day(shop: Shop) -> None:
    def happens(conn: Connection) -> None:
        day = Day(conn, shop.people)
        anna = day.talk("Anna", "telegram")
        ticket = day.opens(anna, "17:00")
        day.claims(ticket, "Olga", "17:00:10")
        day.answers(ticket, "17:00:20")
        day.says(anna, "10:00", ticket, day=24)

    await shop.change(happens)

    total = (await report_of(shop, TUESDAY, TUESDAY)).total
    assert (total["messages"], total["promises"], total["breaches_next_answer"]) == (1, 1, 1)


@pytest.mark.parametrize("left", [False, True])
async def test_what_staff_try_out_with_the_bot_is_no_customers(shop: Shop, left: bool) -> None:  # noqa: FBT001 a case
    await shop.change(lambda conn: happens(conn, shop.people))
    counted = await report_of(shop)

    def tries(conn: Connection) -> None:
        day = Day(conn, shop.people)
        max_ = day.talk("71", "telegram")
        day.asks(max_, "9:05", "delivery-cost")
        ticket = day.opens(max_, "9:06")
        day.claims(ticket, "Olga", "9:07")
        day.answers(ticket, "9:08")
        day.closes(ticket, "9:09", "Olga")
        day.scores(ticket, 1, "a try", "9:10")
        checks.say(conn, ticket, shop.people["Maria"], at("12:00"), {"score": 1})
        if left:
            staff.change(conn, shop.people["Max"], disabled=True)

    await shop.change(tries)

    assert await report_of(shop) == counted


async def test_a_customer_whose_address_elsewhere_reads_like_somebodys_telegram_id_counts(shop: Shop) -> None:
    def asks(conn: Connection) -> None:
        day = Day(conn, shop.people)
        day.asks(day.talk("71", "webchat"), "9:05")

    await shop.change(asks)

    assert (await report_of(shop)).total["questions"] == 1


async def said(shop: Shop, report: Report, language: str) -> list[str]:
    return reports.as_text(report, MONDAY, MONDAY, shop.house.texts(language)).splitlines()


WORDS = {
    "en": [
        "1 customer wrote 1 message; 1 ticket was opened or reopened.",
        "Automation: 0 % (0 of 1 question answered by the bot, without a person within a day)",
        "CSAT: 5.00 of 5, 100 % gave 4 or 5 (1 score)",
        (
            "• web chat: 1 question, 0 % automatic, 1 ticket, first answer 60 s"
            ", 1 closed, handling 4 min, promises 100 %, CSAT 5.00 (1)"
        ),
    ],
    "de": [
        "1 Kundin oder Kunde schrieb 1 Nachricht; 1 Ticket wurde geöffnet oder wieder geöffnet.",
        "Automatisch: 0 % (0 von 1 Frage vom Bot beantwortet, ohne einen Menschen binnen eines Tages)",
        "CSAT: 5,00 von 5, 100 % gaben 4 oder 5 (1 Bewertung)",
        (
            "• Web-Chat: 1 Frage, 0 % automatisch, 1 Ticket, erste Antwort 60 s"
            ", 1 geschlossen, Bearbeitung 4 min, Versprechen 100 %, CSAT 5,00 (1)"
        ),
    ],
    "ru": [
        "1 клиент написал 1 сообщение; открыто или возобновлено 1 обращение.",
        "Автоматизация: 0 % (0 из 1 вопроса закрыл бот, без человека в течение суток)",
        "CSAT: 5,00 из 5, 4 и 5 поставили 100 % (1 оценка)",
        (
            "• веб-чат: 1 вопрос, автоматически 0 %, 1 обращение, первый ответ 60 с"
            ", закрыто 1, обработка 4 мин, сроки 100 %, CSAT 5,00 (1)"
        ),
    ],
}


@pytest.mark.parametrize("language", list(WORDS))
async def test_one_of_each_is_said_as_one_and_a_channel_by_its_name(shop: Shop, language: str) -> None:
    def asks(conn: Connection) -> None:
        day = Day(conn, shop.people)
        anna = day.talk("Anna", "webchat")
        day.asks(anna, "9:00")
        ticket = opened_at_once(day, anna)
        day.claims(ticket, "Olga", "9:00:30")
        day.answers(ticket, "9:01")
        day.closes(ticket, "9:05", "Olga")
        day.scores(ticket, 5, "", "9:06")

    await shop.change(asks)

    lines = await said(shop, await report_of(shop), language)
    assert [line for line in WORDS[language] if line not in lines] == [], lines


def opened_at_once(day: Day, who: int) -> int:
    """Open a ticket by the question itself, with no further word."""
    return queue.open_ticket(day.conn, who, Reason.NO_MATCH, at("9:00"))[0].id


async def test_without_a_score_or_a_question_the_report_says_so(shop: Shop) -> None:
    await shop.change(
        lambda conn: Day(conn, shop.people).opens(Day(conn, shop.people).talk("Anna", "telegram"), "9:00")
    )

    lines = await said(shop, await report_of(shop), "en")

    assert {"CSAT: nobody gave a score", "Automation: nobody asked the bot anything"} <= set(lines)


async def test_who_only_closed_chats_is_shown_with_that(shop: Shop) -> None:
    def happens(conn: Connection) -> None:
        day = Day(conn, shop.people)
        ticket = day.opens(day.talk("Anna", "telegram"), "9:00")
        day.claims(ticket, "Olga", "9:01")
        day.answers(ticket, "9:02")
        day.closes(ticket, "9:06", "Max")

    await shop.change(happens)

    assert "• Max: 1 closed, handling 5 min" in await said(shop, await report_of(shop), "en")


async def test_words_of_others_are_no_markup_in_telegram_and_no_lines_of_the_report(shop: Shop) -> None:
    hostile = "<b>*Eve*</b>\n• Olga: 100 tickets [x](http://evil.example)"
    tickets = await shop.change(lambda conn: happens(conn, shop.people))

    def renames(conn: Connection) -> None:
        conn.execute(schema.staff.update().where(schema.staff.c.id == shop.people["Max"]), {"name": hostile})
        conn.execute(schema.csat.update().where(schema.csat.c.ticket_id == tickets["Cleo"]), {"comment": hostile})
        conn.execute(schema.question_groups.update(), {"example": hostile})

    await shop.change(renames)
    texts = shop.house.texts("en")
    counted = Counted(MONDAY, MONDAY, await report_of(shop))
    told = [
        requests.write(Place("telegram", "70"), _saying(text.to_dict()))[1] for text in counted.messages(texts, 4096)
    ]

    assert [sorted(body) for body in told] == [["chat_id", "text"]]
    assert told[0]["text"].count("<b>*Eve*</b> • Olga: 100 tickets") == 3
    assert [line for line in told[0]["text"].splitlines() if line.startswith("• Olga: 100")] == []


def _saying(text: dict[str, object]) -> Outgoing:
    return Outgoing(Act.SAY, {"text": text})


async def test_a_report_too_long_for_a_message_comes_as_several_with_nothing_left_out(shop: Shop) -> None:
    for number in range(12):
        await shop.hires(f"Operator {number:02} " + "x" * 60)
    await shop.hires("Ada", Role.ADMIN)
    await shop.change(lambda conn: happens(conn, shop.people))
    report = await report_of(shop)
    figures = report.by["operator"]["Olga"]
    crowd = {f"Somebody {number:02} " + "x" * 60: figures for number in range(12)}
    crowded = replace(report, by={**report.by, "operator": crowd, "category": crowd, "channel": crowd})

    told = Counted(MONDAY, MONDAY, crowded).messages(shop.house.texts("ru"), 4096)

    assert len(told) > 1
    assert max(units(one.text) for one in told) <= 4096
    text = "\n".join(one.text for one in told)
    assert [text.count(f"• Somebody {number:02}") for number in range(12)] == [3] * 12


async def test_a_digest_too_long_for_a_message_comes_as_several(shop: Shop) -> None:
    def busy(conn: Connection) -> None:
        day = Day(conn, shop.people)
        for number in range(10):
            group = {
                "language": "en",
                "stems": f"s{number}",
                "example": f"{number} " + "long " * 60,
                "last_at": at("9:00"),
            }
            made = conn.execute(schema.question_groups.insert().returning(schema.question_groups.c.id), group)
            day.asks(day.talk(f"c{number}", "telegram"), "9:00", group=made.scalar_one())

    await shop.change(busy)
    shop.house.capabilities = {name: replace(can, max_text=600) for name, can in shop.house.capabilities.items()}

    await reporting.send_digest(shop.house, at("8:30", 24))

    out = schema.outbox
    bodies = await shop.house.database.read(
        lambda conn: list(conn.execute(select(out.c.body).order_by(out.c.id)).scalars())
    )
    assert len(bodies) > 1
    assert max(units(body["text"]["text"]) for body in bodies) <= 600


PROMISED = {
    *("questions", "automated", "automation_rate", "opened", "closed"),
    *("first_answer_p50", "first_answer_p90", "handling_p50", "handling_p90"),
    *("sla_kept", "promises", "csat_number", "csat_mean", "csat_good"),
}


async def test_every_form_of_the_report_has_what_managers_are_promised(shop: Shop) -> None:
    await shop.change(lambda conn: happens(conn, shop.people))
    report = await report_of(shop)

    body = reports.as_json(report, MONDAY, MONDAY)
    cells = list(csv.reader(io.StringIO(reports.as_csv(report))))
    lines = await said(shop, report, "en")

    sections = {"operator": "Olga", "channel": "webchat", "category": "delivery", "hour": "09"}
    for section, name in sections.items():
        assert set(body["by"][section][name]) >= PROMISED
        assert {figure for where, who, figure, _ in cells if (where, who) == (section, name)} >= PROMISED
    assert set(body["total"]) >= PROMISED | {"conversations", "messages"}
    assert {figure for where, _, figure, _ in cells if where == "total"} == set(body["total"])
    assert [body["unanswered"], body["handed_over"]] == [
        [{"question": "do you have gaiwans", "asked": 1}],
        [{"entry": "delivery-cost", "hand_overs": 1}],
    ]
    assert lines[2:9] == [
        "5 customers wrote 10 messages; 4 tickets were opened or reopened.",
        "Automation: 33 % (1 of 3 questions answered by the bot, without a person within a day)",
        "First answer: 40 s for half of them, 5 min for nine in ten",
        "Handling: 6 min for half of them, 20 min for nine in ten",
        "Promises kept: 62 % of 8",
        "  first answer late: 2, next answer late: 1",
        "CSAT: 3.50 of 5, 50 % gave 4 or 5 (2 scores)",
    ]
    assert {"By operator", "By channel", "By category", "• Delivery: 2 questions, 50 % automatic"} <= set(lines)
    assert "Busiest hours: 09:00 (3), 10:00 (2), 11:00 (1)" in lines
    assert lines[-9:-4] == [
        "Asked most without a sure answer",
        "• 1× do you have gaiwans",
        "",
        "Entries after which most came to a person",
        "• 1× delivery-cost",
    ]


async def test_operators_of_one_name_have_a_line_each_with_their_numbers(shop: Shop) -> None:
    await shop.change(lambda conn: staff.change(conn, shop.people["Max"], name="Olga"))
    await shop.change(lambda conn: happens(conn, shop.people))

    by = (await report_of(shop)).by["operator"]

    olga, max_ = (f"Olga #{shop.people[name]}" for name in ("Olga", "Max"))
    assert {name: one["first_answer_p50"] for name, one in by.items()} == {olga: 40, max_: 300}


def test_a_name_that_looks_like_somebody_elses_number_is_told_apart_as_well() -> None:
    assert told_apart({1: "Max", 2: "max", 3: "Max #1", 4: "Ada"}) == {
        1: "Max #1",
        2: "max #2",
        3: "Max #1 #3",
        4: "Ada",
    }
