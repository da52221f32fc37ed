"""An owner's slip in a TOML file: the line, and what to do about it."""

from __future__ import annotations

import pytest

from bot.domain.toml_slips import LONGEST_SHOWN, TomlSlip, read

COMMA = "a comma is missing between two entries of the list"
LIST = "the bracket [ is not closed; put ] behind the last entry of the list"
BRACE = "the brace { is not closed in its line; what stands between { and } must be in one line"
SPACE = "there is a space that only looks like one; delete the spaces and type them anew"
TWO = "write [[f]], with two brackets, each time that one begins"


def slip_in(text: str) -> TomlSlip:
    with pytest.raises(TomlSlip) as found:
        read(text)
    return found.value


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ('a = 1\nb = "x\nc = 2', 2, "the quotation mark at the end of the text is missing"),
        ('a = 1\nb = x"', 2, "the quotation mark at the beginning of the text is missing"),
        ("a = text", 1, 'put quotes around the text, as "text"'),
        ("a = “text”", 1, 'write straight quotes " " around the text, not “'),
        ("a = „text“", 1, 'write straight quotes " " around the text, not „'),
        ("a = «text»", 1, 'write straight quotes " " around the text, not «'),
        ('a = "say "yes" now"', 1, r"write \" for a quotation mark within a text"),
        (r'a = "C:\shop"', 1, r"write \\ for each \ within a text"),
        ('a = "x\x00y"', 1, "there is a character that cannot be seen; type the text anew"),
        ('a = """x\nb = 1\n', 1, 'the text that begins with """ has no """ at its end'),
        ("a = 1\nb = 2\na = 3", 3, "a stands there twice; keep one of them"),
        ('t.en = "x"\nt.en = "y"', 2, "t.en stands there twice; keep one of them"),
        ('a = ["x"\nb = 1\n', 1, LIST),
        ("a = [\n  {b = 1},\n\n[[f]]\nx = 1", 1, LIST),
        ('a = ["x",\n', 1, LIST),
        ('a = ["x" "y"]', 1, COMMA),
        ("a = [\n  {b = 1}\n  {b = 2}\n]", 3, COMMA),
        ("a = [x, y]", 1, 'put quotes around each text of the list, as ["a", "b"]'),
        ('a = { b = "x"\nc = 1', 1, BRACE),
        ("a = {\n  b = 1\n}", 1, BRACE),
        ("a = { b = 1, }", 1, "take out the comma before }"),
        ("a = { b = 1 c = 2 }", 1, "a comma is missing between { and }"),
        ("[[f]\na = 1", 1, "write the name of a table between brackets, as [[fields]]"),
        ("[f]\na = 1\n[f]\na = 2", 1, TWO),
        ("[f]\na = 1\n[[f]]\na = 2", 1, TWO),
        ("a = 4,90", 1, "write the number with a point and nothing behind it, as 4.90"),
        ("a = 4,90 €", 1, "write the number with a point and nothing behind it, as 4.90"),
        ("a = 020", 1, "write the number without 0 at its beginning, or as a text in quotes: 20"),
        ("a = True", 1, "write true, in small letters and without quotes"),
        ("a = nein", 1, "write false, in small letters and without quotes"),
        ("a =", 1, "there is no value behind the ="),
        ("a: 1", 1, "write = between the key and its value, not a colon"),
        ("a\u00a0= 1", 1, SPACE),
        ("a note for me", 1, 'write it as key = "text", or put # before it when it is only for you'),
        ("größe = 1", 1, "größe cannot be a key, which is made of a-z, 0-9 and _"),
        ('a = "x" y', 1, "something stands behind the value; delete it, or put # before it"),
    ],
)
def test_a_slip_is_told_with_its_line_and_what_to_do(text: str, line: int, problem: str) -> None:
    slip = slip_in(text)

    assert (slip.line, slip.problem) == (line, problem)
    assert slip.shown == text.split("\n")[line - 1].strip()
    assert str(slip) == f"line {line}: {problem}"


def test_a_long_line_is_cut_where_it_is_shown() -> None:
    assert slip_in(f"a = {'x' * 200}").shown == f"a = {'x' * (LONGEST_SHOWN - 4)}…"


def test_what_windows_writes_and_brackets_within_texts_are_no_slips() -> None:
    text = '\ufeffa = "[{"\r\n# [ {\r\n\tb\t=\t[\r\n"]",\r\n]\r\n'

    assert read(text) == {"a": "[{", "b": ["]"]}


def test_a_bracket_in_a_text_or_a_comment_is_not_taken_for_one_that_is_open() -> None:
    assert slip_in('a = "[" # {\nb = x\n').problem == 'put quotes around the text, as "x"'
