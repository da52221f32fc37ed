"""What managers do: read figures, hear of low scores, look at closed tickets; and that operators cannot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.domain.conversation import Author, Place, Pressed, Said, Where
from bot.domain.message import Content, ContentKind, plain
from bot.domain.people import Role
from bot.handlers import desk, feedback, in_a_row, menus, rooms
from bot.handlers.private import Desk
from bot.handlers.turn import Sayings, Turn
from bot.handoff import queue, staff
from bot.handoff.ticket import Ticket
from bot.messaging import conversations
from bot.quality import checks, csat, facts
from bot.storage import schema
from bot.storage.database import Database
from tests.handoff.business import MONDAY
from tests.handoff.shop import Shop, open_shop


@pytest.fixture
async def shop(database: Database) -> Shop:
    shop = open_shop(database)
    await shop.hires("Olga")
    await shop.hires("Max")
    await shop.hires("Maria", Role.MANAGER)
    await shop.hires("Ada", Role.ADMIN)
    return shop


async def privately(shop: Shop, name: str, text: str = "", action: str = "") -> Sayings | None:
    """Let somebody of the staff write something privately, or press a button."""
    place = Place("telegram", f"7{list(shop.people).index(name)}")
    author, said = Author(place.chat, name), None
    if not action:
        said = Said(place, Where.PRIVATE, author, shop.now, "m2", Content(ContentKind.TEXT, plain(text)))
    incoming = said or Pressed(place, Where.PRIVATE, author, shop.now, "p1", "m1", action)
    shop.house.clock = lambda: shop.now
    asked = await in_a_row.asked_of(shop.house, said if text.startswith("/") else None)

    def work(conn: Connection) -> Sayings | None:
        person = staff.get(conn, shop.people[name])
        assert person is not None
        return rooms.spoken(Desk(shop.house, conn, shop.now, person, place, asked), incoming)

    return await shop.change(work)


def texts(sayings: Sayings | None) -> list[str]:
    return [str(one.outgoing.body["text"]["text"]) for one in sayings or [] if one.outgoing.act == "say"]


def labels(sayings: Sayings | None) -> list[list[str]]:
    """Return the labels of the last buttons that were shown."""
    rows = [one.outgoing.body["buttons"] for one in sayings or [] if one.outgoing.body.get("buttons")]
    return [[button[0] for button in row] for row in rows[-1]] if rows else []


async def closed(shop: Shop, name: str, by: str) -> Ticket:
    """Let a customer be answered and closed by somebody."""
    ticket = await shop.asks(name)

    def work(conn: Connection) -> Ticket:
        queue.claim(conn, ticket.id, shop.people[by], shop.now)
        found = queue.get(conn, ticket.id)
        assert found is not None
        return queue.close(conn, queue.answered(conn, found, shop.now), shop.now, shop.people[by])

    return await shop.change(work)


async def test_managers_and_admins_read_figures_and_operators_are_told_that_they_cannot(shop: Shop) -> None:
    await closed(shop, "Anna", "Olga")

    said = {name: texts(await privately(shop, name, "/report")) for name in ("Maria", "Ada", "Olga")}

    assert said["Olga"] == ["Only managers and admins can do this."]
    assert said["Maria"] == said["Ada"]
    assert "Report: Tue, Nov 17, 2026 – Mon, Nov 23, 2026" in said["Maria"][0]
    assert "1 customer wrote 1 message; 1 ticket was opened or reopened." in said["Maria"][0]


async def test_a_report_of_wrong_days_says_how_to_write_them(shop: Shop) -> None:
    for wrong in ("/report soon", "/report 2026-11-23 2026-11-01", "/report 23.11.2026"):
        assert texts(await privately(shop, "Maria", wrong)) == [
            "Please write the days as 2026-11-23, the earlier one first: /report 2026-11-16 2026-11-22"
        ]
    assert "nobody wrote" in texts(await privately(shop, "Maria", "/report 2026-10-01 2026-10-02"))[0]


async def test_the_menu_and_the_help_name_what_a_role_may_do(shop: Shop) -> None:
    people = {person.name: person for person in await shop.change(staff.everybody)}

    offered = {name: {line[0] for line in menus.of_person(shop.house, one)} for name, one in people.items()}
    helped = texts(await privately(shop, "Maria", "/help"))[0]

    assert {name: {"report", "sample"} <= names for name, names in offered.items()} == {
        "Olga": False,
        "Max": False,
        "Maria": True,
        "Ada": True,
    }
    assert "/report – " in helped
    assert "/report – " not in texts(await privately(shop, "Olga", "/help"))[0]


async def test_the_draw_goes_round_the_operators_and_is_the_same_for_the_same_seed(shop: Shop) -> None:
    for number in range(8):
        await closed(shop, f"C{number}", "Max" if number == 7 else "Olga")
    still_open = await shop.asks("Eve")
    day = timedelta(days=1)

    def drawn(conn: Connection, seed: str) -> list[tuple[int, int]]:
        found = checks.draw(conn, shop.now - day, shop.now + day, seed, 4)
        return [(one.ticket_id, one.staff_id) for one in found]

    first = await shop.change(lambda conn: drawn(conn, "2026-11-23"))
    others = [await shop.change(lambda conn, seed=seed: drawn(conn, seed)) for seed in "abcdef"]  # type: ignore[misc]

    assert first == await shop.change(lambda conn: drawn(conn, "2026-11-23"))
    assert Counter(staff for _, staff in first) == {shop.people["Olga"]: 3, shop.people["Max"]: 1}
    assert {staff for _, staff in first[:2]} == {shop.people["Olga"], shop.people["Max"]}
    assert len({tuple(one) for one in others}) > 1
    assert still_open.id not in {ticket for ticket, _ in first}


async def test_a_manager_looks_at_a_ticket_with_buttons_and_a_word(shop: Shop) -> None:
    ticket = await closed(shop, "Anna", "Olga")

    shown = await privately(shop, "Maria", "/sample")
    for press in ("a1", "t0", "c1", "s4", "s4"):
        after = await privately(shop, "Maria", action=f"qc:{press}:{ticket.id}")
    await privately(shop, "Maria", action=f"qc:w:{ticket.id}")
    kept = texts(await privately(shop, "Maria", "A little dry"))

    assert "Olga, closed today at 10:00" in texts(shown)[0]
    assert "/console/conversations/" in texts(shown)[0] or "t.me" in texts(shown)[0]
    assert labels(shown)[0] == ["Answered what was asked", "Not answered"]
    assert labels(after)[:4] == [
        ["● Answered what was asked", "Not answered"],
        ["Tone was right", "● Tone was wrong"],
        ["● Right canned answer, or rightly none", "Wrong canned answer"],
        ["1", "2", "3", "● 4", "5"],
    ]
    assert kept == [f"Noted on #{ticket.id}."]
    found = await shop.change(lambda conn: checks.of(conn, ticket.id))
    assert found == checks.Check(ticket.id, answered=True, tone=False, canned=True, score=4, comment="A little dry")
    assert texts(await privately(shop, "Maria", "/sample"))[0].startswith("Every answered ticket")
    assert "checked 4.00 of 5 (1)" in texts(await privately(shop, "Maria", "/report"))[0]


async def test_where_nothing_was_closed_a_manager_hears_that_and_not_that_all_was_looked_at(shop: Shop) -> None:
    await shop.asks("Anna")

    told = texts(await privately(shop, "Maria", "/sample"))

    assert told == ["No answered ticket was closed in the last seven days."]


async def test_nobody_but_managers_can_check_and_a_made_up_button_says_nothing(shop: Shop) -> None:
    ticket = await closed(shop, "Anna", "Olga")

    for name, action in (
        ("Olga", f"qc:s5:{ticket.id}"),
        ("Maria", f"qc:s9:{ticket.id}"),
        ("Maria", "qc:s5:99999"),
        ("Maria", "qc:"),
    ):
        await privately(shop, name, action=action)
    await privately(shop, "Olga", "/sample")

    rows = await shop.change(lambda conn: conn.execute(select(schema.quality_checks)).all())
    assert rows == []


async def test_a_comment_can_be_left(shop: Shop) -> None:
    ticket = await closed(shop, "Anna", "Olga")
    await privately(shop, "Maria", action=f"qc:w:{ticket.id}")

    await privately(shop, "Maria", "/cancel")

    assert await privately(shop, "Maria", "hello") is None
    assert (await shop.change(lambda conn: checks.of(conn, ticket.id))).comment == ""


async def rated(shop: Shop, ticket: Ticket, score: int, comment: str = "") -> None:
    """Let a customer press a score, and write a word if there is one."""

    def work(conn: Connection) -> None:
        conversation = conversations.get(conn, ticket.conversation_id)
        assert conversation is not None
        turn = Turn(shop.house, conn, shop.now, conversation)
        place, author = conversation.place, Author(conversation.place.chat, conversation.name)
        csat.ask(conn, ticket.id, shop.now)
        press = Pressed(place, Where.PRIVATE, author, shop.now, "p9", "m9", f"csat:{ticket.id}:{score}")
        turn.carry(feedback.rate(turn, press, str(ticket.id), str(score)))
        if comment:
            content = Content(ContentKind.TEXT, plain(comment))
            turn.carry(feedback.comment(turn, Said(place, Where.PRIVATE, author, shop.now, "m10", content)))

    await shop.change(work)


@pytest.mark.parametrize("score", [1, 2, 3, 5])
async def test_a_low_score_and_its_comment_come_to_the_managers_privately_once(shop: Shop, score: int) -> None:
    ticket = await closed(shop, "Anna", "Olga")

    await rated(shop, ticket, score, "nobody listened")
    await rated(shop, ticket, score)

    maria = [text for who, text in await shop.told() if who == "Maria"]
    low = [
        f"#{ticket.id} Anna · gave {score} of 5. Olga had the chat.",
        f"#{ticket.id} Anna · gave {score} of 5 (Olga had the chat) and writes: nobody listened",
    ]
    assert maria == (low if score <= 2 else [])


async def test_a_score_counts_for_who_had_the_chat_when_the_customer_was_asked(shop: Shop) -> None:
    ticket = await closed(shop, "Anna", "Olga")
    await shop.change(lambda conn: csat.ask(conn, ticket.id, shop.now))
    await shop.hires("Max")

    def goes_on(conn: Connection) -> None:
        queue.claim(conn, queue.reopen(conn, ticket, shop.now).id, shop.people["Max"], shop.now)

    await shop.change(goes_on)
    await rated(shop, ticket, 1)

    told = [text for who, text in await shop.told() if who == "Maria"]
    assert told == [f"#{ticket.id} Anna · gave 1 of 5. Olga had the chat."]
    day = MONDAY.replace(hour=0)
    read = await shop.house.database.read(lambda conn: facts.gather(conn, day, day + timedelta(days=1)))
    assert [one.staff_id for one in read.scores] == [shop.people["Olga"]]


async def test_from_which_score_on_managers_hear_of_it_can_be_set(shop: Shop, tmp_path: Path) -> None:
    shop.rule("[reports]\nlow_score = 0", tmp_path)
    await rated(shop, await closed(shop, "Anna", "Olga"), 1)
    none = [who for who, _ in await shop.told() if who == "Maria"]

    shop.rule("[reports]\nlow_score = 3", tmp_path)
    await rated(shop, await closed(shop, "Ben", "Olga"), 3)

    assert (none, [who for who, _ in await shop.told() if who == "Maria"]) == ([], ["Maria"])


async def test_five_scores_stand_in_one_row_and_a_ticket_is_asked_about_once(shop: Shop) -> None:
    ticket = await shop.asks()
    rows: list[Sequence[object]] = []

    def close(conn: Connection) -> None:
        person = staff.get(conn, shop.people["Olga"])
        assert person is not None
        hand = desk.hand_on_ticket(shop.house, conn, person, ticket.id)
        assert hand is not None
        desk.claim(hand)
        desk.close(hand)
        asked = conn.execute(select(schema.outbox.c.body).where(schema.outbox.c.chat == "cAnna")).scalars()
        rows.extend(row for body in asked for row in body.get("buttons", []) if str(row[0][1]).startswith("csat:"))
        found = queue.get(conn, ticket.id)
        assert found is not None
        queue.reopen(conn, found, shop.now)

    await shop.change(close)
    await shop.change(close)

    assert [len(row) for row in rows[:1]] == [5]
    assert len({str(row) for row in rows}) == 1


async def test_a_manager_takes_any_chat_over(shop: Shop) -> None:
    ticket = await shop.asks()

    def work(conn: Connection) -> int | None:
        people = {person.name: person for person in staff.everybody(conn)}
        for name, act in (("Olga", desk.claim), ("Maria", desk.take_over)):
            hand = desk.hand_on_ticket(shop.house, conn, people[name], ticket.id)
            assert hand is not None
            assert isinstance(act(hand), desk.Done)
        found = queue.get(conn, ticket.id)
        return found.staff_id if found else None

    assert await shop.change(work) == shop.people["Maria"]
