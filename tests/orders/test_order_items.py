"""The cart: items by button and in words, what is doubtful, what has changed meanwhile, what it comes to."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bot.orders.again import again, left_out
from bot.orders.answers import Moment, Value
from bot.orders.cart import line_of, lines_of, values
from bot.orders.catalogue import Catalogue, Item
from bot.orders.catalogue_file import load as load_catalogue
from bot.orders.definition import FormBroken, FormDefinition, load
from bot.orders.form import FormState, Given, Outcome, Step, Tapped, Typed, answer, ordered, resume, start, summary
from bot.orders.items import value_said

SHOP = load_catalogue(Path(__file__).parents[2] / "config" / "catalogue.csv", "EUR")
FORM = """
key = "order"
title.en = "Order"
total.en = "Total"
[[fields]]
key = "items"
kind = "items"
label.en = "Items"
question.en = "What would you like?"
[[fields]]
key = "delivery"
kind = "choice"
label.en = "Delivery"
question.en = "Where to?"
options = [{ key = "home", label.en = "Home" }, { key = "pickup", label.en = "Pick-up" }]
[[fields]]
key = "confirm"
kind = "confirm"
question.en = "Right?"
[[prices]]
label.en = "Postage"
amount = "4.90"
free_from = 50
show_if = { delivery = "home" }
"""


def form_of(tmp_path: Path, **changed: str) -> FormDefinition:
    text = FORM
    for before, after in changed.items():
        text = text.replace(before, after)
    (tmp_path / "form.toml").write_text(text, encoding="utf-8")
    return load(tmp_path / "form.toml")


@pytest.fixture
def form(tmp_path: Path) -> FormDefinition:
    return form_of(tmp_path)


def at(catalogue: Catalogue = SHOP, language: str = "en") -> Moment:
    return Moment(date(2026, 11, 25), language, catalogue=catalogue)


def go(form: FormDefinition, step: Step, *given: str, moment: Moment | None = None) -> Step:
    """Give what stands there, a button when it begins with a verb of one; the draft is kept and read each time."""
    for one in given:
        state = FormState.from_dict(json.loads(json.dumps(step.state.to_dict())))
        thing: Given = Tapped(one) if ":" in one and " " not in one else Typed(one)
        step = answer(form, state, thing, moment or at())
    return step


def chosen(step: Step) -> list[tuple[str, int]]:
    """Return the lines of the cart as it stands."""
    found: Any = step.state.so_far or {}
    lines: Any = found.get("lines", []) or step.state.answers.get("items") or []
    return [(line["sku"], line["quantity"]) for line in lines]


def said(step: Step) -> list[str]:
    return [say.words.key or say.words.text for say in step.says]


def codes(step: Step) -> list[str]:
    return [choice.action.rpartition(":")[2] for choice in step.says[-1].choices]


def without(*skus: str, **stock: int) -> Catalogue:
    kept = [item for item in SHOP.items if item.sku not in skus]
    return Catalogue(
        tuple(replace(item, stock=stock.get(item.sku.replace("-", "_"), item.stock)) for item in kept), "EUR"
    )


def test_an_item_takes_a_tap_its_count_another_and_that_is_all_a_third(form: FormDefinition) -> None:
    first = start(form, at())
    assert codes(first)[0] == "s.breakfast"
    assert first.says[-1].choices[1].label.text == "Green Courtyard Sencha, 100 g · €7.90"

    how_many = go(form, first, "items:pick:s.sencha")
    assert said(how_many) == ["items.ask.many"]
    assert codes(how_many) == [f"q{count}.sencha" for count in (1, 2, 3, 4, 5, 0)]

    more = go(form, how_many, "items:pick:q2.sencha")
    assert said(more) == ["items.anything_else"]
    assert more.says[0].words.arguments == {"total": "€15.80"}
    assert [row.value.text for row in more.says[0].rows] == ["2 × Green Courtyard Sencha, 100 g – €15.80"]
    assert codes(more)[:2] == ["done", "edit"]

    done = go(form, more, "items:pick:done")
    assert (chosen(done), done.state.current) == ([("sencha", 2)], "delivery")


def test_several_are_written_at_once_in_any_language(form: FormDefinition) -> None:
    step = go(form, start(form, at()), "two boxes of sencha and 1 Ройбуш", "nein, das ist alles")

    assert (chosen(step), step.state.current) == ([("sencha", 2), ("plum-rooibos", 1)], "delivery")


@pytest.mark.parametrize("words", ["that's all", "no thanks", "das war's", "fertig", "это всё", "нет", "none", "done"])
def test_that_is_all_may_be_written(form: FormDefinition, words: str) -> None:
    assert go(form, start(form, at()), "2 sencha", words).state.current == "delivery"


def test_what_is_not_sure_is_asked_one_after_the_other(form: FormDefinition) -> None:
    step = go(form, start(form, at()), "2 teas, sencha and one rooibos")
    assert (said(step), chosen(step)) == (["items.ask.which"], [("plum-rooibos", 1)])
    assert codes(step)[-1] == "none"

    step = go(form, step, "items:pick:s.breakfast")
    assert (said(step), chosen(step)) == (["items.ask.many"], [("plum-rooibos", 1), ("breakfast", 2)])

    step = go(form, step, "three")
    assert chosen(step) == [("plum-rooibos", 1), ("breakfast", 2), ("sencha", 3)]
    assert said(step) == ["items.anything_else"]


def test_while_a_count_is_asked_another_item_may_be_named(form: FormDefinition) -> None:
    step = go(form, start(form, at()), "items:pick:s.sencha", "2 rooibos")
    assert (said(step), chosen(step)) == (["items.ask.many"], [("plum-rooibos", 2)])

    step = go(form, step, "items:pick:q1.sencha")
    assert chosen(step) == [("plum-rooibos", 2), ("sencha", 1)]


def test_a_button_of_another_question_counts_nothing(form: FormDefinition) -> None:
    asked = go(form, start(form, at()), "sencha and rooibos")
    once = go(form, asked, "items:pick:q2.sencha")
    twice = go(form, once, "items:pick:q2.sencha", "items:pick:q9.abendrot", "items:pick:done", "items:pick:x")

    assert chosen(once) == chosen(twice) == [("sencha", 2)]
    assert said(twice) == ["items.ask.many"]


def test_an_item_named_again_is_asked_how_many_in_all(form: FormDefinition) -> None:
    step = go(form, start(form, at()), "2 sencha", "2 sencha")
    assert (said(step), step.says[0].words.arguments["have"], chosen(step)) == (["items.ask.again"], 2, [("sencha", 2)])

    assert chosen(go(form, step, "4")) == [("sencha", 4)]
    assert chosen(go(form, step, "items:pick:q0.sencha")) == []


def test_lines_are_changed_and_removed(form: FormDefinition) -> None:
    step = go(form, start(form, at()), "2 sencha, 1 rooibos", "items:pick:edit")
    assert (said(step), codes(step)) == (["items.edit"], ["s.sencha", "s.plum-rooibos", "top"])

    step = go(form, step, "items:pick:s.sencha", "items:pick:q0.sencha")
    assert (said(step), chosen(step)) == (["items.anything_else"], [("plum-rooibos", 1)])

    step = go(form, step, "items:pick:edit", "items:pick:top")
    assert said(step) == ["items.anything_else"]


@pytest.mark.parametrize("text", ["moon dust", "", "5", "?"])
def test_what_is_not_sold_is_told_and_nothing_is_taken(form: FormDefinition, text: str) -> None:
    step = go(form, start(form, at()), text)

    assert chosen(step) == []
    assert said(step)[0] in ("items.unknown", "items.choose")
    assert step.state.current == "items"


def test_what_is_sold_out_is_not_offered_and_named_it_gives_others_of_its_kind(form: FormDefinition) -> None:
    few = at(without(sencha=0, abendrot=0))
    step = start(form, few)
    assert "s.sencha" not in codes(step)

    step = go(form, step, "2 sencha and 1 abendrot", moment=few)
    assert (said(step), codes(step)) == (
        ["items.ask.sold_out"],
        ["s.breakfast", "s.assam-decaf", "s.winter-biscuit", "s.plum-rooibos", "none"],
    )
    step = go(form, step, "items:pick:s.breakfast", moment=few)
    assert (said(step), chosen(step), codes(step)) == (["items.ask.sold_out_alone"], [("breakfast", 2)], ["ok"])
    assert said(go(form, step, "items:pick:ok", moment=few)) == ["items.anything_else"]


def test_no_more_is_taken_than_there_is(form: FormDefinition) -> None:
    few = at(without(sencha=3))
    step = go(form, start(form, few), "5 sencha", moment=few)

    assert (said(step), step.says[0].words.arguments["maximum"]) == (["items.ask.few"], 3)
    assert codes(step) == ["q1.sencha", "q2.sencha", "q3.sencha", "q0.sencha"]
    assert said(go(form, step, "items:pick:q4.sencha", moment=few)) == ["items.ask.few"]
    assert chosen(go(form, step, "3", moment=few)) == [("sencha", 3)]


def test_the_owner_limits_a_line_and_the_order(tmp_path: Path) -> None:
    limits = 'kind = "items"\nline_minimum = 2\nline_maximum = 4\norder_minimum = 3\norder_maximum = 5'
    form = form_of(tmp_path, **{'kind = "items"': limits})

    step = go(form, start(form, at()), "1 sencha")
    assert (said(step), codes(step)) == (["items.ask.low"], ["q2.sencha", "q3.sencha", "q4.sencha", "q0.sencha"])
    assert said(go(form, step, "9")) == ["items.ask.high"]
    assert said(go(form, step, "2", "items:pick:done")) == ["items.too_few", "items.anything_else"]
    step = go(form, step, "4", "3 rooibos")
    assert (said(step), step.says[0].words.arguments["maximum"]) == (["items.ask.high"], 1)


def test_the_price_lines_and_the_total_stand_in_the_summary(form: FormDefinition) -> None:
    def lines(*given: str) -> list[tuple[str, str]]:
        step = go(form, start(form, at()), *given)
        return [(row.label, row.value.key or row.value.text) for row in summary(form, step.state, "en")]

    assert lines("2 sencha, 1 rooibos", "done", "Home") == [
        ("Items", "\n2 × Green Courtyard Sencha, 100 g – €15.80\n1 × Plum Rooibos, 100 g – €5.90"),
        ("Delivery", "Home"),
        ("Postage", "€4.90"),
        ("Total", "€26.60"),
    ]
    assert lines("1 sencha", "done", "Pick-up")[2:] == [("Total", "€7.90")]
    assert lines("7 sencha", "done", "Home")[2:] == [("Postage", "form.free"), ("Total", "€55.30")]


def test_the_customer_reads_items_and_prices_in_the_present_language(form: FormDefinition) -> None:
    step = go(form, start(form, at()), "2 sencha", "done", "Home")

    german = [row.value.text for row in summary(form, step.state, "de")]

    assert german == ["2 × Grüner Hof Sencha, 100 g – 15,80\xa0€", "Home", "4,90\xa0€", "20,70\xa0€"]


def at_summary(form: FormDefinition, *given: str) -> Step:
    return go(form, start(form, at()), *(given or ("2 sencha, 1 rooibos",)), "done", "Home")


def confirm(form: FormDefinition, step: Step, catalogue: Catalogue) -> Step:
    return go(form, step, step.says[-1].choices[0].action, moment=at(catalogue))


def test_a_confirmed_order_holds_items_with_their_prices(form: FormDefinition) -> None:
    step = confirm(form, at_summary(form), SHOP)

    assert step.outcome is Outcome.CONFIRMED
    items: Any = ordered(form, step.state)["items"]
    assert [(line["sku"], line["quantity"], line["price"], line["currency"]) for line in items] == [
        ("sencha", 2, 790, "EUR"),
        ("plum-rooibos", 1, 590, "EUR"),
    ]


def test_what_sold_out_meanwhile_is_told_with_others_and_the_rest_is_kept(form: FormDefinition) -> None:
    now = without(plum_rooibos=0)
    step = confirm(form, at_summary(form), now)

    assert said(step) == ["items.sold_out", "items.ask.sold_out"]
    assert (step.outcome, chosen(step), step.state.answers) == (Outcome.ASKING, [("sencha", 2)], {"delivery": "home"})

    step = go(form, step, "items:pick:s.breakfast", "items:pick:done", moment=at(now))
    assert step.state.current == "confirm"
    assert confirm(form, step, now).outcome is Outcome.CONFIRMED


def test_what_left_the_range_became_fewer_or_dearer_is_told_by_name(form: FormDefinition) -> None:
    gone = confirm(form, at_summary(form), without("plum-rooibos"))
    assert said(gone) == ["items.gone", "items.ask.gone"]
    assert gone.says[0].words.arguments == {"item": "Plum Rooibos, 100 g"}

    few = confirm(form, at_summary(form), without(sencha=1))
    assert said(few) == ["items.few", "items.ask.few"]
    assert chosen(go(form, few, "1", moment=at(without(sencha=1)))) == [("sencha", 1), ("plum-rooibos", 1)]

    dearer = Catalogue(tuple(replace(item, price=item.price + 10) for item in SHOP.items), "EUR")
    step = confirm(form, at_summary(form, "2 sencha"), dearer)
    assert said(step) == ["items.price_changed", "items.anything_else"]
    assert step.says[0].words.arguments == {
        "item": "Green Courtyard Sencha, 100 g",
        "price": "€8.00",
        "before": "€7.90",
    }
    assert said(go(form, step, "items:pick:done", moment=at(dearer)))[0] == "Order"


def test_a_change_of_the_shop_does_not_disturb_another_question(form: FormDefinition) -> None:
    step = go(form, start(form, at()), "2 sencha", "done")

    step = resume(form, step.state, at(without("sencha")))

    assert (step.state.current, chosen(step)) == ("delivery", [("sencha", 2)])


def test_a_half_filled_cart_survives_a_change_of_the_form(form: FormDefinition) -> None:
    step = go(form, start(form, at()), "2 sencha")

    step = resume(replace(form, fingerprint="another"), step.state, at())

    assert (said(step), chosen(step)) == (["items.anything_else"], [("sencha", 2)])


def test_the_cart_is_changed_from_the_summary(form: FormDefinition) -> None:
    step = go(form, at_summary(form), "confirm:change", "confirm:edit:items")
    assert (said(step), chosen(step)) == (["items.anything_else"], [("sencha", 2), ("plum-rooibos", 1)])

    assert [move.label.key for move in step.says[-1].moves] == ["form.button.back", "form.button.cancel"]
    assert go(form, step, "items:pick:done").state.current == "confirm"
    step = go(form, step, "one tasting set", "items:pick:done")
    assert (step.state.current, len(chosen(step))) == ("confirm", 3)


def test_back_goes_one_part_back(form: FormDefinition) -> None:
    step = go(form, start(form, at()), "2 sencha", "1 rooibos", "items:back")
    assert (said(step), chosen(step)) == (["items.ask.many"], [("sencha", 2)])

    step = go(form, step, "items:back", "items:back", "items:back")
    assert (said(step), chosen(step)) == (["What would you like?"], [])


def test_no_leaves_an_optional_cart_as_it_is(tmp_path: Path) -> None:
    form = form_of(tmp_path, **{'kind = "items"': 'kind = "items"\nrequired = false'})

    assert chosen(go(form, start(form, at()), "2 sencha", "no")) == [("sencha", 2)]
    skipped = go(form, start(form, at()), "no")
    assert (skipped.state.answers, skipped.state.current) == ({"items": None}, "delivery")


def big(categories: int) -> Catalogue:
    return Catalogue(
        tuple(
            Item(f"i{number}", {"en": f"Thing {number}"}, 100, category={"en": f"Shelf {number % categories}"})
            for number in range(20)
        ),
        "EUR",
    )


def test_many_items_are_found_by_category_and_page_by_page(form: FormDefinition) -> None:
    shop = at(big(2))
    step = start(form, shop)
    assert [choice.label.text for choice in step.says[-1].choices] == ["Shelf 0", "Shelf 1"]

    step = go(form, step, step.says[-1].choices[1].action, moment=shop)
    assert codes(step) == [*(f"s.i{number}" for number in range(1, 17, 2)), "p.1", "top"]
    step = go(form, step, "items:pick:p.1", moment=shop)
    assert codes(step) == ["s.i17", "s.i19", "p.0", "top"]
    step = go(form, step, "items:pick:s.i19", "items:pick:q1.i19", moment=shop)
    assert (chosen(step), codes(step)[:2]) == ([("i19", 1)], ["done", "edit"])

    alone = go(form, start(form, at(big(1))), "items:pick:p.2", moment=at(big(1)))
    assert codes(alone) == [*(f"s.i{number}" for number in range(16, 20)), "p.0"]


def test_every_button_fits_its_channel(form: FormDefinition) -> None:
    sku = "A" * 16
    shop = at(Catalogue((Item(sku, {"en": "x" * 60}, 100),), "EUR"))
    seen = [start(form, shop)]
    seen.append(go(form, seen[0], f"items:pick:s.{sku}", moment=shop))
    seen.append(go(form, seen[1], f"items:pick:q2.{sku}", moment=shop))

    actions = [choice.action for step in seen for say in step.says for choice in say.choices]

    assert max(len(action.partition(":pick:")[2]) for action in actions) <= 20
    assert len(actions) > 8


@pytest.mark.parametrize(
    "value",
    [
        [],
        "sencha",
        [{"sku": "sencha"}],
        [{"sku": "sencha", "quantity": True, "price": 790, "currency": "EUR"}],
        [7],
        {},
    ],
)
def test_what_is_no_cart_is_not_taken_for_one(form: FormDefinition, value: Any) -> None:  # noqa: ANN401 whatever a draft holds
    step = start(form, at(), {"items": value})

    assert (step.state.current, dict(step.state.answers)) == ("items", {})


def test_what_a_first_message_surely_orders_is_an_answer(form: FormDefinition) -> None:
    value: Any = value_said(form.fields[0], "2 sencha and one rooibos", SHOP)

    assert [(line["sku"], line["quantity"]) for line in value] == [("sencha", 2), ("plum-rooibos", 1)]
    assert [value_said(form.fields[0], text, SHOP) for text in ("sencha", "2 teas", "hello", "200 sencha")] == [
        None
    ] * 4


@pytest.mark.parametrize(
    ("before", "after", "wrong"),
    [
        ('total.en = "Total"', "", "total is missing"),
        ('amount = "4.90"', "", "prices.1.amount is missing"),
        ('amount = "4.90"', 'amount = "4.905"', 'prices.1.amount must be an amount in EUR, as "4.90"'),
        ('amount = "4.90"', "amount = -1", "prices.1.amount must be an amount in EUR"),
        ("free_from = 50", "free_from = true", "prices.1.free_from must be an amount in EUR"),
        ('{ delivery = "home" }', '{ delivery = "moon" }', "prices.1.show_if.delivery must be one of home, pickup"),
        ('label.en = "Postage"', "", "prices.1.label is missing"),
        ('kind = "items"', 'kind = "items"\nline_minimum = 100', "fields.items.line_minimum must be between 1 and 99"),
    ],
)
def test_a_price_that_cannot_be_is_refused_by_line_and_key(tmp_path: Path, before: str, after: str, wrong: str) -> None:
    with pytest.raises(FormBroken) as refused:
        form_of(tmp_path, **{before: after})

    assert wrong in str(refused.value)


def dearer(sku: str, price: int) -> Catalogue:
    return replace(SHOP, items=tuple(replace(one, price=price) if one.sku == sku else one for one in SHOP.items))


def last_time(form: FormDefinition, *skus: str) -> dict[str, Value]:
    lines = [line_of(item, SHOP, 2) for sku in skus if (item := SHOP.item(sku))]
    return {"items": list(values(lines))}


def test_the_same_as_last_time_takes_todays_prices(form: FormDefinition) -> None:
    last = last_time(form, "sencha", "plum-rooibos")

    taken = again(form, last, at(dearer("sencha", 990)), whole=True)

    lines = lines_of(taken["items"]) or ()
    assert [(line.sku, line.quantity, line.price) for line in lines] == [("sencha", 2, 990), ("plum-rooibos", 2, 590)]
    assert left_out(form, last, at(dearer("sencha", 990))) == []


def test_of_the_same_as_last_time_what_is_sold_out_is_left_out_by_name(form: FormDefinition) -> None:
    last, now = last_time(form, "sencha", "plum-rooibos"), at(without("plum-rooibos"))

    taken = again(form, last, now, whole=True)

    assert [line.sku for line in lines_of(taken["items"]) or ()] == ["sencha"]
    assert left_out(form, last, now) == ["Plum Rooibos, 100 g"]
    assert again(form, last_time(form, "plum-rooibos"), now, whole=True) == {}
