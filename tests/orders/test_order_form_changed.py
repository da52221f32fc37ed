"""The order form after a pause: a restart, another language, days gone by, a form changed by its owner."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.orders.answers import Words
from bot.orders.definition import FormDefinition, load
from bot.orders.form import (
    FormState,
    Outcome,
    Say,
    Typed,
    answer,
    resume,
    start,
)
from tests.orders.order_walk import ANNA, ANNAS_WAY, CONFIG, MOMENT, SHOP, at_summary, confirm_button, go, keys


def shop_with(tmp_path: Path, *changes: tuple[str, str]) -> FormDefinition:
    text = CONFIG.read_text(encoding="utf-8")
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    path = tmp_path / "order_form.toml"
    path.write_text(text, encoding="utf-8")
    return load(path)


def without_field(key: str) -> tuple[str, str]:
    text = CONFIG.read_text(encoding="utf-8")
    begin = text.index(f'[[fields]]\nkey = "{key}"')
    return text[begin : text.index("[[fields]]", begin + 1)], ""


def test_the_language_may_change_at_any_question() -> None:
    step = go(start(SHOP, MOMENT), *ANNAS_WAY[:4])

    russian = resume(SHOP, step.state, replace(MOMENT, language="ru"))

    assert russian.says[-1].words == Words(text="В какой день отправить или подготовить заказ?")
    assert go(russian, Typed("в пятницу")).state.answers["date"] == "2026-11-27"


def test_killed_at_every_question_the_customer_goes_on_at_the_same_one() -> None:
    step = start(SHOP, MOMENT)
    for one in ANNAS_WAY:
        state = FormState.from_dict(json.loads(json.dumps(step.state.to_dict())))
        assert state == step.state
        assert resume(SHOP, state, MOMENT).says[-1] == step.says[-1]
        step = answer(SHOP, state, one, MOMENT)

    assert step == at_summary()


def test_a_day_that_has_gone_by_is_asked_again_before_anything_is_ordered() -> None:
    step = at_summary()
    later = replace(MOMENT, today=MOMENT.today + timedelta(days=2))

    late = go(step, confirm_button(step), moment=later)

    assert (late.outcome, late.state.current) == (Outcome.ASKING, "date")
    assert late.says[0] == Say(Words("form.outdated", {"labels": "Day"}))
    assert late.state.answers == {key: value for key, value in ANNA.items() if key != "date"}


def test_a_form_changed_meanwhile_keeps_what_still_fits_and_says_what_does_not(tmp_path: Path) -> None:
    changed = shop_with(tmp_path, ("maximum = 20", "maximum = 1"), ('"green"', '"sencha"'))
    step = at_summary()

    again = go(step, confirm_button(step), form=changed)

    assert again.outcome is Outcome.ASKING
    assert again.says[0] == Say(Words("form.changed", {"labels": "Item, Quantity"}))
    assert again.state.answers == {key: value for key, value in ANNA.items() if key not in ("what", "quantity")}
    assert (again.state.current, again.state.fingerprint) == ("what", changed.fingerprint)
    assert keys(resume(changed, again.state, MOMENT)) == []


def test_a_question_dropped_meanwhile_is_explained_and_the_rest_goes_on(tmp_path: Path) -> None:
    changed = shop_with(tmp_path, without_field("name"))
    step = go(start(SHOP, MOMENT), *ANNAS_WAY[:6])

    again = resume(changed, step.state, MOMENT)

    assert again.says[0].words == Words("form.changed_gone", {"n": 1})
    assert again.state.answers == {key: ANNA[key] for key in ("what", "quantity", "delivery", "address", "date")}


def test_questions_dropped_meanwhile_are_told_also_beside_those_that_changed(tmp_path: Path) -> None:
    changed = shop_with(tmp_path, ("maximum = 20", "maximum = 1"), without_field("name"))

    again = resume(changed, at_summary().state, MOMENT)

    told = [say.words for say in again.says[:2]]
    assert told == [Words("form.changed", {"labels": "Quantity"}), Words("form.changed_too", {"n": 1})]
    assert keys(resume(changed, again.state, MOMENT)) == []


def test_an_answer_to_a_question_dropped_meanwhile_is_not_taken_for_the_next_one(tmp_path: Path) -> None:
    changed = shop_with(tmp_path, without_field("address"))
    step = go(start(SHOP, MOMENT), *ANNAS_WAY[:3])

    again = go(step, Typed("Friday"), form=changed)

    assert (again.state.current, again.state.answers) == ("date", dict(list(ANNA.items())[:3]))


def test_a_question_added_meanwhile_is_asked(tmp_path: Path) -> None:
    bare = shop_with(tmp_path, without_field("phone"))
    step = go(start(bare, MOMENT), *ANNAS_WAY[:6], *ANNAS_WAY[7:], form=bare)
    assert step.state.current == "confirm"

    again = go(step, Typed("yes"))

    assert (again.outcome, again.state.current, keys(again)) == (Outcome.ASKING, "phone", [])


def test_a_comment_that_has_become_needed_is_asked_again(tmp_path: Path) -> None:
    changed = shop_with(tmp_path, ("required = false", "required = true"))

    again = resume(changed, at_summary().state, MOMENT)

    assert again.says[0] == Say(Words("form.changed", {"labels": "Comment"}))
    assert again.state.current == "comment"


def test_only_wording_changed_meanwhile_asks_nothing_again_but_the_confirmation(tmp_path: Path) -> None:
    changed = shop_with(tmp_path, ("Is everything right?", "Shall we pack it?"))
    step = at_summary()

    again = go(step, confirm_button(step), form=changed)

    assert (again.outcome, again.state.answers, keys(again)) == (Outcome.ASKING, ANNA, [])
    assert go(again, confirm_button(again), form=changed).outcome is Outcome.CONFIRMED


def test_what_was_said_in_parts_is_named_when_its_question_changed(tmp_path: Path) -> None:
    step = go(start(SHOP, MOMENT), *ANNAS_WAY[:3])
    begun = replace(step.state, so_far={"street": "Lindenallee"})
    changed = shop_with(tmp_path, ("What is the address?", "Where do you live?"))

    asked = resume(changed, begun, MOMENT)

    assert asked.state.so_far is None
    assert asked.says[0].words == Words("form.changed", {"labels": "Address"})
    assert len(resume(changed, asked.state, MOMENT).says) == 1


def test_a_question_that_is_gone_while_it_is_asked_is_explained(tmp_path: Path) -> None:
    step = go(start(SHOP, MOMENT), *ANNAS_WAY[:5])
    changed = shop_with(tmp_path, without_field("name"))

    asked = resume(changed, step.state, MOMENT)

    assert asked.says[0].words == Words("form.changed_gone", {"n": 1})
    assert asked.state.current == "phone"
