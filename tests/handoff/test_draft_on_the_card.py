"""What staff see of a form that its customer has not ended: also what was said of the question at which it waits."""

from __future__ import annotations

from sqlalchemy import Connection

from bot.handlers import draft_view
from bot.orders import drafts
from bot.orders.cart import Cart, line_of
from bot.orders.form import FormState
from bot.storage.database import Database
from tests.handoff.floor import Floor, open_floor
from tests.handoff.test_changes_of_orders import HOME, ROOIBOS, SENCHA, SHOP, main_form, shop_of


async def view(floor: Floor, state: FormState) -> draft_view.DraftView | None:
    def work(conn: Connection) -> draft_view.DraftView | None:
        turn = floor.turn(conn, "Anna")
        drafts.put(conn, turn.conversation.id, "order", state.to_dict(), floor.now)
        return draft_view.of(turn, "en")

    return await floor.change(work)


async def test_a_cart_that_is_not_ended_is_shown_and_no_total_without_goods(database: Database) -> None:
    floor = shop_of(open_floor(database))
    form = main_form(floor)
    cart = Cart((line_of(SENCHA, SHOP, 2), line_of(ROOIBOS, SHOP, 1))).to_value()
    known = {"delivery": "home", "name": "Anna Vogt"}

    begun = await view(floor, FormState("order", form.fingerprint, known, "items", so_far=cart))
    bare = await view(floor, FormState("order", form.fingerprint, known, "items"))
    whole = await view(floor, FormState("order", form.fingerprint, HOME, "confirm"))

    others = (("Delivery", "Home, by DHL"), ("Name", "Anna Vogt"))
    lines = (("Items", "2 × Sencha – €15.80"), ("Items", "1 × Plum Rooibos – €5.90"))
    assert begun == draft_view.DraftView("Your order", "Items", (*others, *lines))
    assert bare == draft_view.DraftView("Your order", "Items", others)
    assert whole is not None
    assert whole.lines[-1] == ("Total", "€26.60")
