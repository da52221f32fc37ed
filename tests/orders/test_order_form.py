"""The order form as a customer goes through it."""

from dataclasses import replace
from datetime import date

import pytest

from bot.orders.answers import Moment, Words
from bot.orders.definition import Field, Kind
from bot.orders.form import (
    Choice,
    FormState,
    Given,
    Outcome,
    Row,
    Say,
    Shared,
    Step,
    Tapped,
    Typed,
    back,
    cancel,
    edit,
    ordered,
    resume,
    skip,
    start,
    summary,
)
from tests.orders.order_walk import ANNA, ANNAS_WAY, MOMENT, SHOP, at_summary, confirm_button, go, keys


def test_the_first_question_comes_with_the_opening_buttons_help_and_progress() -> None:
    step = start(SHOP, Moment(date(2026, 11, 25), "de"))

    assert step == Step(
        FormState("order", SHOP.fingerprint, {}, "what"),
        (
            Say(Words(text="Ein paar kurze Fragen, dann sehen Sie alles zusammen, bevor Sie bestellen.")),
            Say(
                Words(text="Was möchten Sie bestellen?"),
                help="Wählen Sie aus oder schreiben Sie den Namen aus dem Shop, mit der Größe.",
                choices=(
                    Choice("what:pick:breakfast", Words(text="Lindenhof Frühstück, 100 g")),
                    Choice("what:pick:green", Words(text="Grüner Hof Sencha, 100 g")),
                    Choice("what:pick:rooibos", Words(text="Pflaumen-Rooibos, 100 g")),
                    Choice("what:pick:abendrot", Words(text="Abendrot Kaffee entkoffeiniert, 250 g")),
                    Choice("what:pick:tasting_set", Words(text="Probierset, 8 Sorten")),
                ),
                moves=(Choice("what:cancel", Words("form.button.cancel")),),
                progress=(1, 9),
            ),
        ),
    )


def test_a_form_ends_in_a_summary_that_is_confirmed_once() -> None:
    step = at_summary()
    assert step.says[0] == Say(
        Words(text="Your order"),
        rows=(
            Row("Item", Words(text="Grüner Hof Sencha, 100 g")),
            Row("Quantity", Words(text="2 pieces")),
            Row("Delivery", Words(text="Home, by DHL")),
            Row("Address", Words(text="Lindenallee 12, 04107 Leipzig")),
            Row("Day", Words(text="Fri, Nov 27, 2026")),
            Row("Name", Words(text="Anna")),
            Row("Phone", Words(text="+49 170 1234567")),
            Row("Comment", Words(text="–")),
        ),
    )
    assert step.says[1].progress == (9, 9)

    done = go(step, confirm_button(step))

    assert done.outcome is Outcome.CONFIRMED
    assert done.says == (Say(Words(text="A colleague checks it and writes to you about payment.")),)
    assert ordered(SHOP, done.state) == {key: value for key, value in ANNA.items() if value is not None}
    assert go(done, confirm_button(step)) == Step(done.state, (), Outcome.OVER)


def test_a_form_takes_at_most_ten_taps_and_three_typed_answers() -> None:
    way: list[Given] = [Tapped("what:pick:green"), *ANNAS_WAY[1:4], Tapped("date:pick:2026-11-27"), *ANNAS_WAY[5:]]

    done = go(start(SHOP, MOMENT), *way)
    done = go(done, confirm_button(done))

    assert done.outcome is Outcome.CONFIRMED
    assert sum(isinstance(one, Typed) for one in way) == 2
    assert sum(not isinstance(one, Typed) for one in way) + 1 == 7


def test_what_is_known_from_last_time_is_taken_over_and_said() -> None:
    known = {**ANNA, "date": "2026-10-01", "quantity": 99, "unknown": "x"}

    step = start(SHOP, MOMENT, known)

    assert step.state.answers == {
        "what": "green",
        "delivery": "home",
        "address": "Lindenallee 12, 04107 Leipzig",
        "name": "Anna",
        "phone": "+491701234567",
    }
    assert step.state.current == "quantity"
    assert step.says[1].words == Words("form.prefilled", {"labels": "Item, Delivery, Address, Name, Phone"})


def test_the_address_is_asked_only_for_delivery_to_the_home() -> None:
    step = go(start(SHOP, MOMENT), *ANNAS_WAY[:2])

    assert go(step, Typed("home")).state.current == "address"
    pickup = go(step, Typed("pick-up"))
    assert pickup.state.current == "date"
    assert pickup.says[-1].progress == (4, 8)


def test_a_wrong_answer_changes_nothing_and_the_question_comes_again() -> None:
    step = go(start(SHOP, MOMENT), ANNAS_WAY[0])

    again = go(step, Typed("a hundred"))

    assert again.state == step.state
    assert again.says == (Say(Words("form.number_high", {"maximum": "20 pieces"})), step.says[-1])


def test_what_may_be_meant_is_offered_in_place_of_the_usual_answers() -> None:
    step = go(start(SHOP, MOMENT), *ANNAS_WAY[:4], Typed("next Friday"))

    assert keys(step) == ["form.which_day"]
    assert [choice.action for choice in step.says[-1].choices] == ["date:pick:2026-11-27", "date:pick:2026-12-04"]
    assert go(step, Tapped("date:pick:2026-12-04")).state.answers["date"] == "2026-12-04"


@pytest.mark.parametrize(
    "action",
    [
        "what:pick:rooibos",
        "what:back",
        "what:cancel",
        "quantity:pick:0",
        "quantity:pick:x",
        "quantity:pick:",
        "quantity:keep",
        "quantity:yes",
        "quantity:edit:what",
        "delivery:pick:home",
        "confirm:yes",
        "confirm:edit:what",
        "quantity",
        "",
        ":::",
        "nothing:pick:1",
    ],
)
def test_a_button_of_another_question_or_a_made_up_one_changes_nothing(action: str) -> None:
    step = go(start(SHOP, MOMENT), ANNAS_WAY[0])

    again = go(step, Tapped(action))

    assert again.state == step.state
    assert again.says[-1] == step.says[-1]
    assert again.outcome is Outcome.ASKING


def test_a_button_pressed_twice_answers_one_question_only() -> None:
    step = go(start(SHOP, MOMENT), Tapped("what:pick:green"), Tapped("what:pick:green"))

    assert step.state == FormState("order", SHOP.fingerprint, {"what": "green"}, "quantity")


def test_a_contact_shared_at_another_question_changes_nothing() -> None:
    step = start(SHOP, MOMENT)

    assert go(step, Shared("491701234567")).state == step.state


def test_only_the_question_for_the_phone_asks_for_the_contact() -> None:
    step = start(SHOP, MOMENT)
    asked = []
    for one in ANNAS_WAY:
        asked += [step.state.current] if step.says[-1].request_contact else []
        step = go(step, one)

    assert asked == ["phone"]


@pytest.mark.parametrize("word", ["back", "Zurück", "zurueck", "Назад!", "back please"])
def test_back_goes_to_the_question_before_and_keeps_every_answer(word: str) -> None:
    step = go(start(SHOP, MOMENT), *ANNAS_WAY[:3], Typed(word))

    assert step.state == FormState("order", SHOP.fingerprint, dict(list(ANNA.items())[:3]), "delivery")
    assert step.says[-1].rows == (Row("Delivery", Words(text="Home, by DHL")),)
    assert [move.action for move in step.says[-1].moves] == ["delivery:keep", "delivery:back", "delivery:cancel"]
    assert go(step, Tapped("delivery:keep")).state.current == "address"


def test_back_at_the_first_question_says_so() -> None:
    assert keys(go(start(SHOP, MOMENT), Typed("back"))) == ["form.first_question"]


def test_back_from_the_summary_goes_to_the_last_question() -> None:
    assert go(at_summary(), Typed("back")).state.current == "comment"


@pytest.mark.parametrize("word", ["skip", "Nein", "keine", "нет", "пропустить", "no thanks"])
def test_an_optional_question_may_be_left_out_by_word(word: str) -> None:
    step = go(start(SHOP, MOMENT), *ANNAS_WAY[:7], Typed(word))

    assert (step.state.answers["comment"], step.state.current) == (None, "confirm")


def test_no_is_an_answer_where_yes_or_no_is_asked() -> None:
    gift = Field(key="gift", kind=Kind.YES_NO, question={"en": "A gift?"}, required=False)
    form = replace(SHOP, fields=(gift,))

    assert go(start(form, MOMENT), Typed("no"), form=form).state.answers == {"gift": False}
    assert go(start(form, MOMENT), Typed("skip"), form=form).state.answers == {"gift": None}


def test_a_needed_answer_cannot_be_left_out() -> None:
    step = start(SHOP, MOMENT)

    for given in (Typed("skip"), Tapped("what:skip")):
        assert keys(go(step, given)) == ["form.cannot_skip"]
        assert go(step, given).state == step.state


@pytest.mark.parametrize("given", [Typed("cancel"), Typed("Abbrechen"), Typed("отмена"), Tapped("quantity:cancel")])
def test_a_cancelled_form_is_over_and_its_answers_can_fill_in_the_next(given: Given) -> None:
    over = go(start(SHOP, MOMENT), ANNAS_WAY[0], given)

    assert (over.outcome, keys(over)) == (Outcome.CANCELLED, ["form.cancelled"])
    assert go(over, Typed("2")) == Step(over.state, (), Outcome.OVER)
    assert start(SHOP, MOMENT, over.state.answers).state.current == "quantity"


def test_nothing_is_asked_any_more_when_a_form_is_over() -> None:
    state = cancel(at_summary().state).state

    for step in (
        resume(SHOP, state, MOMENT),
        back(SHOP, state, MOMENT),
        skip(SHOP, state, MOMENT),
        edit(SHOP, state, "what", MOMENT),
        cancel(state),
    ):
        assert step == Step(state, (), Outcome.OVER)


def test_one_field_is_changed_from_the_summary_and_the_summary_comes_back() -> None:
    offered = go(at_summary(), Tapped("confirm:change"))
    assert keys(offered) == ["form.what_to_change"]
    assert [choice.action for choice in offered.says[-1].choices] == [f"confirm:edit:{key}" for key in ANNA]

    step = go(offered, Tapped("confirm:edit:quantity"))
    assert (step.state.current, step.state.editing) == ("quantity", True)

    step = go(step, Typed("drei"))
    assert (step.state.current, step.state.editing) == ("confirm", False)
    assert step.state.answers == {**ANNA, "quantity": 3}


@pytest.mark.parametrize("given", [Tapped("quantity:back"), Typed("back"), Tapped("quantity:keep")])
def test_an_edit_can_be_given_up(given: Given) -> None:
    step = go(at_summary(), Tapped("confirm:edit:quantity"), given)

    assert step.state == at_summary().state


@pytest.mark.parametrize(
    ("text", "key"), [("quantity", "quantity"), ("Menge", "quantity"), ("адрес", "address"), ("Day", "date")]
)
def test_the_name_of_a_field_typed_at_the_summary_changes_it(text: str, key: str) -> None:
    assert go(at_summary(), Typed(text)).state.current == key


def test_what_is_typed_at_the_summary_is_understood_or_asked_back() -> None:
    for yes in ("yes", "Ja, bitte", "да", "ok", "Ja, bestellen", "order it now", "confirm", "да, оформляйте"):
        assert go(at_summary(), Typed(yes)).outcome is Outcome.CONFIRMED
    assert keys(go(at_summary(), Typed("no"))) == ["form.what_to_change"]
    for doubtful in ("hm", "now", "yes or no", "ja, aber nicht jetzt", "да, но позже", "I don't order"):
        assert keys(go(at_summary(), Typed(doubtful))) == ["form.confirm_needed"]
    assert go(at_summary(), Typed("not yes")).outcome is Outcome.ASKING


def test_an_answer_that_calls_for_another_question_brings_it_before_the_summary() -> None:
    step = go(start(SHOP, MOMENT), *ANNAS_WAY[:2], Tapped("delivery:pick:pickup"), *ANNAS_WAY[4:])
    assert step.state.current == "confirm"

    step = go(step, Tapped("confirm:edit:delivery"), Tapped("delivery:pick:home"))
    assert step.state.current == "address"
    assert go(step, ANNAS_WAY[3]).state.current == "confirm"


def test_an_answer_that_is_not_called_for_is_kept_but_not_ordered() -> None:
    step = go(at_summary(), Tapped("confirm:edit:delivery"), Tapped("delivery:pick:pickup"))

    assert "address" not in ordered(SHOP, step.state)
    assert "Address" not in [row.label for row in summary(SHOP, step.state, "en")]
    step = go(step, Tapped("confirm:edit:delivery"), Tapped("delivery:pick:home"))
    assert (step.state.current, ordered(SHOP, step.state)["address"]) == ("confirm", ANNA["address"])


def test_a_question_that_hangs_on_one_that_is_not_called_for_is_not_asked_either() -> None:
    floor = Field(key="floor", kind=Kind.YES_NO, question={"en": "Upstairs?"}, show_if={"delivery": ("home",)})
    lift = Field(key="lift", kind=Kind.YES_NO, question={"en": "A lift?"}, show_if={"floor": ("yes",)})
    form = replace(SHOP, fields=(SHOP.fields[2], floor, lift))
    step = go(start(form, MOMENT), Typed("home"), Typed("yes"), form=form)
    assert step.state.current == "lift"

    step = go(step, Typed("back"), Typed("back"), Typed("pick-up"), form=form)

    assert (step.state.current, ordered(form, step.state)) == ("confirm", {"delivery": "pickup"})


def test_the_button_of_an_older_summary_does_not_confirm_what_was_changed_since() -> None:
    first = at_summary()
    second = go(first, Tapped("confirm:edit:quantity"), Typed("3"))

    stale = go(second, confirm_button(first))

    assert (stale.outcome, stale.says) == (Outcome.ASKING, second.says)
    assert go(second, confirm_button(second)).outcome is Outcome.CONFIRMED
