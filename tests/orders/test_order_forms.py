"""Several forms side by side, and the few keys that a form as a whole has."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.orders.definition import FormBroken
from bot.orders.forms import Forms, load_all
from bot.orders.status import ALL, State
from tests.orders.order_walk import CONFIG

CALL_BACK = """
key = "callback"
command = "callback"
prefix = "R"
title.en = "Call me back"
button.en = "Call me"
[[fields]]
key = "phone"
kind = "phone"
label.en = "Phone"
question.en = "Which number?"
[[fields]]
key = "confirm"
kind = "confirm"
question.en = "Right?"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(CONFIG, tmp_path / "order_form.toml")
    (tmp_path / "forms").mkdir()
    return tmp_path


def loaded(folder: Path, taken: tuple[str, ...] = ()) -> Forms:
    return load_all(folder / "order_form.toml", folder / "forms", taken)


def test_the_main_form_comes_first_and_others_are_found_by_key_and_by_command(folder: Path) -> None:
    (folder / "forms" / "a.toml").write_text(CALL_BACK)

    forms = loaded(folder)
    call_back = forms.all[1]

    assert forms.main is forms.all[0]
    assert [form.key for form in forms] == ["order", "callback"]
    assert (forms.get("callback"), forms.by_command("callback")) == (call_back, call_back)
    assert (call_back.prefix, call_back.button, forms.all[0].prefix) == ("R", {"en": "Call me"}, "S")
    assert forms.all[0].button == forms.all[0].title
    assert (forms.get("gone"), forms.by_command("order"), forms.by_command("")) == (None, None, None)


def test_without_files_there_is_no_form(tmp_path: Path) -> None:
    forms = loaded(tmp_path)

    assert (bool(forms), forms.main, list(forms)) == (False, None, [])


@pytest.mark.parametrize(
    ("changed", "wrong"),
    [
        (("callback", "order"), "a.toml, line 2: key is 'order', which another form has already"),
        (
            ('command = "callback"', 'command = "help"'),
            "a.toml, line 3: command is /help, which means something else already",
        ),
        (('command = "callback"', 'command = "Call me"'), "a.toml, line 3: command must be a-z, 0-9 and _"),
        (('prefix = "R"', 'prefix = "r1"'), "a.toml, line 4: prefix must be one to three capital letters, A to Z"),
        (
            ('prefix = "R"', "states = []"),
            "a.toml, line 4: states must be made of confirmed, shipped, delivered, returned",
        ),
        (('prefix = "R"', 'states = ["new", "done"]'), "one at least; new and cancelled are always there"),
        (('prefix = "R"', 'state_names.done.en = "over"'), "a.toml, line 4: state_names.done is no state of this form"),
        (
            ('prefix = "R"', 'states = ["confirmed"]\nstate_names.shipped.en = "out"'),
            "a.toml, line 5: state_names.shipped is no state of this form; it has new, confirmed, cancelled",
        ),
        (('prefix = "R"', 'state_names.new.de = "neu"'), "state_names.new has no text for the language 'en'"),
        (('button.en = "Call me"', 'button.de = "Anruf"'), "a.toml, line 6: button has no text for the language 'en'"),
    ],
)
def test_a_form_that_cannot_stand_beside_the_others_is_refused(
    folder: Path, changed: tuple[str, str], wrong: str
) -> None:
    (folder / "forms" / "a.toml").write_text(CALL_BACK.replace(*changed))

    with pytest.raises(FormBroken) as refused:
        loaded(folder, taken=("help",))

    assert wrong in str(refused.value)


def test_two_forms_of_one_command_are_refused(folder: Path) -> None:
    (folder / "forms" / "a.toml").write_text(CALL_BACK)
    (folder / "forms" / "b.toml").write_text(CALL_BACK.replace('key = "callback"', 'key = "another"'))

    with pytest.raises(FormBroken, match=r"b\.toml, line 3: command is /callback, which means something else already"):
        loaded(folder)


def test_what_can_become_of_it_depends_on_the_form(folder: Path) -> None:
    (folder / "forms" / "a.toml").write_text(CALL_BACK)
    (folder / "forms" / "b.toml").write_text(
        CALL_BACK.replace('key = "callback"\ncommand = "callback"', 'key = "repair"\nstates = ["shipped"]')
    )

    forms = loaded(folder)

    assert forms.states("order") == forms.states("gone") == ALL
    assert forms.states("callback") == {State.NEW, State.CONFIRMED, State.DELIVERED, State.CANCELLED}
    assert forms.states("repair") == {State.NEW, State.SHIPPED, State.CANCELLED}
