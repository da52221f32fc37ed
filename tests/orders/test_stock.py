"""What is left on the shelf: counted from the file, taken by orders, given back; on both databases."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.domain.conversation import Author, Place
from bot.messaging import conversations
from bot.orders import stock, store
from bot.orders.catalogue import Catalogue, Item
from bot.orders.shelf import ALARM, Shelf
from bot.orders.status import State
from bot.orders.stock import Short
from bot.orders.store import Order
from bot.storage.database import Database


def shop(**counted: int | None) -> Catalogue:
    return Catalogue(tuple(Item(sku, {"en": sku}, 100, stock) for sku, stock in counted.items()), "EUR")


SHOP = shop(tea=3, coffee=1, water=None)


async def test_what_an_order_takes_is_no_longer_there_and_comes_back(database: Database) -> None:
    order = {
        "items": [{"sku": "tea", "quantity": 2}, {"sku": "water", "quantity": 9}],
        "name": "Anna",
        "several": ["a"],
    }
    await database.transaction(lambda conn: stock.count(conn, SHOP))

    assert await database.transaction(lambda conn: stock.take(conn, SHOP, stock.pieces(order))) == ()
    assert await database.read(stock.left) == {"tea": 1, "coffee": 1}
    await database.transaction(lambda conn: stock.give_back(conn, order))
    assert await database.read(stock.left) == {"tea": 3, "coffee": 1}
    await database.transaction(lambda conn: stock.give_back(conn, order))
    assert await database.read(stock.left) == {"tea": 3, "coffee": 1}


async def test_an_order_takes_all_or_nothing(database: Database) -> None:
    wanted = {"tea": 2, "coffee": 2, "water": 5}

    assert await database.transaction(lambda conn: stock.take(conn, SHOP, wanted)) == (Short("coffee", 1),)
    assert await database.read(stock.left) == {"tea": 3, "coffee": 1}


async def test_of_two_who_want_the_last_one_exactly_one_gets_it(database: Database) -> None:
    both = {"tea": 1, "coffee": 1}

    found = await asyncio.gather(
        *(database.transaction(lambda conn: stock.take(conn, SHOP, both)) for _ in range(5)),
    )

    assert sorted(found) == [(), *[(Short("coffee", 0),)] * 4] or found.count(()) == 1
    assert await database.read(stock.left) == {"tea": 2, "coffee": 0}


async def test_counting_begins_anew_when_the_file_has_another_number(database: Database) -> None:
    await database.transaction(lambda conn: stock.take(conn, SHOP, {"tea": 2}))

    await database.transaction(lambda conn: stock.count(conn, shop(tea=3, coffee=7)))
    assert await database.read(stock.left) == {"tea": 1, "coffee": 7}
    await database.transaction(lambda conn: stock.count(conn, shop(tea=10, coffee=None)))
    assert await database.read(stock.left) == {"tea": 10, "coffee": 7}


async def test_the_catalogue_shows_what_is_left(database: Database) -> None:
    await database.transaction(lambda conn: stock.take(conn, SHOP, {"tea": 2, "coffee": 1}))

    present = await database.read(lambda conn: stock.present(conn, SHOP))

    assert [(item.sku, item.stock) for item in present.items] == [("tea", 1), ("coffee", 0), ("water", None)]
    assert [item.sku for item in present.offered] == ["tea", "water"]


HEAD = "sku;name_en;price;stock\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "catalogue.csv"
    path.write_text(f"{HEAD}tea;Tea;1;3\n", encoding="utf-8")
    return path


def write(file: Path, *rows: str) -> None:
    file.write_text(HEAD + "\n".join(rows), encoding="utf-8")


def gone(file: Path) -> None:
    file.unlink()


async def looked(shelf: Shelf) -> list[str]:
    """Return what is offered once the file has been looked at twice, at rest."""
    await shelf.look()
    await shelf.look()
    return [item.name["en"] for item in shelf.catalogue.items] if shelf.catalogue else []


async def test_a_changed_file_is_taken_up_and_a_broken_one_keeps_what_was(database: Database, file: Path) -> None:
    alarms: dict[str, str] = {}
    shelf = Shelf(file, "EUR", database, alarms)
    assert await looked(shelf) == ["Tea"]

    write(file, "tea;Better Tea;1;5")
    assert await looked(shelf) == ["Better Tea"]
    assert await database.read(stock.left) == {"tea": 5}

    write(file, "tea;Worse Tea;free;5")
    assert await looked(shelf) == ["Better Tea"]
    assert alarms[ALARM].startswith(f"{file}, row 2, column price: 'free' is no price")

    gone(file)
    assert await looked(shelf) == ["Better Tea"]
    assert "cannot be read" in alarms[ALARM]

    write(file, "tea;Best Tea;1;5")
    assert await looked(shelf) == ["Best Tea"]
    assert alarms == {}


async def test_staff_are_told_once_that_a_file_is_broken_and_once_that_it_is_mended(
    database: Database, file: Path
) -> None:
    shelf, told = Shelf(file, "EUR", database, {}), list[str]()
    shelf.tell = lambda _, problem: told.append(problem)

    for row in ("tea;Tea;free;5", "tea;Tea;;5", "tea;Tea;2;5", "tea;Tea;3;5"):
        write(file, row)
        await looked(shelf)

    assert told == [f"{file}, row 2, column price: 'free' is no price in EUR; write it in figures only, as 4.90", ""]


async def test_a_file_that_is_being_written_is_left_alone(database: Database, file: Path) -> None:
    shelf = Shelf(file, "EUR", database, {})

    for part in range(3):
        write(file, f"tea;Half{'!' * part};1;3")
        await shelf.look()

    assert shelf.catalogue is not None
    assert [item.name["en"] for item in shelf.catalogue.items] == ["Tea"]


async def test_a_catalogue_may_come_later(database: Database, file: Path) -> None:
    later, alarms = file.with_name("later.csv"), dict[str, str]()
    shelf = Shelf(later, "EUR", database, alarms)
    assert (await looked(shelf), alarms) == ([], {})

    write(later, "tea;Tea;1;3")

    assert await looked(shelf) == ["Tea"]


MADE = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def cart(**wanted: int) -> dict[str, object]:
    return {"items": [{"sku": sku, "quantity": number} for sku, number in wanted.items()]}


def ordered(conn: Connection, catalogue: Catalogue, at: datetime = MADE, **wanted: int) -> Order:
    """Take pieces from the shelf for an order, as one who confirms does."""
    assert stock.take(conn, catalogue, wanted) == ()
    who, _ = conversations.meet(conn, Place("webchat", "w1"), Author("w1", "Anna"), "en", at)
    return store.confirm(conn, who.id, who.customer_id, "order", cart(**wanted), [], at)


def goes(conn: Connection, order: Order, state: State) -> Order:
    became = store.put_into(conn, order, state, MADE)
    assert became is not None
    return became


async def test_a_new_count_keeps_what_open_orders_wait_for(database: Database) -> None:
    def work(conn: Connection) -> None:
        stock.count(conn, shop(tea=5))
        waits, sent = ordered(conn, shop(tea=5), tea=2), ordered(conn, shop(tea=5), tea=1)
        goes(conn, sent, State.SHIPPED)
        goes(conn, ordered(conn, shop(tea=5), MADE - timedelta(days=31), tea=1), State.CONFIRMED)
        stock.count(conn, shop(tea=10))
        assert stock.left(conn) == {"tea": 8}

        stock.give_back(conn, waits.answers, waits.id)
        goes(conn, waits, State.CANCELLED)
        assert stock.left(conn) == {"tea": 10}

        stock.give_back(conn, sent.answers, sent.id)
        assert stock.left(conn) == {"tea": 10}

    await database.transaction(work)


async def test_what_is_promised_to_others_is_not_given_back_by_what_left_before_the_count(database: Database) -> None:
    def work(conn: Connection) -> tuple[dict[str, int], dict[str, int]]:
        sent = goes(conn, ordered(conn, shop(tea=5), tea=2), State.SHIPPED)
        ordered(conn, shop(tea=5), tea=2)
        stock.count(conn, shop(tea=10))
        stock.give_back(conn, sent.answers, sent.id)
        once = stock.left(conn)
        stock.hold(conn, sent.answers, sent.id)
        return once, stock.left(conn)

    assert await database.transaction(work) == ({"tea": 8}, {"tea": 6})


async def test_a_count_of_less_than_is_promised_offers_nothing_and_owes_it(database: Database) -> None:
    def work(conn: Connection) -> tuple[dict[str, int], tuple[Short, ...], list[int | None], dict[str, int]]:
        waits = ordered(conn, shop(tea=5), tea=4)
        stock.count(conn, shop(tea=3))
        owed, short = stock.left(conn), stock.take(conn, shop(tea=3), {"tea": 1})
        shown = [item.stock for item in stock.present(conn, shop(tea=3)).items]
        stock.give_back(conn, waits.answers, waits.id)
        return owed, short, shown, stock.left(conn)

    assert await database.transaction(work) == ({"tea": -1}, (Short("tea", 0),), [0], {"tea": 3})


async def test_what_was_not_counted_when_it_was_ordered_is_promised_all_the_same(database: Database) -> None:
    def work(conn: Connection) -> dict[str, int]:
        ordered(conn, shop(tea=None), tea=2)
        stock.count(conn, shop(tea=10))
        return stock.left(conn)

    assert await database.transaction(work) == {"tea": 8}


async def test_orders_that_come_in_while_the_shelf_is_counted_anew_are_in_the_count(database: Database) -> None:
    old, new = shop(tea=50), shop(tea=40)
    await database.transaction(lambda conn: stock.count(conn, old))

    await asyncio.gather(
        *(database.transaction(lambda conn: ordered(conn, old, tea=1)) for _ in range(10)),
        database.transaction(lambda conn: stock.count(conn, new)),
        *(database.transaction(lambda conn: ordered(conn, new, tea=1)) for _ in range(10)),
    )

    assert await database.read(stock.left) == {"tea": 20}
