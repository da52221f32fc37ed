"""A name is one line of what can be seen, whoever gives it and by whatever channel."""

from __future__ import annotations

import pytest

from bot.domain.conversation import Author
from bot.domain.people import LONGEST_NAME, one_line

EVE = "Eve"
HIDDEN = ("\u202e", "\u2066", "\u200b", "\ufeff", "\u00ad", "\u2060", "\u061c", "\x00", "\x1b", "\u3164", "\u2800")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1e", "\t", "\u00a0 "])
def test_a_name_of_several_lines_is_one(end: str) -> None:
    assert one_line(f" Eve{end}🔵 Olga has it ") == "Eve 🔵 Olga has it"


@pytest.mark.parametrize("hidden", HIDDEN)
def test_what_turns_a_line_round_or_is_not_seen_is_left_out_of_a_name(hidden: str) -> None:
    assert one_line(f"{hidden}E{hidden}ve{hidden}") == EVE
    assert one_line(hidden * 3) == ""


NAMES = ["Ayşe Çelik", "Анна-Мария", "عل\u200cرضا", "👩\u200d💻 Ada", "Łukasz O\u2019Neil", "李小龍", "D'Arcy ❤\ufe0f"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_people_have_stays_as_it_is(name: str) -> None:
    assert one_line(name) == name


def test_a_name_has_an_end() -> None:
    assert len(one_line("Eve " * 1000)) <= LONGEST_NAME


@pytest.mark.parametrize(("username", "shown"), [("eve", "eve"), ("", "42")])
def test_who_shows_no_name_goes_by_the_username_or_the_id(username: str, shown: str) -> None:
    assert Author("42", "\u3164\u3164", username).name == shown
    assert Author("42", "Eve\n✅ closed", username).name == "Eve ✅ closed"
    assert Author("42", "").name == "", "a channel that tells no name changes none"
