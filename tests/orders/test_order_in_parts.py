"""An answer given in several parts: kept through restarts, taken back part by part, taken up again for a change."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

from bot.orders.answers import Attached, Moment, Value, Words
from bot.orders.definition import FormDefinition, load
from bot.orders.form import FormState, Given, Outcome, Step, Tapped, Typed, answer, ordered, resume, start
from tests.orders.order_walk import keys

EVERY = load(Path(__file__).parent / "every_kind.toml")
MOMENT = Moment(date(2026, 11, 25), "en", name="Anna Vogt")
PHOTO = Attached("photo", {"line": 7})
KEPT: Value = [{"line": 7, "kind": "photo", "name": ""}]


def only(*wanted: str) -> FormDefinition:
    """Return the form with some of its fields."""
    fields = tuple(replace(field, show_if={}) for field in EVERY.fields if field.key in wanted)
    return replace(EVERY, fields=fields, fingerprint=" ".join(wanted))


FORM = only("story", "reasons", "photos")


def go(step: Step, *given: Given, form: FormDefinition = FORM) -> Step:
    """Give one after the other, killed and started again before each."""
    for one in given:
        state = FormState.from_dict(json.loads(json.dumps(step.state.to_dict())))
        assert state == step.state
        assert resume(form, state, MOMENT).says[-1].choices == step.says[-1].choices
        step = answer(form, state, one, MOMENT)
    return step


def at_reasons() -> Step:
    return go(start(FORM, MOMENT), Typed("It fell down"))


def at_summary() -> Step:
    return go(at_reasons(), Tapped("reasons:pick:late"), Tapped("reasons:pick:-all"), PHOTO, Tapped("photos:pick:-all"))


def labels(step: Step) -> list[str]:
    return [choice.label.text or choice.label.key for choice in step.says[-1].choices]


def test_parts_are_kept_until_the_answer_is_whole_and_only_then_count_as_answered() -> None:
    begun = go(at_reasons(), Tapped("reasons:pick:late"))
    assert (begun.state.so_far, begun.marked) == (["late"], True)
    assert labels(begun) == ["Broken", "✓ Too late", "Salt and pepper", "form.button.that_is_all"]
    assert dict(begun.state.answers) == {"story": "It fell down"}

    done = go(begun, Tapped("reasons:pick:-all"))

    assert (done.state.so_far, done.state.current) == (None, "photos")
    assert ordered(FORM, at_summary().state) == {"story": "It fell down", "reasons": ["late"], "photos": KEPT}


def test_back_in_the_middle_begins_the_answer_anew_and_then_leads_to_the_question_before() -> None:
    begun = go(at_reasons(), Tapped("reasons:pick:late"))

    once = go(begun, Tapped("reasons:back"))
    twice = go(once, Tapped("reasons:back"))

    assert (once.state.current, once.state.so_far) == ("reasons", None)
    assert (twice.state.current, twice.state.so_far) == ("story", None)


def test_a_whole_answer_is_taken_up_again_when_it_is_changed() -> None:
    edited = go(at_summary(), Tapped("confirm:edit:reasons"))
    assert edited.state.so_far == ["late"]
    assert labels(edited)[1] == "✓ Too late"
    assert [move.action for move in edited.says[-1].moves] == ["reasons:back", "reasons:cancel"]

    done = go(edited, Tapped("reasons:pick:broken"), Tapped("reasons:pick:-all"))

    assert (done.state.current, done.state.answers["reasons"]) == ("confirm", ["broken", "late"])


def test_a_change_given_up_or_kept_leaves_the_answer_as_it_was() -> None:
    edited = go(at_summary(), Tapped("confirm:edit:reasons"))
    changed = go(edited, Tapped("reasons:pick:broken"))

    assert go(edited, Tapped("reasons:back")).state == at_summary().state
    assert go(changed, Tapped("reasons:keep")).state == at_summary().state
    back = go(changed, Tapped("reasons:back"))
    assert back.state == edited.state
    assert go(back, Tapped("reasons:back")).state == at_summary().state


def test_going_back_to_a_question_with_an_answer_takes_it_up_and_further_back_leads_on() -> None:
    at_photos = go(at_reasons(), Tapped("reasons:pick:late"), Tapped("reasons:pick:-all"))

    back = go(at_photos, Tapped("photos:back"))

    assert (back.state.current, back.state.so_far) == ("reasons", ["late"])
    assert go(back, Tapped("reasons:back")).state.current == "story"


def test_a_part_is_dropped_with_a_form_that_has_changed_but_no_answer() -> None:
    begun = go(at_reasons(), Tapped("reasons:pick:late"))
    changed = replace(FORM, fingerprint="changed")

    again = resume(changed, begun.state, MOMENT)
    edited = resume(changed, go(at_summary(), Tapped("confirm:edit:reasons")).state, MOMENT)

    assert (again.state.current, again.state.so_far, again.state.answers) == ("reasons", None, begun.state.answers)
    assert (edited.state.so_far, edited.state.editing) == (["late"], True)


def test_skipping_in_the_middle_drops_the_part() -> None:
    begun = go(at_reasons(), Typed("2"), PHOTO)
    assert begun.state.so_far == KEPT

    skipped = go(begun, Tapped("photos:skip"))

    assert (skipped.state.answers["photos"], skipped.state.so_far, skipped.state.current) == (None, None, "confirm")


def test_a_wrong_word_in_the_middle_loses_nothing() -> None:
    begun = go(at_reasons(), Tapped("reasons:pick:late"))

    refused = go(begun, Typed("blue"))

    assert refused.state == begun.state
    assert refused.says[0].words == Words("form.several_choose", {"example": "Broken, Too late"})


def test_a_late_press_on_the_end_of_another_answer_changes_nothing() -> None:
    begun = go(at_reasons(), Tapped("reasons:pick:late"))

    assert go(begun, Tapped("photos:pick:-all")).state == begun.state
    assert go(at_summary(), Tapped("reasons:pick:-all")).state == at_summary().state


def test_an_answer_of_last_time_stands_but_no_consent_no_file_and_no_story_does() -> None:
    known: dict[str, Value | None] = {
        "story": "It fell down",
        "reasons": ["late"],
        "photos": KEPT,
        "who": "Anna",
        "terms": {"yes": True, "at": "2026-11-01"},
    }

    assert start(EVERY, MOMENT, known).state.answers == {"reasons": ["late"], "who": "Anna"}


def test_a_condition_on_several_choices_holds_when_one_of_them_is_named() -> None:
    form = replace(EVERY, fields=EVERY.fields[1:3])

    both = go(start(form, MOMENT), Typed("broken and too late"), form=form)
    late = go(start(form, MOMENT), Typed("too late"), form=form)

    assert (both.state.current, late.state.current) == ("photos", "confirm")


def test_a_refused_consent_offers_a_person_and_orders_nothing() -> None:
    form = only("terms")

    refused = go(start(form, MOMENT), Tapped("terms:pick:no"), form=form)

    assert (refused.outcome, refused.says[-1].person, keys(refused)) == (Outcome.ASKING, True, ["form.consent_needed"])
    assert go(refused, Tapped("terms:pick:yes"), form=form).state.current == "confirm"
