"""The console: what waits is seen, what is done happens, and nothing typed is lost or goes to the wrong ear."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.handoff import notes, queue
from bot.handoff.ticket import State, Ticket
from bot.messaging import outbox
from bot.quality import csat
from bot.storage import schema
from tests.web.office import Desk, Office


async def to_customer(office: Office) -> list[str]:
    """Return the texts on their way to customers."""
    query = select(schema.outbox.c.body).where(schema.outbox.c.topic_id.is_(None)).order_by(schema.outbox.c.id)
    return [body["text"]["text"] for body in await office.read(lambda conn: conn.execute(query).scalars().all())]


async def current(office: Office, ticket: Ticket) -> Ticket:
    found = await office.read(lambda conn: queue.get(conn, ticket.id))
    assert found
    return found


def at(ticket: Ticket, action: str = "") -> str:
    return f"/console/conversations/{ticket.conversation_id}" + (f"/{action}" if action else "")


def ownership(page: str) -> str:
    found = re.search(r'name="ownership" value="(\d*)"', page)
    assert found
    return found[1]


async def test_the_queue_shows_who_waits_for_how_long_and_what_they_wrote(office: Office) -> None:
    await office.waiting("Anna", "Hello", "Does it fit?")
    office.clock.forward(minutes=4, seconds=30)

    page = (await (await office.desk("Olga")).page("/console/queue")).text

    row = page[page.index('class="item"') : page.index("</a>", page.index('class="item"'))]
    assert '<b dir="auto">Anna</b>' in row
    assert "Does it fit?" in row
    assert ">4 min</time>" in row
    assert re.search(r'<b class="count"[^>]*>2</b>', row)
    assert "1 waiting" in page


async def test_an_empty_queue_says_so_and_how_fast_answers_were_today(office: Office) -> None:
    olga = await office.desk("Olga")
    nothing = (await olga.page("/console/queue")).text
    ticket = await office.waiting()
    office.clock.forward(seconds=38)
    await olga.press(at(ticket, "say"), text="Here I am.")
    await olga.press(at(ticket, "close"))

    later = (await olga.page("/console/queue")).text

    assert "Nobody is waiting." in nothing
    assert "Median first answer today: 38 s." in later


async def test_the_first_answer_claims_the_chat_and_goes_to_the_customer(office: Office) -> None:
    ticket = await office.waiting()
    olga = await office.desk("Olga")

    answer = await olga.press(at(ticket, "say"), text="Good morning, Anna.\nHow can I help?")

    assert answer.json()["done"] is True
    now = await current(office, ticket)
    assert (now.staff_id, now.state) == (office.people["Olga"], State.WAITING_FOR_CUSTOMER)
    assert (await to_customer(office))[-1] == "Good morning, Anna.\nHow can I help?"
    assert "Good morning, Anna." in (await olga.page(at(ticket))).text


@pytest.mark.parametrize("fields", [{"text": "ask Max", "note": "on"}, {"text": "// ask Max"}, {"text": "//ask Max"}])
async def test_a_note_stays_among_the_staff(office: Office, fields: dict[str, str]) -> None:
    ticket = await office.waiting()
    olga = await office.desk("Olga")

    await olga.press(at(ticket, "say"), **fields)

    kept = await office.read(lambda conn: notes.of(conn, ticket.conversation_id))
    assert [note.text for note in kept] == ["ask Max"]
    assert await to_customer(office) == []
    assert 'class="bubble note"' in (await olga.page(at(ticket))).text


async def test_a_note_may_be_written_in_a_colleagues_chat(office: Office) -> None:
    ticket = await office.waiting()
    await (await office.desk("Max")).press(at(ticket, "claim"))

    answer = await (await office.desk("Olga")).press(at(ticket, "say"), text="I know her.", note="on")

    assert answer.status_code == 200


async def test_an_answer_in_a_colleagues_chat_is_refused_and_kept(office: Office) -> None:
    ticket = await office.waiting()
    olga, max_ = await office.desk("Olga"), await office.desk("Max")
    await max_.press(at(ticket, "claim"))
    before = await to_customer(office)

    by_script = await olga.press(at(ticket, "say"), text="Hi, this is Olga.")
    by_form = await olga.submit(at(ticket, "say"), text="Hi, <this> is Olga.")

    assert (by_script.status_code, by_form.status_code) == (409, 409)
    assert "Max" in by_script.json()["refusal"]
    assert ">Hi, &lt;this&gt; is Olga.</textarea>" in by_form.text
    assert await to_customer(office) == before


async def test_an_answer_begun_before_the_chat_was_lost_and_won_back_is_refused(office: Office) -> None:
    ticket = await office.waiting()
    olga, max_ = await office.desk("Olga"), await office.desk("Max")
    await olga.press(at(ticket, "claim"))
    number = ownership((await olga.page(at(ticket))).text)
    await max_.press(at(ticket, "take-over"))
    await olga.press(at(ticket, "take-over"))
    before = await to_customer(office)

    late = await olga.press(at(ticket, "say"), text="What I began long ago", ownership=number)
    fresh = await olga.press(at(ticket, "say"), text="Now", ownership=ownership((await olga.page(at(ticket))).text))

    assert (late.status_code, fresh.status_code) == (409, 200)
    assert await to_customer(office) == [*before, "Now"]


@pytest.mark.parametrize("text", ["", "  \n ", "//", "// "])
async def test_nothing_is_sent_when_nothing_was_typed(office: Office, text: str) -> None:
    ticket = await office.waiting()

    answer = await (await office.desk("Olga")).press(at(ticket, "say"), text=text)

    assert (answer.status_code, answer.json()) == (409, {"refusal": "There is nothing to send yet."})


async def test_one_of_two_who_claim_at_the_same_time_gets_it(office: Office) -> None:
    ticket = await office.waiting()
    olga, max_ = await office.desk("Olga"), await office.desk("Max")

    first, second = await olga.press(at(ticket, "claim")), await max_.press(at(ticket, "claim"))

    assert (first.status_code, second.status_code) == (200, 409)
    assert "Olga" in second.json()["refusal"]


async def test_a_chat_is_passed_on_released_and_closed(office: Office) -> None:
    ticket = await office.waiting()
    olga = await office.desk("Olga")
    owners: list[Any] = []
    steps = [("claim", {}), ("transfer", {"to": str(office.people["Max"])}), ("take-over", {}), ("release", {})]

    for action, fields in steps:
        assert (await olga.press(at(ticket, action), **fields)).status_code == 200
        owners.append((await current(office, ticket)).staff_id)
    closed = await olga.press(at(ticket, "close"))

    assert owners == [office.people["Olga"], office.people["Max"], office.people["Olga"], None]
    assert closed.status_code == 200
    assert (await current(office, ticket)).state is State.CLOSED


async def test_a_chat_is_passed_on_only_to_somebody_who_works_here(office: Office) -> None:
    ticket = await office.waiting()

    answer = await (await office.desk("Olga")).press(at(ticket, "transfer"), to="999")

    assert (answer.status_code, answer.json()["refusal"]) == (409, "Choose a colleague who is there.")


@pytest.mark.parametrize(("chosen", "shown"), [("-1", "Low"), ("0", "Usual"), ("1", "High"), ("2", "Urgent")])
async def test_each_priority_can_be_chosen_and_has_a_name(office: Office, chosen: str, shown: str) -> None:
    ticket = await office.waiting()
    olga = await office.desk("Olga")

    await olga.press(at(ticket, "priority"), priority=chosen)

    assert f'<option value="{chosen}" selected>{shown}</option>' in (await olga.page(at(ticket))).text


async def test_priority_and_tags_are_kept_tidy(office: Office) -> None:
    ticket = await office.waiting()
    olga = await office.desk("Olga")

    await olga.press(at(ticket, "priority"), priority="2")
    await olga.press(at(ticket, "tags"), tags=" #broken ,  late  delivery,broken,," + "x" * 99)
    wrong = await olga.press(at(ticket, "priority"), priority="7")

    now = await current(office, ticket)
    assert (now.priority, now.tags) == (2, ("broken", "late delivery", "x" * 32))
    assert wrong.status_code == 409


async def test_without_scripts_a_form_leads_back_to_the_conversation(office: Office) -> None:
    ticket = await office.waiting()

    answer = await (await office.desk("Olga")).submit(at(ticket, "claim") + "?from=mine")

    assert (answer.status_code, answer.headers["location"]) == (303, at(ticket) + "?from=mine")


async def delivered(office: Office, ticket: Ticket, olga: Desk, state: str) -> str:
    """Return the page after an answer whose delivery came to this state."""
    await olga.press(at(ticket, "say"), text="Here you are.")
    values = {"state": state, "error": "the customer has blocked the bot" if state == "failed" else ""}
    await office.change(
        lambda conn: conn.execute(schema.outbox.update().where(schema.outbox.c.author == "operator").values(values))
    )
    return (await olga.page(at(ticket))).text


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("pending", "sending…"),
        ("sent", "sent</span>"),
        ("failed", "Not delivered: the customer has blocked the bot"),
        ("uncertain", "It is not known whether this arrived."),
    ],
)
async def test_how_an_answer_fared_stands_below_it(office: Office, state: str, shown: str) -> None:
    ticket = await office.waiting()

    assert shown in await delivered(office, ticket, await office.desk("Olga"), state)


async def test_an_uncertain_answer_is_sent_again_when_somebody_says_so(office: Office) -> None:
    ticket = await office.waiting()
    olga = await office.desk("Olga")
    page = await delivered(office, ticket, olga, "uncertain")
    found = re.search(r'name="delivery" value="(\d+)"', page)
    assert found

    first = await olga.press(at(ticket, "again"), delivery=found[1])
    second = await olga.press(at(ticket, "again"), delivery=found[1])

    assert (first.status_code, second.status_code) == (200, 409)
    state = await office.read(
        lambda conn: conn.execute(
            select(schema.outbox.c.state, schema.outbox.c.repeated).where(schema.outbox.c.id == int(found[1]))
        ).one()
    )
    assert tuple(state) == (outbox.PENDING, True)


async def test_a_strange_name_is_shown_as_it_is(office: Office) -> None:
    name = "<img src=x onerror=alert(1)>\"'&"
    ticket = await office.waiting(name, "<script>alert(2)</script>")

    olga = await office.desk("Olga")
    pages = [(await olga.page(path)).text for path in ("/console/queue", at(ticket), at(ticket, "fragment"))]

    for page in pages:
        assert "<img src=x" not in page
        assert "<script>alert" not in page
        assert "&lt;img src=x onerror=alert(1)&gt;&#34;&#39;&amp;" in page


async def test_mine_shows_only_mine_and_first_those_that_wait_for_me(office: Office) -> None:
    olga = await office.desk("Olga")
    answered, owed, others = [await office.waiting(name) for name in ("Anna", "Boris", "Carla")]
    for ticket in (answered, owed):
        await olga.press(at(ticket, "claim"))
    await olga.press(at(answered, "say"), text="Done.")
    await (await office.desk("Max")).press(at(others, "claim"))

    page = (await olga.page("/console/mine")).text

    assert page.index("Boris") < page.index("Anna")
    assert "Carla" not in page


async def test_a_long_conversation_is_read_back_page_by_page(office: Office) -> None:
    ticket = await office.waiting("Anna", *[f"line {number}." for number in range(150)])
    olga = await office.desk("Olga")

    newest = (await olga.page(at(ticket))).text
    link = re.search(r'href="([^"]*before=\d+)"', newest)
    assert link
    older = (await olga.page(link[1].replace("&amp;", "&"))).text

    assert (newest.count('class="bubble customer'), older.count('class="bubble customer')) == (100, 50)
    assert "line 49." in older
    assert "line 50." in newest


async def test_times_are_told_in_the_houses_zone(office: Office) -> None:
    ticket = await office.waiting()

    page = (await (await office.desk("Olga")).page(at(ticket))).text

    zone = timedelta(hours=1)  # Berlin in November
    assert (office.clock() + zone).strftime("%-H:%M") in page


async def test_orders_are_listed_and_lead_to_their_conversation(office: Office) -> None:
    from bot.orders import store

    ticket = await office.waiting("Anna")
    key, now = ticket.conversation_id, office.clock()
    order = await office.change(
        lambda conn: store.confirm(conn, key, 1, "order", {}, [("What", "Assam <250 g>"), ("Quantity", "2")], now)
    )
    olga = await office.desk("Olga")

    listed = (await olga.page("/console/orders")).text
    shown = (await olga.page(f"/console/orders/{order.number}")).text

    assert "Assam &lt;250 g&gt; · 2" in listed
    assert f'href="{at(ticket)}"' in shown
    assert order.number in (await olga.page(at(ticket))).text


async def test_an_answer_is_written_with_marks_and_arrives_formatted(office: Office) -> None:
    ticket = await office.waiting()
    olga = await office.desk("Olga")

    typed = "It is **5 €**, see [the list](https://shop.example/prices).\n\n- by *DHL*\n- `S-1001`"
    await olga.press(at(ticket, "say"), text=typed)

    sent = await last_body(office)
    assert sent["text"] == {
        "text": "It is 5 €, see the list.\n\n• by DHL\n• S-1001",
        "entities": [
            ["bold", 6, 3, ""],
            ["text_link", 15, 8, "https://shop.example/prices"],
            ["italic", 31, 3, ""],
            ["code", 37, 6, ""],
        ],
    }
    assert "It is <strong>5 €</strong>" in (await olga.page(at(ticket))).text


@pytest.mark.parametrize(
    "typed",
    [
        "<b>no markup</b>",
        "snake_case_name and 2 * 3 * 4",
        "[]: nothing",
        "line one\nline two",
        "+49 170 1234567",
        "#17",
    ],
)
async def test_what_is_no_formatting_arrives_as_it_was_typed(office: Office, typed: str) -> None:
    ticket = await office.waiting()

    await (await office.desk("Olga")).press(at(ticket, "say"), text=typed)

    assert (await last_body(office))["text"] == {"text": typed, "entities": []}


async def test_words_that_markdown_makes_nothing_of_are_sent_all_the_same(office: Office) -> None:
    ticket = await office.waiting()

    await (await office.desk("Olga")).press(at(ticket, "say"), text="[a]: https://shop.example")

    assert (await last_body(office))["text"]["text"] == "[a]: https://shop.example"


async def last_body(office: Office) -> dict[str, Any]:
    query = select(schema.outbox.c.body).where(schema.outbox.c.author == "operator").order_by(schema.outbox.c.id)
    found: dict[str, Any] = (await office.read(lambda conn: conn.execute(query).scalars().all()))[-1]
    return found


async def test_the_counts_of_the_rail_stand_on_every_page(office: Office) -> None:
    olga = await office.desk("Olga")
    for name in ("Anna", "Boris"):
        await office.waiting(name)
    mine = await office.waiting("Carla")
    await olga.press(at(mine, "claim"))

    pages = {
        path: (await olga.page(path)).text
        for path in (
            *("/console/queue", "/console/mine", at(mine), "/console/faq", "/console/faq/entry?key=delivery-cost"),
            *("/console/orders", "/console/fragments/places?nav=faq"),
        )
    }

    counts = {
        path: re.findall(r'<b class="count" aria-label="([^"]+)">(\d+)</b></a>', page) for path, page in pages.items()
    }
    assert counts == {path: [("2 waiting", "2"), ("1 of yours waits for an answer", "1")] for path in pages}
    assert re.search(r'href="/console/faq" aria-current="page"', pages["/console/fragments/places?nav=faq"])


async def test_what_a_customer_gave_stands_in_the_list_beside_the_ticket_and_in_the_conversation(
    office: Office,
) -> None:
    ticket = await office.waiting()
    olga = await office.desk("Olga")
    await olga.press(at(ticket, "say"), text="Here you are.")
    office.clock.forward(minutes=1)
    await olga.press(at(ticket, "close"))
    unrated = (await olga.page(at(ticket))).text
    office.clock.forward(minutes=1)
    now = office.clock()
    await office.change(lambda conn: csat.rate(conn, ticket.id, 4, now))
    await office.change(lambda conn: csat.comment(conn, ticket.id, "quick & kind"))

    page = (await olga.page(at(ticket))).text

    assert "not rated" in unrated
    assert len(re.findall(r'class="stars" data-score="4">.*?4 of 5</span>', page)) == 2
    assert "“quick &amp; kind”" in page
    log = page[page.index('role="log"') : page.index('class="composer"')]
    happened = [" ".join(re.sub("<[^>]+>", " ", part).split()) for part in re.findall(r'<p class="event".*?</p>', log)]
    assert happened == ["Ticket #1 was closed · Olga 10:01", "Rated 4 of 5 10:02"]
