"""What somebody changed or took back, as the console shows it: the line stays, and says what became of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.channels.webchat import NAME
from bot.domain.message import Content, ContentKind, plain
from bot.domain.ports import Receipt
from bot.handlers import card, marks
from bot.handoff import notes
from bot.handoff.ticket import Ticket
from bot.messaging import outbox, transcript
from bot.messaging.transcript import Line
from bot.storage import schema
from tests.web.office import Desk, Office


def at(ticket: Ticket, action: str = "") -> str:
    return f"/console/conversations/{ticket.conversation_id}" + (f"/{action}" if action else "")


async def delivers(office: Office, failing: str = "", unsure: str = "") -> list[str]:
    """Deliver all that waits for customers, as the loops do; return what was done."""
    done: list[str] = []

    def deliver(conn: Connection) -> int:
        now = office.clock()
        taken = outbox.claim(conn, now, 50, [NAME], lambda _: True)
        for one in taken:
            done.append(one.outgoing.act.value)
            if one.outgoing.act.value == failing:
                outbox.settle_failed(conn, one.id, "it is too old", now)
                continue
            if one.outgoing.act.value == unsure:
                outbox.settle_uncertain(conn, replace(one, repeated=True), "the line broke", timedelta(0), now)
                continue
            receipt = Receipt(str(one.id))
            outbox.settle_sent(conn, one, receipt, now)
            marks.arrived(office.house, conn, one, receipt, now)
        return len(taken)

    while await office.change(deliver):
        pass
    return done


async def last_line(office: Office, ticket: Ticket, author: str) -> Line:
    def read(conn: Connection) -> Line:
        lines = transcript.last(conn, ticket.conversation_id)
        return [line for line in lines if line.author == author][-1]

    return await office.read(read)


def bubble(page: str, line: Line) -> str:
    found = re.search(rf'<article[^>]*id="m{line.id}">.*?</article>', page, re.DOTALL)
    assert found, page
    return found[0]


async def answered(office: Office, text: str = "It costs 50 €.") -> tuple[Desk, Ticket, Line]:
    ticket, olga = await office.waiting(), await office.desk("Olga")
    await olga.press(at(ticket, "say"), text=text)
    await delivers(office)
    return olga, ticket, await last_line(office, ticket, transcript.OPERATOR)


async def test_an_operator_takes_delivered_words_back_and_the_line_stays_marked(office: Office) -> None:
    olga, ticket, line = await answered(office)
    before = bubble((await olga.page(at(ticket))).text, line)

    answer = await olga.press(at(ticket, "take-back"), line=str(line.id))
    meanwhile = bubble((await olga.page(at(ticket))).text, line)
    done = await delivers(office)
    after = bubble((await olga.page(at(ticket))).text, line)

    assert f'name="line" value="{line.id}"' in before
    assert "Delete this message for Anna?" in before
    assert answer.status_code == 200
    assert "is being taken back" in meanwhile
    assert "delete" in done
    assert "taken back" in after
    assert "It costs 50 €." in after
    assert 'name="line"' not in before.replace(f'name="line" value="{line.id}"', "") + meanwhile + after


async def test_the_history_for_the_topic_marks_what_was_taken_back(office: Office) -> None:
    olga, ticket, line = await answered(office, "That was wrong!!")

    async def history() -> str:
        texts = office.house.texts("en")
        return (await office.read(lambda conn: card.history(conn, ticket.conversation_id, texts))).text

    before = await history()
    await olga.press(at(ticket, "take-back"), line=str(line.id))
    await delivers(office)

    assert "Olga: That was wrong!!" in before
    assert "Olga: [taken back] That was wrong!!" in await history()


async def test_words_that_are_still_on_their_way_carry_no_button(office: Office) -> None:
    ticket, olga = await office.waiting(), await office.desk("Olga")
    await olga.press(at(ticket, "say"), text="It costs 50 €.")
    line = await last_line(office, ticket, transcript.OPERATOR)

    assert 'name="line"' not in bubble((await olga.page(at(ticket))).text, line)


async def test_a_try_that_failed_or_may_have_is_told_on_the_line_and_can_be_made_again(office: Office) -> None:
    olga, ticket, line = await answered(office)

    await olga.press(at(ticket, "take-back"), line=str(line.id))
    await delivers(office, failing="delete")
    failed = bubble((await olga.page(at(ticket))).text, line)
    await olga.press(at(ticket, "take-back"), line=str(line.id))
    await delivers(office, unsure="delete")
    unsure = bubble((await olga.page(at(ticket))).text, line)
    await olga.press(at(ticket, "take-back"), line=str(line.id))
    await delivers(office)
    done = bubble((await olga.page(at(ticket))).text, line)

    assert "Not taken back, the customer still sees it: it is too old" in failed
    assert "It is not known whether this was taken back." in unsure
    assert ('name="line"' in failed, 'name="line"' in unsure, 'name="line"' in done) == (True, True, False)
    assert "taken back" in done


async def test_a_colleagues_words_in_a_colleagues_chat_are_not_mine_to_take_back(office: Office) -> None:
    _, ticket, line = await answered(office)
    max_, ada = await office.desk("Max"), await office.desk("Ada")

    seen = bubble((await max_.page(at(ticket))).text, line)
    refused = await max_.press(at(ticket, "take-back"), line=str(line.id))

    assert 'name="line"' not in seen
    assert (refused.status_code, refused.json()["refusal"][:20]) == (409, "Nothing was deleted:")
    assert 'name="line"' in bubble((await ada.page(at(ticket))).text, line)


@pytest.mark.parametrize("wanted", ["theirs", "customer", "0", "", "x"])
async def test_nothing_but_words_of_ours_in_this_conversation_is_taken_back(office: Office, wanted: str) -> None:
    olga, _, theirs = await answered(office)
    ticket = await office.waiting("Berta")
    customers = await last_line(office, ticket, transcript.CUSTOMER)
    key = {"theirs": str(theirs.id), "customer": str(customers.id)}.get(wanted, wanted)

    refused = await olga.press(at(ticket, "take-back"), line=key)

    assert refused.status_code == 409
    assert await delivers(office) == []


async def test_a_changed_line_says_so_and_shows_how_it_read_before(office: Office) -> None:
    ticket, olga = await office.waiting("Anna", "I live in Mill Road <1>"), await office.desk("Olga")
    line = await last_line(office, ticket, transcript.CUSTOMER)
    content = Content(ContentKind.TEXT, plain("I live in Hill Road"))
    await office.change(lambda conn: transcript.edit(conn, line, content, office.clock()))

    seen = bubble((await olga.page(at(ticket))).text, line)

    folded = seen[seen.index("<details") : seen.index("</details>")]
    assert ">edited</summary>" in folded
    assert "I live in Mill Road &lt;1&gt;" in folded
    assert "I live in Hill Road" not in folded
    assert "I live in Hill Road" in seen


async def test_notes_and_ends_of_tickets_stand_where_they_were_also_on_pages_of_older_lines(office: Office) -> None:
    said = [f"line {number}" for number in range(150)]  # and the question how it was, when it is closed
    ticket, olga = await office.waiting("Anna", *said), await office.desk("Olga")
    office.clock.forward(minutes=1)
    await olga.press(at(ticket, "say"), text="//a note at the end")
    await olga.press(at(ticket, "close"))
    first = (await olga.page(at(ticket))).text
    before = re.search(r"before=(\d+)", first)
    assert before

    older = (await olga.page(f"{at(ticket)}?before={before[1]}")).text

    assert ("a note at the end" in first, "a note at the end" in older) == (True, False)
    assert ('class="event"' in first, 'class="event"' in older) == (True, False)
    assert ("line 50<" in first, "line 50<" in older) == (False, True)
    assert ("line 51<" in first, "line 51<" in older) == (True, False)


async def test_a_note_reads_as_it_stands_now(office: Office) -> None:
    ticket, olga = await office.waiting(), await office.desk("Olga")
    await olga.press(at(ticket, "say"), text="//she pays cash")
    (note,) = await office.read(lambda conn: notes.of(conn, ticket.conversation_id))
    table = schema.notes
    await office.change(lambda conn: conn.execute(table.update().where(table.c.id == note.id), {"text": "by card"}))

    page = (await olga.page(at(ticket))).text

    assert "she pays cash" not in page
    assert "by card" in page
