"""The answer library in the console: chips that send, a search, and the text that goes into the composer first."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import Connection, select

from bot.domain.conversation import Author, Place, Said, Where
from bot.domain.message import Content, ContentKind, plain
from bot.faq import groups, store
from bot.faq.entry import FaqEntry, Text
from bot.handlers import customer
from bot.handlers.question import Asked
from bot.handlers.turn import Turn
from bot.handoff import canned
from bot.handoff.canned import CannedAnswer
from bot.handoff.ticket import State, Ticket
from bot.messaging import conversations
from bot.storage import schema
from tests.web.office import Office
from tests.web.test_console_page import at, current, to_customer

CANNED = [
    CannedAnswer("hello", {"en": "Hello, {operator.name} here."}, "opening", ("hello", "good morning")),
    CannedAnswer("late", {"en": "Your order **{order.number}** is late."}, "orders", ("my parcel is late",)),
    CannedAnswer("german", {"de": "Guten Tag"}, "opening", ("gday mate",)),
]


@pytest.fixture
async def library(office: Office) -> Office:
    await office.change(lambda conn: canned.seed(conn, CANNED, office.clock()))
    return office


async def says(office: Office, ticket: Ticket, text: str) -> None:
    """Let the customer of a ticket write, as the front door does it."""
    match, snapshot = await office.house.knowledge_base.match(text)
    now = office.clock()

    def work(conn: Connection) -> None:
        found = conversations.get(conn, ticket.conversation_id, lock=True)
        assert found
        turn = Turn(office.house, conn, now, found)
        author = Author(found.place.chat, found.name, made_up=True)
        content = Content(ContentKind.TEXT, plain(text))
        said = Said(Place("webchat", found.place.chat), Where.PRIVATE, author, now, f"m{text}", content)
        turn.carry(customer.said(turn, said, Asked(match, snapshot), new=False))

    await office.change(work)


def chips(page: str) -> list[tuple[str, str]]:
    """Return the titles of what is proposed, with their keys."""
    found = page.partition('data-region="proposals"')[2].partition("</div>")[0]
    return re.findall(r'data-key-press="(\d)".*?<b dir="auto">([^<]*)</b>', found)


def fields(page: str, title: str) -> dict[str, str]:
    """Return the hidden fields of the form that sends an answer."""
    form = next(one for one in re.findall(r'<form class="ready".*?</form>', page, re.DOTALL) if f">{title}</b>" in one)
    return {
        key: value for key, value in re.findall(r'name="([a-z]+)" value="([^"]*)"', form) if key not in {"csrf", "edit"}
    }


async def test_a_proposed_answer_is_sent_claims_the_chat_and_is_counted(library: Office) -> None:
    ticket = await library.waiting()
    olga = await library.desk("Olga")
    await says(library, ticket, "hello")
    page = (await olga.page(at(ticket))).text

    answer = await olga.press(at(ticket, "offer"), **fields(page, "hello"))

    assert chips(page) == [("1", "hello")]
    assert (answer.status_code, answer.json()["text"]) == (200, "Sent.")
    assert (await to_customer(library))[-1] == "Hello, Olga here."
    now = await current(library, ticket)
    assert (now.staff_id, now.state) == (library.people["Olga"], State.WAITING_FOR_CUSTOMER)
    assert chips((await olga.page(at(ticket))).text) == []
    known = await library.read(lambda conn: canned.get(conn, "hello"))
    assert known
    assert known.used == 1
    sent = await library.read(lambda conn: conn.execute(select(schema.proposals)).one())
    assert (sent.sent, sent.sent_by, sent.ticket_id) == ([0], library.people["Olga"], ticket.id)


async def test_the_same_proposal_is_not_sent_twice(library: Office) -> None:
    ticket = await library.waiting()
    olga = await library.desk("Olga")
    await says(library, ticket, "hello")
    form = fields((await olga.page(at(ticket))).text, "hello")

    first = await olga.press(at(ticket, "offer"), **form)
    again = await olga.press(at(ticket, "offer"), **form)

    assert (first.status_code, again.status_code) == (200, 409)
    assert (await to_customer(library)).count("Hello, Olga here.") == 1


async def test_the_same_answer_below_another_line_goes_out_again_only_after_a_moment(library: Office) -> None:
    ticket = await library.waiting()
    olga = await library.desk("Olga")
    codes = []
    for seconds in (0, 3, 20):
        library.clock.forward(seconds=seconds)
        await says(library, ticket, "hello" + "!" * seconds)
        codes.append(await olga.press(at(ticket, "offer"), **fields((await olga.page(at(ticket))).text, "hello")))

    assert [one.status_code for one in codes] == [200, 409, 200]
    assert codes[1].json()["refusal"] == "Just sent, so not sent again. Once more? Press again in 15 seconds."
    assert (await to_customer(library)).count("Hello, Olga here.") == 2


async def test_an_answer_with_a_gap_goes_into_the_composer_and_not_to_the_customer(library: Office) -> None:
    ticket = await library.waiting()
    olga = await library.desk("Olga")
    await says(library, ticket, "my parcel is late!")
    form = fields((await olga.page(at(ticket))).text, "late")
    before = await to_customer(library)

    by_script = await olga.press(at(ticket, "offer"), **form)
    by_form = await olga.submit(at(ticket, "offer"), **form)
    typed = await olga.press(at(ticket, "say"), text="Your order {order.number} is late.")

    assert by_script.status_code == by_form.status_code == typed.status_code == 409
    assert by_script.json()["refusal"].startswith("Not sent: {order.number} is not known here.")
    assert by_script.json()["fill"] == "Your order {order.number} is late."
    assert ">Your order {order.number} is late.</textarea>" in by_form.text
    assert await to_customer(library) == before


async def test_edit_first_puts_the_text_into_the_composer_and_sends_nothing(library: Office) -> None:
    ticket = await library.waiting()
    olga = await library.desk("Olga")
    await says(library, ticket, "hello")
    form = fields((await olga.page(at(ticket))).text, "hello")
    before = await to_customer(library)

    by_script = await olga.press(at(ticket, "offer"), edit="1", **form)
    by_form = await olga.submit(at(ticket, "offer"), edit="1", **form)

    assert by_script.json()["fill"] == "Hello, Olga here."
    assert ">Hello, Olga here.</textarea>" in by_form.text
    assert await to_customer(library) == before


async def test_a_search_finds_canned_answers_and_entries_and_sends_one(library: Office) -> None:
    ticket = await library.waiting()
    olga = await library.desk("Olga")

    everything = (await olga.page(at(ticket, "library"))).text
    found = (await olga.page(at(ticket, "library?q=shipping"))).text
    answer = await olga.press(at(ticket, "ready"), **fields(found, "How much is delivery?"))

    assert re.findall(r'<b dir="auto">([^<]*)</b>', everything) == ["hello", "german", "late"]
    assert answer.status_code == 200
    assert (await to_customer(library))[-1] == "It is 5 €."
    row = await library.read(lambda conn: conn.execute(select(schema.proposals)).one())
    assert (row.occasion, row.items[0][:2], row.sent) == ("search", ["faq", "delivery-cost"], [0])


async def test_a_text_that_was_changed_after_it_was_shown_is_not_sent_before_somebody_looked(library: Office) -> None:
    ticket = await library.waiting()
    olga = await library.desk("Olga")
    found = (await olga.page(at(ticket, "library?q=hello"))).text
    changed = CannedAnswer("hello", {"en": "Ahoy, {operator.name} here."}, "opening")
    await library.change(lambda conn: canned.save(conn, changed, None, library.clock()))

    stale = await olga.press(at(ticket, "ready"), **fields(found, "hello"))
    again = (await olga.page(at(ticket, "library?q=hello"))).text
    answer = await olga.press(at(ticket, "ready"), **fields(again, "hello"))

    assert (stale.status_code, stale.json()["fill"]) == (409, "Ahoy, Olga here.")
    assert answer.status_code == 200
    assert (await to_customer(library))[-1] == "Ahoy, Olga here."


async def test_what_is_switched_off_meanwhile_is_not_sent(library: Office) -> None:
    ticket = await library.waiting()
    olga = await library.desk("Olga")
    found = (await olga.page(at(ticket, "library?q=hello"))).text
    off = CannedAnswer("hello", CANNED[0].bodies, "opening", enabled=False)
    await library.change(lambda conn: canned.save(conn, off, None, library.clock()))

    answer = await olga.press(at(ticket, "ready"), **fields(found, "hello"))

    assert answer.json()["refusal"] == "This answer is not there any more; nothing was sent."
    assert await to_customer(library) == []


async def test_an_answer_in_another_language_is_marked_and_said(library: Office) -> None:
    ticket = await library.waiting()
    olga = await library.desk("Olga")
    found = (await olga.page(at(ticket, "library?q=german"))).text

    answer = await olga.press(at(ticket, "ready"), **fields(found, "german"))

    assert '<span class="lang">DE</span>' in found
    assert answer.json()["text"].startswith("Sent in DE:")


async def test_a_colleague_whose_chat_it_is_not_sends_nothing_from_the_library(library: Office) -> None:
    ticket = await library.waiting()
    olga, max_ = await library.desk("Olga"), await library.desk("Max")
    await says(library, ticket, "hello")
    form = fields((await olga.page(at(ticket))).text, "hello")
    await max_.press(at(ticket, "claim"))
    before = await to_customer(library)

    answer = await olga.press(at(ticket, "offer"), **form)

    assert (answer.status_code, "Max" in answer.json()["refusal"]) == (409, True)
    assert await to_customer(library) == before
    assert chips((await olga.page(at(ticket))).text) == []
    assert chips((await max_.page(at(ticket))).text) == [("1", "hello")]


async def test_nothing_is_proposed_once_somebody_has_answered_or_when_nothing_fits(library: Office) -> None:
    ticket = await library.waiting()
    olga = await library.desk("Olga")
    await says(library, ticket, "my teapot sings at night")
    nothing = chips((await olga.page(at(ticket))).text)
    await says(library, ticket, "hello")
    await olga.press(at(ticket, "say"), text="Hello Anna.")

    assert nothing == []
    assert chips((await olga.page(at(ticket))).text) == []


async def test_a_hostile_name_and_text_stay_text(library: Office) -> None:
    hostile = FaqEntry("x", {"en": Text('<img src=x onerror="alert(1)">', (), "<b>**x**</b>")}, "x")
    await library.change(lambda conn: store.save(conn, hostile, None, library.clock()))
    await library.house.knowledge_base.refresh()
    ticket = await library.waiting()

    page = (await (await library.desk("Olga")).page(at(ticket, "library?q=img"))).text

    assert "&lt;img src=x" in page
    assert "<img" not in page


@pytest.mark.parametrize("form", [{}, {"proposal": "1", "place": "9"}, {"proposal": "9" * 30, "place": "x"}])
async def test_a_made_up_proposal_sends_nothing(library: Office, form: dict[str, str]) -> None:
    ticket, other = await library.waiting("Anna"), await library.waiting("Ben")
    await says(library, other, "hello")
    olga = await library.desk("Olga")

    answers = [
        await olga.press(at(ticket, "offer"), **form),
        await olga.press(at(ticket, "offer"), proposal="1", place="0"),  # Ben's
        await olga.press(at(ticket, "ready"), kind="note", key="x"),
    ]

    assert [one.status_code for one in answers] == [409, 409, 409]


async def test_a_closed_chat_is_marked_for_the_faq_once_and_an_admin_finds_question_and_answer(library: Office) -> None:
    ticket = await library.waiting("Anna", "hello", "How do I clean a kettle from anna@example.org?")
    olga = await library.desk("Olga")
    before = (await olga.page(at(ticket))).text
    await olga.press(at(ticket, "say"), text="With vinegar and warm water, then rinse it twice.")
    await olga.press(at(ticket, "close"))
    page = (await olga.page(at(ticket))).text

    marked = await olga.press(at(ticket, "learn"), ticket=str(ticket.id))
    again = await olga.press(at(ticket, "learn"), ticket=str(ticket.id))
    other = await olga.press(at(await library.waiting("Ben"), "learn"), ticket=str(ticket.id))

    assert ("belongs into the FAQ" in before, "belongs into the FAQ" in page) == (False, True)
    assert "belongs into the FAQ" not in (await olga.page(at(ticket))).text
    assert marked.json()["text"].startswith("The admins have it on their list")
    assert (again.json()["text"], other.status_code) == ("It is on the admins' list already.", 409)
    listed = await library.read(groups.overview)
    assert [(one.example, one.outcomes.asked) for one in listed] == [("How do I clean a kettle from [e-mail]?", 1)]
    found = await library.read(lambda conn: groups.details(conn, listed[0].id))
    assert found
    assert found.answers == ("With vinegar and warm water, then rinse it twice.",)
    assert len(await library.read(store.list_entries)) == 2


async def test_a_chat_without_an_answered_question_teaches_nothing(library: Office) -> None:
    ticket = await library.waiting("Anna", "hello")
    olga = await library.desk("Olga")
    await olga.press(at(ticket, "say"), text="Good morning, how can I help?")
    await olga.press(at(ticket, "close"))

    answer = await olga.press(at(ticket, "learn"), ticket=str(ticket.id))

    assert "belongs into the FAQ" not in (await olga.page(at(ticket))).text
    assert (answer.status_code, await library.read(groups.count_open)) == (409, 0)
