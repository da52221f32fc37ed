"""Every kind of field under random answers in parts, toggles, files, places, restarts, days going by and owners.

An answer that was given stays until its own question changes it, or until it cannot stand any more; none that the
field would not take is ever kept; and the form comes to its end, with what was answered last.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, time, timedelta
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

from bot.orders.answers import Attached, Located, Moment, Shared, Value
from bot.orders.definition import FormDefinition, load
from bot.orders.form import FormState, Given, Outcome, Step, Tapped, Typed, answer, ordered, resume, start, visible
from bot.orders.kinds import rules_of

EVERY = load(Path(__file__).parent / "every_kind.toml")
NARROW = replace(
    EVERY,
    fields=tuple(
        replace(field, maximum=1, max_files=1, countries=field.countries[:1])
        for field in EVERY.fields
        if field.key not in ("budget", "news")
    ),
    fingerprint="narrow",
)
FORMS = st.sampled_from([EVERY, NARROW])
MONDAY = Moment(date(2026, 11, 23), "en", at=time(9), zone="Europe/Berlin", name="Anna Vogt")
RIGHT: dict[str, list[Given]] = {
    "story": [Typed("It fell down"), Typed("Erst so.\n\nDann so.")],
    "reasons": [Typed("too late"), Typed("2"), Typed("kaputt"), Typed("слишком поздно")],
    "photos": [Attached("photo", {"line": 7}), Attached("document", {"line": 8}, "bill.pdf")],
    "way": [Typed("home"), Typed("Abholung")],
    "where": [Typed("Lindenallee 12, 04107 Leipzig"), Typed("Lindenallee 12"), Typed("04107 Leipzig")],
    "when": [Typed("Thursday afternoon"), Typed("Friday"), Typed("завтра после шести"), Typed("at five")],
    "budget": [Typed("20 €"), Typed("сто евро")],
    "who": [Typed("Anna Vogt"), Typed("меня зовут Иван")],
    "comment": [Typed("Ring twice"), Typed("none")],
    "terms": [Typed("I agree"), Typed("да")],
    "news": [Typed("no"), Typed("ja")],
}
ANYTHING = [given for some in RIGHT.values() for given in some] + [
    *(Typed(text) for text in ("", "?", "x" * 5000, "not that", "no", "skip", "back", "1 and 3", "that is all", "12a")),
    *(Typed(text) for text in ("Lindenallee 12, 0431 Leipzig", "10 rue de Rivoli, 75001 Paris, France", "31.11.")),
    *(Tapped(action) for action in ("", "where:pick:right", "reasons:pick:-all", "when:pick:20261127-0900-1300")),
    *(Located(51.3, 12.4), Located(99, 12), Shared("491701234567"), Attached("voice", {"line": 9})),
    Attached("photo", {"line": 10}, size=99_000_000),
]


class PartsAtRandom(RuleBasedStateMachine):
    """The form, killed and started again after each step."""

    @initialize(form=FORMS, language=st.sampled_from(["en", "de", "ru"]))
    def begin(self, form: FormDefinition, language: str) -> None:
        self.form, self.moment = form, replace(MONDAY, language=language)
        self.seen: list[str] = []
        self.keep(start(form, self.moment))

    def keep(self, step: Step) -> None:
        self.step = replace(step, state=FormState.from_dict(json.loads(json.dumps(step.state.to_dict()))))
        self.seen += [button.action for say in step.says for button in (*say.choices, *say.moves)]

    @property
    def asking(self) -> bool:
        return self.step.outcome is Outcome.ASKING

    def stands(self, key: str, value: Value | None) -> bool:
        """Return whether an answer may stay beside the others."""
        field = self.form.field(key)
        if field is None or value is None:
            return field is not None and not field.required
        return rules_of(field).trouble(field, value, replace(self.moment, answers=self.step.state.answers)) is None

    def give(self, given: Given) -> None:
        before = self.step.state
        self.keep(answer(self.form, before, given, self.moment))
        self.nothing_is_lost(before, but=before.current)

    def nothing_is_lost(self, before: FormState, but: str = "") -> None:
        for key, value in before.answers.items():
            if key != but and self.stands(key, value):
                assert self.step.state.answers.get(key, "gone") == value
        for key in self.step.state.answers:
            assert key in before.answers or key == but

    @precondition(lambda self: self.asking and self.step.state.current in RIGHT)
    @rule(pick=st.integers(0, 9))
    def answer_rightly(self, pick: int) -> None:
        some = RIGHT[self.step.state.current]
        self.give(some[pick % len(some)])

    @precondition(lambda self: self.asking)
    @rule(given=st.sampled_from(ANYTHING))
    def give_anything(self, given: Given) -> None:
        self.give(given)

    @precondition(lambda self: self.asking)
    @rule(pick=st.integers(0, 99), times=st.integers(1, 4))
    def press_what_is_offered(self, pick: int, times: int) -> None:
        for _ in range(times):
            last = self.step.says[-1] if self.asking else None
            actions = [one.action for one in (*last.choices, *last.moves)] if last else []
            wanted = [one for one in actions if not one.endswith(":cancel") and not one.startswith("confirm:yes")]
            if wanted:
                self.give(Tapped(wanted[pick % len(wanted)]))

    @precondition(lambda self: self.asking)
    @rule(pick=st.integers(0, 9999))
    def press_a_button_of_an_earlier_question(self, pick: int) -> None:
        stale = [one for one in self.seen if not one.startswith(f"{self.step.state.current}:")]
        if stale:
            before = self.step.state
            self.give(Tapped(stale[pick % len(stale)]))
            assert self.step.state == before

    @precondition(lambda self: self.asking)
    @rule(language=st.sampled_from(["en", "de", "ru", "fr"]))
    def come_back_in_another_language(self, language: str) -> None:
        before = self.step.state
        self.moment = replace(self.moment, language=language)
        self.keep(resume(self.form, before, self.moment))
        assert self.step.state == before

    @precondition(lambda self: self.asking)
    @rule(hours=st.integers(1, 60), form=FORMS)
    def let_time_go_by_and_the_owner_change_the_form(self, hours: int, form: FormDefinition) -> None:
        later, before = self.moment.now + timedelta(hours=hours), self.step.state
        self.moment, self.form = replace(self.moment, today=later.date(), at=later.time()), form
        self.keep(resume(form, before, self.moment))
        self.nothing_is_lost(before)

    @precondition(lambda self: not self.asking)
    @rule(given=st.sampled_from([Typed("yes"), Typed("back"), Tapped("confirm:yes"), Tapped("where:pick:right")]))
    def say_something_afterwards(self, given: Given) -> None:
        assert answer(self.form, self.step.state, given, self.moment) == Step(self.step.state, (), Outcome.OVER)

    @invariant()
    def every_answer_that_is_kept_may_stand(self) -> None:
        if hasattr(self, "step") and self.asking:
            assert all(self.stands(key, value) for key, value in self.step.state.answers.items())
            actions = [one.action for one in (*self.step.says[-1].choices, *self.step.says[-1].moves)]
            assert len(set(actions)) == len(actions) > 0
            assert all(len(action.encode()) <= 51 for action in actions)

    def teardown(self) -> None:
        """Bring the form to its end, as somebody who answers rightly would."""
        for turn in range(80):
            current = self.step.state.current
            if not self.asking or current == "confirm":
                break
            choices = sorted(self.step.says[-1].choices, key=lambda one: not one.action.endswith(("-all", "right")))
            self.give(Tapped(choices[0].action) if choices and turn % 3 else RIGHT[current][turn % len(RIGHT[current])])
        if self.asking:
            assert self.step.state.current == "confirm"
            expected = ordered(self.form, self.step.state)
            self.keep(resume(self.form, self.step.state, self.moment))
            self.keep(answer(self.form, self.step.state, Tapped(self.step.says[-1].choices[0].action), self.moment))
            assert self.step.outcome is Outcome.CONFIRMED
            assert ordered(self.form, self.step.state) == expected
            required = [field.key for field in visible(self.form, self.step.state.answers) if field.required]
            assert set(required) <= set(expected)
        again = answer(self.form, self.step.state, Typed("yes"), self.moment)
        assert again == Step(self.step.state, (), Outcome.OVER)


STEADY = settings(
    deadline=None, derandomize=True, max_examples=20, stateful_step_count=25, suppress_health_check=list(HealthCheck)
)


@pytest.mark.slow
def test_answers_in_parts_lose_nothing_keep_nothing_wrong_and_come_to_their_end() -> None:
    run_state_machine_as_test(PartsAtRandom, settings=STEADY)


@pytest.mark.long
def test_answers_in_parts_for_longer() -> None:
    run_state_machine_as_test(PartsAtRandom, settings=settings(STEADY, max_examples=600, derandomize=False))
