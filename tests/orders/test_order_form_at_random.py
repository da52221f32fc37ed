"""The order form under whatever customers, owners and the calendar do to it.

Random answers, wrong answers, buttons old and new, backs, edits, questions in the middle, restarts after every step,
other languages, days going by, and an owner who changes the form: no given answer is lost, no wrong one is taken, and
the form can always be brought to its end.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

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

from bot.orders.answers import Moment, Value
from bot.orders.definition import Field, FormDefinition, Kind, load
from bot.orders.form import (
    FormState,
    Given,
    Outcome,
    Shared,
    Step,
    Tapped,
    Typed,
    answer,
    cancel,
    ordered,
    resume,
    start,
    summary,
    visible,
)

SHOP = load(Path(__file__).parent / "tea_form.toml")
QUESTION = {"en": "?", "de": "?", "ru": "?"}
GIFT = Field(key="gift", kind=Kind.YES_NO, question=QUESTION, label={"en": "Gift", "de": "Geschenk", "ru": "Подарок"})
CARD = Field(
    key="card",
    kind=Kind.EMAIL,
    question=QUESTION,
    label={"en": "Card to", "de": "Karte an", "ru": "Открытка"},
    show_if={"gift": ("yes",), "delivery": ("home",)},
)
LARGE = replace(SHOP, fields=(*SHOP.fields, GIFT, CARD), fingerprint="large")
SMALL = replace(
    SHOP,
    fields=tuple(
        replace(field, maximum=3) if field.key == "quantity" else field
        for field in LARGE.fields
        if field.key not in ("name", "comment")
    ),
    fingerprint="small",
)
FIRST_DAY = date(2026, 11, 25)

RIGHT: dict[str, list[tuple[str, Callable[[date], Value | None]]]] = {
    "what": [
        ("Sencha", lambda _: "green"),
        ("Probierset", lambda _: "tasting_set"),
        ("Assam", lambda _: {"other": "Assam"}),
    ],
    "quantity": [("2", lambda _: 2), ("drei", lambda _: 3), ("одну упаковку", lambda _: 1)],
    "delivery": [("home", lambda _: "home"), ("Abholung", lambda _: "pickup"), ("домой", lambda _: "home")],
    "address": [("Lindenallee 12, 04107 Leipzig", lambda _: "Lindenallee 12, 04107 Leipzig")],
    "date": [
        ("in 2 days", lambda today: (today + timedelta(days=2)).isoformat()),
        ("через неделю", lambda today: (today + timedelta(days=7)).isoformat()),
    ],
    "name": [("Anna", lambda _: "Anna"), ("Иван Петров", lambda _: "Иван Петров")],
    "phone": [("0170 1234567", lambda _: "+491701234567"), ("+7 912 345-67-89", lambda _: "+79123456789")],
    "comment": [("Ring twice", lambda _: "Ring twice"), ("none", lambda _: None)],
    "gift": [("yes", lambda _: True), ("nein", lambda _: False)],
    "card": [("anna@example.com", lambda _: "anna@example.com")],
}
WRONG = {
    "what": ["", "77", "100 g", "x" * 121],
    "quantity": ["0", "21", "2-3", "a few", "not 2", "1.5"],
    "delivery": ["", "moon", "not home"],
    "address": ["", "Leipzig", "Lindenallee in Leipzig"],
    "date": ["", "someday", "1.1.2020", "31.11.", "not tomorrow", "sunday"],
    "name": ["", "?", "42"],
    "phone": ["", "12", "8 912 345-67-89", "not 0170 1234567"],
    "comment": ["x" * 501, " "],
    "gift": ["", "perhaps", "yes or no"],
    "card": ["", "anna", "anna@example"],
    "confirm": ["", "hm", "not yes"],
}
KNOWN: dict[str, Value] = {
    "what": "green",
    "quantity": 2,
    "delivery": "home",
    "address": "Lindenallee 12, 04107 Leipzig",
    "name": "Anna",
    "phone": "+491701234567",
    "comment": "Ring twice",
    "gift": True,
}
FORMS = st.sampled_from([SHOP, LARGE, SMALL])
LANGUAGES = st.sampled_from(["en", "de", "ru", "fr"])


class FormAtRandom(RuleBasedStateMachine):
    """The form, and beside it what the customer knows to have answered."""

    @initialize(language=LANGUAGES, form=FORMS, known=st.sets(st.sampled_from(sorted(KNOWN))))
    def begin(self, language: str, form: FormDefinition, known: set[str]) -> None:
        self.form = form
        self.moment = Moment(FIRST_DAY, language)
        fields = {field.key for field in form.fields}
        self.given: dict[str, Value | None] = {key: KNOWN[key] for key in KNOWN if key in known & fields}
        self.seen: list[str] = []
        self.shown: dict[str, object] = {}
        self.take(start(form, self.moment, {**self.given, "date": "2020-01-01"}))

    def take(self, step: Step) -> None:
        """Keep a step as a bot does that is killed and started again after each."""
        self.step = replace(step, state=FormState.from_dict(json.loads(json.dumps(step.state.to_dict()))))
        self.seen += [button.action for say in step.says for button in (*say.choices, *say.moves)]

        if self.asking and self.current == "confirm" and self.step.says[-1].progress:
            self.shown[self.step.says[-1].choices[0].action] = self.orderable()

    def orderable(self) -> tuple[str, dict[str, Value]]:
        """Return the form and what a confirmation would order."""
        return self.form.fingerprint, ordered(self.form, self.step.state)

    def give(self, given: Given) -> None:
        self.take(answer(self.form, self.step.state, given, self.moment))

    def forget_what_no_longer_holds(self) -> None:
        """Drop from the customer's knowledge what the bot is bound to ask again."""
        fields = {field.key: field for field in self.form.fields}
        for key in list(self.given):
            value = self.given[key]
            gone = key not in fields or (value is None and fields[key].required)
            late = key == "date" and value is not None and str(value) <= self.moment.today.isoformat()
            much = key == "quantity" and isinstance(value, int) and value > (fields[key].maximum or 0)
            if gone or late or much:
                del self.given[key]

    @property
    def asking(self) -> bool:
        return self.step.outcome is Outcome.ASKING

    @property
    def current(self) -> str:
        return self.step.state.current

    @precondition(lambda self: self.asking and self.current != "confirm")
    @rule(pick=st.integers(0, 10))
    def answer_rightly(self, pick: int) -> None:
        key = self.current
        text, meant = RIGHT[key][pick % len(RIGHT[key])]
        value = meant(self.moment.today)
        sunday = key == "date" and date.fromisoformat(str(value)).weekday() == 6
        self.give(Typed(text))
        if sunday or str(value) in ("2026-12-25", "2026-12-26", "2027-01-01"):
            assert self.step.says[0].words.key == "form.date_closed"
        else:
            self.given[key] = value

    @precondition(lambda self: self.asking and self.current != "confirm")
    @rule(questions=st.integers(2, 9))
    def answer_several_rightly(self, questions: int) -> None:
        for _ in range(questions):
            if self.current == "date":
                self.press_an_answer(questions)
            elif self.current != "confirm":
                self.answer_rightly(questions)

    @precondition(lambda self: self.asking and self.current != "confirm" and self.step.says[-1].choices)
    @rule(pick=st.integers(0, 10))
    def press_an_answer(self, pick: int) -> None:
        choices = self.step.says[-1].choices
        action = choices[pick % len(choices)].action
        key, _, code = action.split(":")
        self.give(Tapped(action))
        values: dict[str, Value] = {"yes": True, "no": False} if key == "gift" else {}
        self.given[key] = int(code) if key == "quantity" else values.get(code, code)

    @precondition(lambda self: self.asking and self.current == "phone")
    @rule()
    def share_the_contact(self) -> None:
        self.give(Shared("491701234567"))
        self.given["phone"] = "+491701234567"

    @precondition(lambda self: self.asking)
    @rule(pick=st.integers(0, 10))
    def answer_wrongly(self, pick: int) -> None:
        before, wrong = self.step.state, WRONG[self.current]
        self.give(Typed(wrong[pick % len(wrong)]))
        assert self.step.state == before
        assert self.step.says[0].words.key.startswith("form.")

    @precondition(lambda self: self.asking)
    @rule(pick=st.integers(0, 10_000))
    def press_a_button_of_another_question(self, pick: int) -> None:
        stale = [action for action in self.seen if action.partition(":")[0] != self.current]
        stale += ["", "x", "confirm:yes", "confirm:yes:00000000"]
        before = self.step.state
        self.give(Tapped(stale[pick % len(stale)]))
        assert (self.step.state, self.step.outcome) == (before, Outcome.ASKING)

    @precondition(lambda self: self.asking)
    @rule(
        verb=st.sampled_from(
            ["pick:", "pick:0", "pick:99", "pick:2020-01-01", "pick:+4912", "pick:nothing", "leap", ""]
        )
    )
    def press_a_made_up_button(self, verb: str) -> None:
        before = self.step.state
        self.give(Tapped(f"{self.current}:{verb}"))
        assert (self.step.state, self.step.outcome) == (before, Outcome.ASKING)

    @precondition(lambda self: self.asking and self.current not in ("phone", "comment"))
    @rule(given=st.sampled_from([Shared("491701234567"), Typed("skip"), Typed("пропустить")]))
    def give_what_this_question_cannot_take(self, given: Given) -> None:
        before = self.step.state
        self.give(given)
        assert (self.step.state, self.step.outcome) == (before, Outcome.ASKING)

    @precondition(lambda self: self.asking and self.step.says[-1].moves)
    @rule(pick=st.integers(0, 10))
    def move_on(self, pick: int) -> None:
        moves = [move.action for move in self.step.says[-1].moves if not move.action.endswith(":cancel")]
        if not moves:
            return
        action = moves[pick % len(moves)]
        key = self.current
        self.give(Tapped(action))
        if action.endswith(":skip"):
            self.given[key] = None

    @precondition(lambda self: self.asking)
    @rule(word=st.sampled_from(["back", "zurück", "назад"]))
    def go_back(self, word: str) -> None:
        self.give(Typed(word))

    @precondition(lambda self: self.asking and self.current == "confirm")
    @rule(pick=st.integers(0, 20))
    def change_one_field(self, pick: int) -> None:
        self.give(Tapped("confirm:change"))
        offered = self.step.says[-1].choices
        self.give(Tapped(offered[pick % len(offered)].action))
        assert self.step.state.editing
        assert self.current == offered[pick % len(offered)].action.rpartition(":")[2]

    @precondition(lambda self: self.asking and self.step.state.editing)
    @rule()
    def give_up_the_edit(self) -> None:
        self.give(Typed("back"))
        missing = [field.key for field in visible(self.form, self.given) if field.key not in self.given]
        assert self.current == [*missing, "confirm"][0]

    @precondition(lambda self: self.asking and self.current == "confirm")
    @rule(pick=st.integers(0, 10_000))
    def press_the_button_of_an_older_summary(self, pick: int) -> None:
        older = [action for action in self.shown if self.shown[action] != self.orderable()]
        if older:
            before = self.step.state
            self.give(Tapped(older[pick % len(older)]))
            assert (self.step.state, self.step.outcome) == (before, Outcome.ASKING)

    @precondition(lambda self: self.asking)
    @rule(language=LANGUAGES)
    def ask_something_else_and_come_back_in_another_language(self, language: str) -> None:
        before = self.step.state
        self.moment = replace(self.moment, language=language)
        self.take(resume(self.form, before, self.moment))
        assert self.step.state == before

    @precondition(lambda self: self.asking)
    @rule(days=st.integers(1, 5))
    def let_days_go_by(self, days: int) -> None:
        self.moment = replace(self.moment, today=self.moment.today + timedelta(days=days))
        self.forget_what_no_longer_holds()
        self.take(resume(self.form, self.step.state, self.moment))

    @precondition(lambda self: self.asking)
    @rule(form=FORMS)
    def let_the_owner_change_the_form(self, form: FormDefinition) -> None:
        self.form = form
        self.forget_what_no_longer_holds()
        self.take(resume(form, self.step.state, self.moment))

    @precondition(lambda self: self.asking and self.current == "confirm")
    @rule()
    def confirm(self) -> None:
        self.take(resume(self.form, self.step.state, self.moment))
        self.give(Tapped(self.step.says[-1].choices[0].action))
        assert self.step.outcome is Outcome.CONFIRMED
        fields = visible(self.form, self.given)
        assert all(field.key in self.given for field in fields)
        expected = {field.key: self.given[field.key] for field in fields if self.given[field.key] is not None}
        assert ordered(self.form, self.step.state) == expected

    @precondition(lambda self: self.asking)
    @rule(dice=st.integers(0, 30))
    def cancel_once_in_a_while(self, dice: int) -> None:
        if dice == 0:
            self.take(cancel(self.step.state))
            assert self.step.outcome is Outcome.CANCELLED

    @precondition(lambda self: not self.asking)
    @rule(text=st.sampled_from(["yes", "2", "back", "cancel"]))
    def say_something_afterwards(self, text: str) -> None:
        assert answer(self.form, self.step.state, Typed(text), self.moment) == Step(self.step.state, (), Outcome.OVER)

    @invariant()
    def no_given_answer_is_lost_and_none_is_made_up(self) -> None:
        if hasattr(self, "step"):
            assert dict(self.step.state.answers) == self.given

    @invariant()
    def what_is_said_has_buttons_at_its_end_only_and_sane_progress(self) -> None:
        if not hasattr(self, "step") or not self.asking:
            return
        *before, last = self.step.says
        assert not any(say.choices or say.moves or say.progress for say in before)
        actions = [button.action for button in (*last.choices, *last.moves)]
        assert len(set(actions)) == len(actions) > 0
        assert all(len(action.encode()) <= 51 and action.startswith(f"{self.current}:") for action in actions)
        assert all(button.label.text or button.label.key for button in (*last.choices, *last.moves))
        if last.progress:
            step, steps = last.progress
            assert 1 <= step <= steps <= len(self.form.fields) + 1
            assert (step == steps) is (self.current == "confirm")
        assert len(summary(self.form, self.step.state, "ru")) <= len(self.form.fields)

    def teardown(self) -> None:
        """Bring the form to its end, as somebody who answers rightly would."""
        for _ in range(3 * len(LARGE.fields)):
            if not self.asking:
                break
            if self.current == "confirm":
                self.confirm()
            elif self.current == "date":
                self.press_an_answer(0)
            else:
                self.answer_rightly(0)
        assert self.step.outcome in (Outcome.CONFIRMED, Outcome.CANCELLED)


STEADY = settings(
    deadline=None, derandomize=True, max_examples=40, stateful_step_count=40, suppress_health_check=list(HealthCheck)
)


@pytest.mark.slow
def test_a_form_at_random_loses_nothing_takes_nothing_wrong_and_comes_to_its_end() -> None:
    run_state_machine_as_test(FormAtRandom, settings=STEADY)


@pytest.mark.long
def test_a_form_at_random_for_longer() -> None:
    longer = settings(STEADY, max_examples=1000, stateful_step_count=60, derandomize=False)
    run_state_machine_as_test(FormAtRandom, settings=longer)
