"""The sample shop's form under random customers, with the shelf and the prices changing under them.

Items in words and by button, backs within a cart and an address, edits, restarts after each step, messages that say
several things at once, an order of last time, sold-out and dearer items: what was answered stays while it may, what
may not stand is never kept, what is confirmed is what the last summary showed, and the form comes to its end.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings, strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from bot.orders.answers import Located, Moment, Shared, Value
from bot.orders.cart import lines_of
from bot.orders.catalogue import Catalogue, Item
from bot.orders.catalogue_file import load as load_catalogue
from bot.orders.definition import Field, FormDefinition, load
from bot.orders.form import FormState, Given, Outcome, Step, Tapped, Typed, answer, ordered, resume, start, visible
from bot.orders.kinds import rules_of
from bot.orders.understood import added, begun_with, understood

CONFIG = Path(__file__).parents[2] / "config"
SHOP = load_catalogue(CONFIG / "catalogue.csv", "EUR")
FORM = load(CONFIG / "order_form.toml")
AT_HOME_ONLY = replace(FORM, fields=tuple(one for one in FORM.fields if one.key != "comment"), fingerprint="less")
FORMS = st.sampled_from([FORM, AT_HOME_ONLY])
WEDNESDAY = Moment(date(2026, 11, 25), "en", at=time(10), zone="Europe/Berlin", name="Anna Vogt", catalogue=SHOP)
RIGHT = {
    "items": ["2 sencha and one rooibos", "ein Probierset", "два набора", "that is all", "2", "done"],
    "delivery": ["home", "Abholung", "домой"],
    "address": [
        "Lindenallee 12, 04107 Leipzig",
        "Mariahilfer Straße 1",
        "1060 Wien",
        "04107 Leipzig",
        "Lindenallee 12",
    ],
    "window": ["Friday afternoon", "Samstag zwischen 9 und 12", "в понедельник вечером", "Monday", "2-6pm"],
    "name": ["Anna Vogt", "Иван Петров"],
    "phone": ["0170 1234567", "+43 664 1234567"],
    "comment": ["Ring twice", "none"],
    "terms": ["I agree", "да"],
}
ANYTHING: list[Given] = [
    *(Typed(text) for some in RIGHT.values() for text in some if text != "да"),
    *(
        Typed(text)
        for text in (
            "",
            "?",
            "back",
            "no",
            "0 sencha",
            "-1",
            "99999 sencha",
            "1e9",
            "١٢٣",
            "²",
            "in ² days",
            "x" * 5000,
        )
    ),
    *(
        Typed(text)
        for text in ("\u202eahcnes 2", "\u200b", "1011 Berlin", "Torstr. 140, 1011 Berlin", "29.02.", "no tea")
    ),
    *(Tapped(code) for code in ("items:pick:q999.sencha", "items:pick:q-1.sencha", "items:pick:s.nothing", "::")),
    *(Tapped(code) for code in ("window:pick:20200101-0900-1200", "window:pick:20261129-0900-1200", "terms:pick:true")),
    *(Tapped(code) for code in ("confirm:yes", "confirm:yes:00000000", "address:pick:right", "delivery:pick:moon")),
    *(Tapped(code) for code in ("items:skip", "terms:skip", "items:pick:-all", "window:pick:99999999", "name:pick:")),
    *(Located(51.3, 12.4), Located(float("nan"), 1), Shared("491701234567"), Shared("")),
]
FIRST = [
    "I'd like 2 sencha to Torstr. 140, 10119 Berlin on Friday evening",
    "хочу набор, самовывоз завтра",
    "hello",
    "",
]
LAST: dict[str, Value | None] = {
    "items": [{"sku": "gone", "quantity": 1, "price": 1, "currency": "EUR", "name": {"en": "Gone"}, "shelf": ""}],
    "delivery": "home",
    "window": {"date": "2020-01-02", "from": "09:00", "to": "12:00"},
    "name": "Anna Vogt",
    "phone": "+491701234567",
    "comment": None,
    "terms": {"yes": True, "at": "2026-11-01"},
    "unheard": 1,
}


def with_item(catalogue: Catalogue, place: int, **changed: Any) -> Catalogue:  # noqa: ANN401  # whatever an item has
    items: list[Item] = list(catalogue.items)
    items[place % len(items)] = replace(items[place % len(items)], **changed)
    return Catalogue(tuple(items), catalogue.currency)


class ShopAtRandom(RuleBasedStateMachine):
    """The form, killed and started again after each step."""

    @initialize(
        form=FORMS, language=st.sampled_from(["en", "de", "ru"]), last=st.booleans(), text=st.sampled_from(FIRST)
    )
    def begin(self, form: FormDefinition, language: str, last: bool, text: str) -> None:  # noqa: FBT001
        self.form, self.moment = form, replace(WEDNESDAY, language=language)
        self.shown: dict[str, dict[str, Value]] = {}
        step = start(form, self.moment, LAST if last else None)
        assert "terms" not in step.state.answers
        if text:
            found = understood(form, text, self.moment)
            step = resume(form, begun_with(form, found, step.state.answers), self.moment)
        self.keep(step)

    def keep(self, step: Step) -> None:
        self.step = replace(step, state=FormState.from_dict(json.loads(json.dumps(step.state.to_dict()))))
        if self.asking and self.state.current == "confirm" and self.step.says[-1].progress:
            self.shown[self.step.says[-1].choices[0].action] = ordered(self.form, self.state)

    @property
    def state(self) -> FormState:
        return self.step.state

    @property
    def asking(self) -> bool:
        return self.step.outcome is Outcome.ASKING

    def trouble(self, key: str, state: FormState) -> bool:
        field, value = self.form.field(key), state.answers.get(key)
        if field is None or value is None:
            return field is None or field.required
        return rules_of(field).trouble(field, value, replace(self.moment, answers=state.answers)) is not None

    def give(self, given: Given) -> None:
        before = self.state
        self.keep(answer(self.form, before, given, self.moment))
        self.nothing_is_lost(before, but=before.current)
        if self.step.outcome is Outcome.CONFIRMED:
            assert ordered(self.form, self.state) == ordered(self.form, before)
            self.what_is_ordered_may_be()

    def nothing_is_lost(self, before: FormState, but: str = "") -> None:
        for key, value in before.answers.items():
            beside = replace(before, answers={**self.state.answers, key: value})  # the hours follow the way of delivery
            if key != but and not self.trouble(key, before) and not self.trouble(key, beside):
                assert self.state.answers.get(key, "gone") == value
        assert not [key for key in self.state.answers if key not in before.answers and key != but]

    def what_is_ordered_may_be(self) -> None:
        called = visible(self.form, self.state.answers)
        assert [one.key for one in called if one.required and self.state.answers.get(one.key) is None] == []
        assert [one.key for one in called if self.trouble(one.key, self.state)] == []
        for line in lines_of(self.state.answers["items"]) or ():
            item = self.moment.catalogue.item(line.sku) if self.moment.catalogue else None
            assert item
            assert item.offered
            assert (line.price, item.stock is None or line.quantity <= item.stock) == (item.price, True)

    @precondition(lambda self: self.asking and self.state.current in RIGHT)
    @rule(pick=st.integers(0, 9))
    def answer_rightly(self, pick: int) -> None:
        some = RIGHT[self.state.current]
        self.give(Typed(some[pick % len(some)]))

    @precondition(lambda self: self.asking and self.state.current in RIGHT)
    @rule(turns=st.integers(4, 20))
    def answer_until_the_summary(self, turns: int) -> None:
        for turn in range(turns):
            if self.state.current in RIGHT:
                self.on_and_on(turn)

    def on_and_on(self, turn: int) -> None:
        choices, key = self.step.says[-1].choices, self.state.current
        wanted = [one for one in choices if one.action.endswith((":done", ":right"))] or list(choices)
        self.give(Tapped(wanted[0].action) if wanted and turn % 4 < 3 else Typed(RIGHT.get(key, ["yes"])[0]))

    @precondition(lambda self: self.asking)
    @rule(given=st.sampled_from(ANYTHING))
    def give_anything(self, given: Given) -> None:
        if self.state.current != "confirm" or given != Typed("да"):
            self.give(given)

    @precondition(lambda self: self.asking)
    @rule(text=st.sampled_from([*FIRST, "2 sencha by Friday evening, 0170 1234567"]))
    def say_more_than_was_asked(self, text: str) -> None:
        before = self.state
        state, more = added(self.form, before, Typed(text), self.moment)
        assert {key: state.answers[key] for key in before.answers} == dict(before.answers)
        assert {key for key in state.answers if key not in before.answers} <= {*more, before.current}
        self.keep(resume(self.form, state, self.moment))

    @precondition(lambda self: self.asking)
    @rule(pick=st.integers(0, 99), times=st.integers(1, 4))
    def press_what_is_offered(self, pick: int, times: int) -> None:
        for _ in range(times):
            last = self.step.says[-1]
            actions = [one.action for one in (*last.choices, *last.moves)]
            wanted = [one for one in actions if not one.endswith(":cancel") and not one.startswith("confirm:yes")]
            if wanted:
                self.give(Tapped(wanted[pick % len(wanted)]))

    @precondition(lambda self: self.asking)
    @rule(
        place=st.integers(0, 6),
        changed=st.sampled_from([{"stock": 0}, {"stock": 1}, {"stock": 40}, {"price": 1}, {"enabled": False}]),
    )
    def let_the_shelf_or_a_price_change(self, place: int, changed: dict[str, int]) -> None:
        assert self.moment.catalogue
        before, shown = self.state, list(self.shown)
        self.moment = replace(self.moment, catalogue=with_item(self.moment.catalogue, place, **changed))
        if before.current == "confirm" and shown and self.trouble("items", before):
            self.keep(answer(self.form, before, Tapped(shown[-1]), self.moment))
            assert (self.step.outcome, self.state.current) == (Outcome.ASKING, "items")
        else:
            self.keep(resume(self.form, before, self.moment))
            self.nothing_is_lost(before)

    @precondition(lambda self: self.asking)
    @rule(hours=st.integers(1, 60), form=FORMS)
    def let_time_go_by_and_the_owner_change_the_form(self, hours: int, form: FormDefinition) -> None:
        later, before = self.moment.now + timedelta(hours=hours), self.state
        self.moment, self.form = replace(self.moment, today=later.date(), at=later.time()), form
        self.keep(resume(form, before, self.moment))
        self.nothing_is_lost(before)

    @precondition(lambda self: self.asking and self.state.current == "confirm")
    @rule(pick=st.integers(0, 99))
    def press_the_button_of_a_summary(self, pick: int) -> None:
        action = list(self.shown)[pick % len(self.shown)] if self.shown else "confirm:yes"
        self.give(Tapped(action))
        if self.step.outcome is Outcome.CONFIRMED:
            assert ordered(self.form, self.state) == self.shown[action]

    @precondition(lambda self: not self.asking)
    @rule(given=st.sampled_from([Typed("yes"), Typed("back"), Tapped("confirm:yes"), Tapped("items:pick:s.sencha")]))
    def say_something_afterwards(self, given: Given) -> None:
        assert answer(self.form, self.state, given, self.moment) == Step(self.state, (), Outcome.OVER)

    @invariant()
    def what_may_not_stand_is_not_kept_and_there_is_always_a_way_on(self) -> None:
        if not hasattr(self, "step") or not self.asking:
            return
        seen = {one.key for one in visible(self.form, self.state.answers)}
        waiting = {one.key for one in self.form.fields if waits(one, self.state)}
        assert [key for key in self.state.answers if key in seen - waiting and self.trouble(key, self.state)] == []
        actions = [one.action for one in (*self.step.says[-1].choices, *self.step.says[-1].moves)]
        assert len(set(actions)) == len(actions) > 0
        assert all(len(action.encode()) <= 51 for action in actions)

    def teardown(self) -> None:
        """Bring the form to its end, as somebody who answers rightly would, in a shop that has everything again."""
        self.moment = replace(self.moment, catalogue=SHOP)
        if self.asking:
            self.keep(resume(self.form, self.state, self.moment))
        for turn in range(60):
            if not self.asking:
                break
            self.on_and_on(turn)
        assert self.step.outcome in (Outcome.CONFIRMED, Outcome.CANCELLED)


def waits(field: Field, state: FormState) -> bool:
    value = state.answers.get(field.key)
    return value is not None and state.current != "confirm" and rules_of(field).can_wait(field, value)


STEADY = settings(
    deadline=None, derandomize=True, max_examples=25, stateful_step_count=25, suppress_health_check=list(HealthCheck)
)


@pytest.mark.slow
def test_the_sample_shops_form_at_random_loses_nothing_and_orders_what_was_shown() -> None:
    run_state_machine_as_test(ShopAtRandom, settings=STEADY)


@pytest.mark.long
def test_the_sample_shops_form_at_random_for_longer() -> None:
    run_state_machine_as_test(ShopAtRandom, settings=settings(STEADY, max_examples=250, derandomize=False))
