"""`supportbot order …` as an owner types it."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, select

from bot.cli.common import harmless
from bot.domain.conversation import Author, Place
from bot.messaging import conversations, topics
from bot.orders import store
from bot.storage import schema
from bot.storage.database import connect
from tests.databases import sqlite_template, sqlite_url
from tests.test_commands import Shop, shop

pytestmark = pytest.mark.slow  # a process for each command

__all__ = ["shop", "sqlite_template"]
MADE = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)
"""The 24th in Berlin already."""
LINE = {"sku": "A", "quantity": 2, "price": 490, "currency": "EUR", "name": {"en": "Assam", "de": "Assam"}}


def ordered(shop: Shop) -> None:
    """Let Anna, who speaks German, have ordered two teas."""

    def work(conn: Connection) -> None:
        found, _ = conversations.meet(conn, Place("webchat", "w1"), Author("w1", "=Anna"), "de", MADE)
        made = topics.open_in(conn, found.id, Place("telegram", "-100"), "Anna", MADE)
        topics.change(conn, made.id, thread="7", state=topics.OPEN)
        answers = {"quantity": 2, "phone": "+491701234567", "cart": [LINE]}
        store.confirm(conn, found.id, found.customer_id, "order", answers, [("Menge", "2")], MADE, (980, "EUR"))

    async def run() -> None:
        database = connect(sqlite_url(shop.file))
        await database.transaction(work)
        await database.close()

    asyncio.run(run())


def told(shop: Shop) -> list[str]:
    """Return what waits for Anna, and for the topic in which her order stands."""

    def work(conn: Connection) -> list[str]:
        bodies = conn.execute(select(schema.outbox.c.body).order_by(schema.outbox.c.id)).scalars()
        return [body["text"]["text"] for body in bodies if "text" in body]

    async def run() -> list[str]:
        database = connect(sqlite_url(shop.file))
        found = await database.read(work)
        await database.close()
        return found

    return asyncio.run(run())


def test_nothing_that_a_customer_wrote_steers_the_terminal() -> None:
    written = "Anna\x1b[2J\x9b2J\r\x07\n\tВера 👩\u200d🍳"

    assert harmless(written) == "Anna?[2J?2J??\n\tВера 👩\u200d🍳"


def test_an_order_is_listed_shown_and_put_into_a_state_once(shop: Shop) -> None:
    shop.command("db", "upgrade")
    ordered(shop)

    code, printed, _ = shop.command("order", "list", "--json", "--state", "new")
    done, changed, _ = shop.command(
        "order", "set", "s1001", "shipped", "--tracking", "https://parcel.example/1", "--json"
    )
    again, nothing, complained = shop.command("order", "set", "S-1001", "shipped")
    _, shown, _ = shop.command("order", "show", "S-1001", "--json")

    listed = json.loads(printed)
    assert (code, done, again, nothing) == (0, 0, 1, "")
    assert [(one["number"], one["state"], one["customer"], one["total"], one["proposal_open"]) for one in listed] == [
        ("S-1001", "new", "=Anna", 980, False)
    ]
    assert json.loads(changed) == {
        "number": "S-1001",
        "state": "shipped",
        "tracking": "https://parcel.example/1",
        "told": True,
    }
    assert complained == "supportbot: S-1001 is shipped already; nothing was done and nobody was told again\n"
    assert [(one["kind"], one["after"]) for one in json.loads(shown)["history"]] == [
        ("made", "new"),
        ("state", "shipped"),
    ]
    assert told(shop) == [
        "Ihre Bestellung S-1001 ist unterwegs.\nSendung verfolgen: https://parcel.example/1",
        "📦 S-1001: shipped · from the command line\nhttps://parcel.example/1",
    ]


def test_orders_of_some_days_go_into_a_file_that_runs_nothing(shop: Shop) -> None:
    shop.command("db", "upgrade")
    ordered(shop)
    file = shop.folder / "orders.csv"

    code, printed, _ = shop.command("order", "export", str(file), "--from", "2026-11-24", "--to", "2026-11-24")
    _, before, _ = shop.command("order", "list", "--to", "2026-11-23")

    head, row = file.read_text("utf-8-sig").splitlines()
    assert (code, printed) == (0, f"1 order is in {file}.\n")
    assert head.startswith("number,state,made,changed,form,customer,total,currency,tracking,sku,item,quantity,price")
    assert row.startswith("S-1001,new,2026-11-24 00:30,,order,'=Anna,9.8,EUR,,A,Assam,2,4.9,")
    assert "'+49" in row
    assert before == "There are no such orders.\n"


@pytest.mark.parametrize(
    ("arguments", "code", "complaint"),
    [
        (["show", "S-9999"], 1, "there is no order 'S-9999'; supportbot order list shows the last ones"),
        (["set", "S-9999", "shipped"], 1, "there is no order 'S-9999'"),
        (["set", "S-9999", "lost"], 2, "lost"),
        (["export", "orders.pdf"], 2, "orders.pdf: the name must end in .csv or .xlsx"),
        (["export", "no/such/folder/orders.csv"], 1, "no/such/folder/orders.csv: cannot be written"),
        (["list", "--from", "soon"], 2, "--from: 'soon' is no day; write it as 2026-11-23"),
        (["list", "--from", "2026-11-02", "--to", "2026-11-01"], 2, "is later than --to 2026-11-01"),
    ],
)
def test_what_cannot_be_done_ends_with_one_sentence(
    shop: Shop, arguments: list[str], code: int, complaint: str
) -> None:
    ended, printed, complained = shop.command("order", *arguments)

    assert (ended, printed, len(complained.splitlines())) == (code, "", 1)
    assert complaint in complained
