"""What of the last order can stand for the next one."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from bot.orders.again import WORDING, again, filled, not_again, signed
from bot.orders.answers import Moment, Value
from bot.orders.definition import FormBroken, FormDefinition, load
from bot.orders.form import resume
from tests.orders.order_walk import ANNA, MOMENT, SHOP

LAST = {key: value for key, value in ANNA.items() if value is not None} | {"comment": "as a gift, please"}
TERMS = """
key = "order"
title.en = "Order"
[[fields]]
key = "what"
kind = "choice"
label.en = "What"
question.en = "What?"
options = [{ key = "tea", label = { en = "Tea" } }, { key = "cup", label = { en = "Cup" } }]
[[fields]]
key = "terms"
kind = "consent"
label.en = "Terms"
question.en = "Do you agree?"
renew_after_days = 365
[[fields]]
key = "confirm"
kind = "confirm"
question.en = "Right?"
"""


def form(folder: Path, text: str = TERMS) -> FormDefinition:
    (folder / "order_form.toml").write_text(text)
    return load(folder / "order_form.toml")


def test_the_same_again_takes_all_but_what_belongs_to_one_order() -> None:
    taken = again(SHOP, LAST, MOMENT, whole=True)

    assert taken == {**{key: LAST[key] for key in LAST if key not in {"date", "comment"}}, "comment": None}
    assert filled(SHOP, taken).current == "date"


def test_only_my_details_takes_no_items() -> None:
    taken = again(SHOP, LAST, MOMENT, whole=False)

    assert taken == {key: LAST[key] for key in ("address", "name", "phone")}
    assert filled(SHOP, taken).current == "what"


def test_what_is_not_possible_any_more_is_asked_and_named() -> None:
    last = {**LAST, "what": "sold_out", "quantity": 99}

    taken = again(SHOP, last, MOMENT, whole=True)

    assert "what" not in taken
    assert [field.key for field in not_again(SHOP, last, MOMENT)] == ["what", "quantity"]
    assert filled(SHOP, taken).current == "what"


def test_without_a_last_order_nothing_is_known() -> None:
    assert again(SHOP, {}, MOMENT, whole=False) == {}
    assert not_again(SHOP, {}, MOMENT) == ()


def agreed(definition: FormDefinition, day: date = MOMENT.today) -> dict[str, Value]:
    return signed(definition, {"what": "tea", "terms": {"yes": True, "at": day.isoformat()}})


def test_a_consent_stands_for_as_long_as_its_owner_says(tmp_path: Path) -> None:
    definition, given = form(tmp_path), date(2026, 1, 1)
    last = agreed(definition, given)

    in_time = replace(MOMENT, today=given + timedelta(days=365))
    too_late = replace(MOMENT, today=given + timedelta(days=366))

    assert again(definition, last, in_time, whole=True) == last
    assert again(definition, last, in_time, whole=False) == {"terms": last["terms"]}
    assert again(definition, last, too_late, whole=True) == {"what": "tea"}
    assert not_again(definition, last, too_late) == ()


@pytest.mark.parametrize(
    "value",
    [
        {"yes": False, "at": "2026-11-01"},
        {"yes": True, "at": "2026-11-01"},
        {"yes": True, "at": "2026-11-01", WORDING: "00000000"},
        {"yes": True, "at": "soon"},
        {"yes": True},
        True,
    ],
)
def test_a_consent_that_was_not_given_to_these_words_is_asked_for(tmp_path: Path, value: Value) -> None:
    definition = form(tmp_path)

    assert again(definition, {"what": "tea", "terms": value}, MOMENT, whole=True) == {"what": "tea"}


def test_a_consent_to_other_words_is_asked_for_again(tmp_path: Path) -> None:
    last = agreed(form(tmp_path))
    reworded = form(tmp_path, TERMS.replace("Do you agree?", "Do you agree to everything?"))

    assert again(reworded, last, MOMENT, whole=True) == {"what": "tea"}


def test_a_consent_is_asked_for_each_time_where_its_owner_says_nothing(tmp_path: Path) -> None:
    definition = form(tmp_path, TERMS.replace("renew_after_days = 365", ""))

    assert again(definition, agreed(definition), MOMENT, whole=True) == {"what": "tea"}


def test_a_consent_that_stands_for_no_number_of_days_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormBroken, match=r"line 15: fields\.terms\.renew_after_days must be a whole number"):
        form(tmp_path, TERMS.replace("renew_after_days = 365", 'renew_after_days = "ever"'))


def test_a_form_that_is_filled_goes_on_at_what_is_missing() -> None:
    state = filled(SHOP, again(SHOP, LAST, MOMENT, whole=True))

    step = resume(SHOP, state, Moment(MOMENT.today, "en"))

    assert step.state == state
    assert [say.words.text for say in step.says] == ["On which day should it leave us, or be ready for you?"]
