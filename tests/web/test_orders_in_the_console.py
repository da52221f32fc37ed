"""Orders in the console: found, read, put into a state, changed with consent, written into a file."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from sqlalchemy import Connection, select

from bot.orders import store
from bot.orders.store import Order
from bot.storage import schema
from tests.web.office import Office

ANSWERS: dict[str, Any] = {
    "what": "plum",
    "quantity": 2,
    "delivery": "pickup",
    "window": {"date": "2026-11-27", "from": "14:00", "to": "18:00"},
    "name": "Anna Vogt",
    "phone": "+491701234567",
    "comment": "=1+1",
    "terms": {"yes": True, "at": "2026-11-23"},
}


async def ordered(office: Office, name: str = "Anna") -> Order:
    ticket = await office.waiting(name)
    key, now = ticket.conversation_id, office.clock()

    def work(conn: Connection) -> Order:
        customer = conn.execute(
            select(schema.conversations.c.customer_id).where(schema.conversations.c.id == key)
        ).scalar_one()
        return store.confirm(conn, key, customer, "order", ANSWERS, [("Quantity", "2")], now, (980, "EUR"))

    return await office.change(work)


async def stands(office: Office, order: Order) -> Order:
    found = await office.read(lambda conn: store.get(conn, order.number))
    assert found is not None
    return found


async def told(office: Office) -> list[str]:
    def work(conn: Connection) -> list[str]:
        out = schema.outbox.c
        rows = conn.execute(select(out.body).where(out.act == "say", out.topic_id.is_(None)).order_by(out.id))
        return [body["text"]["text"] for body in rows.scalars()]

    return await office.read(work)


def at(order: Order, act: str = "") -> str:
    return f"/console/orders/{order.number}" + (f"/{act}" if act else "")


async def test_an_order_is_shipped_from_the_console_and_its_customer_hears_of_it(office: Office) -> None:
    order = await ordered(office)
    olga = await office.desk("Olga")

    page = (await olga.page(at(order))).text
    done = await olga.submit(
        at(order, "state"), state="shipped", was="new", tracking="https://parcel.example/1?a=1&b=2"
    )
    after = (await olga.page(at(order))).text

    assert "€9.80" in page
    assert (done.status_code, done.headers["location"]) == (303, at(order))
    assert 'href="https://parcel.example/1?a=1&amp;b=2"' in after
    assert "Olga" in after
    assert await told(office) == [
        f"Your order {order.number} is on its way.\nFollow the parcel: https://parcel.example/1?a=1&b=2"
    ]


async def test_who_comes_second_is_told_how_it_stands_and_keeps_what_was_typed(office: Office) -> None:
    order = await ordered(office)
    olga, ada = await office.desk("Olga"), await office.desk("Ada")

    await ada.submit(at(order, "state"), state="confirmed", was="new")
    late = await olga.submit(at(order, "state"), state="cancelled", was="new", note="no tea left")

    assert late.status_code == 409
    assert f"Somebody was faster: {order.number} is confirmed by now. Nothing was changed." in late.text
    assert 'value="no tea left"' in late.text
    assert (await stands(office, order)).state == "confirmed"


@pytest.mark.parametrize("act", ["state", "propose", "note"])
async def test_a_form_of_another_page_does_nothing(office: Office, act: str) -> None:
    order = await ordered(office)
    olga = await office.desk("Olga")

    forged = await olga.browser.post(at(order, act), data={"csrf": "made-up", "state": "confirmed", "text": "x"})

    assert forged.status_code == 403
    assert (await stands(office, order)).state == "new"


async def test_a_change_is_proposed_and_waits_for_the_customer(office: Office) -> None:
    order = await ordered(office)
    olga = await office.desk("Olga")

    wrong = await olga.submit(at(order, "propose"), field="quantity", value="99", was="new")
    right = await olga.submit(at(order, "propose"), field="quantity", value="3", was="new")

    assert (wrong.status_code, right.status_code) == (409, 303)
    assert "“Quantity” can be 20 pieces at most." in wrong.text
    assert 'value="99"' in wrong.text
    assert "Quantity → 3 pieces" in (await olga.page(at(order))).text
    assert (await stands(office, order)).answers["quantity"] == 2


async def test_a_proposal_is_taken_back_in_the_console_once(office: Office) -> None:
    order = await ordered(office)
    olga = await office.desk("Olga")
    await olga.submit(at(order, "propose"), field="quantity", value="3", was="new")

    done = await olga.submit(at(order, "withdraw"))
    again = await olga.submit(at(order, "withdraw"))

    assert (done.status_code, again.status_code) == (303, 409)
    assert (await stands(office, order)).proposal is None
    assert "Quantity → 3 pieces" not in (await olga.page(at(order))).text.partition("What happened")[0]


async def test_what_a_change_needs_besides_is_told_in_the_consoles_words_and_goes_in_one_answer(
    office: Office,
) -> None:
    order = await ordered(office)
    olga = await office.desk("Olga")

    wrong = await olga.submit(at(order, "propose"), field="delivery", value="home", was="new")
    right = await olga.submit(
        at(order, "propose"), field="delivery", value="home; address Lindenallee 12, 04107 Leipzig", was="new"
    )

    assert (wrong.status_code, right.status_code) == (409, 303)
    assert "Choose “Delivery” and write: home; address …" in wrong.text


async def test_a_note_stays_among_the_staff(office: Office) -> None:
    order = await ordered(office)
    olga = await office.desk("Olga")

    await olga.submit(at(order, "note"), text="calls back <on> Monday")

    assert "calls back &lt;on&gt; Monday" in (await olga.page(at(order))).text
    assert await told(office) == []


async def test_orders_are_found_by_state_number_and_name(office: Office) -> None:
    anna, boris = await ordered(office, "Anna"), await ordered(office, "Борис")
    olga = await office.desk("Olga")
    await olga.submit(at(anna, "state"), state="confirmed", was="new")

    async def found(query: str) -> list[str]:
        page = (await olga.page(f"/console/orders?{query}")).text
        return [one.number for one in (anna, boris) if at(one) in page]

    assert await found("state=confirmed") == [anna.number]
    assert await found(f"q={boris.number.lower()}") == [boris.number]
    assert await found("q=ann") == [anna.number]
    assert await found("q=борис") == [boris.number]
    assert await found("q=%25") == []
    assert await found("state=shipped") == []
    assert await found("state=nonsense") == [anna.number, boris.number]


async def test_the_file_is_of_the_days_that_the_list_shows(office: Office) -> None:
    await ordered(office)

    page = (await (await office.desk("Olga")).page("/console/orders?from=2026-11-01&to=2026-11-30&state=new")).text

    assert "/console/orders/export?state=new&from=2026-11-01&to=2026-11-30&format=csv" in page.replace("&amp;", "&")
    assert '<input type="hidden" name="to" value="2026-11-30">' in page


async def test_the_list_is_given_as_a_file_that_runs_nothing(office: Office) -> None:
    order = await ordered(office)
    olga = await office.desk("Olga")

    file = await olga.page("/console/orders/export?format=csv&state=new")
    book = await olga.page("/console/orders/export?format=xlsx")
    other = await olga.page("/console/orders/export?format=exe")

    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))
    assert [(row["number"], row["total"], row["answer: comment"]) for row in rows] == [(order.number, "9.8", "'=1+1")]
    assert "attachment" in file.headers["content-disposition"]
    assert book.content[:2] == b"PK"
    assert other.status_code == 404


async def test_nobody_reads_or_changes_orders_without_signing_in(office: Office) -> None:
    order = await ordered(office)
    stranger = office.browser()

    looks = [await stranger.get(path) for path in (at(order), "/console/orders", "/console/orders/export?format=csv")]
    acts = await stranger.post(at(order, "state"), data={"state": "confirmed"})

    assert {one.status_code for one in looks} == {401}
    assert acts.status_code in {401, 403}
