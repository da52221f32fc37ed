"""The owner's glossary: abbreviations and words of one meaning are read alike, and its mistakes are named."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot import i18n
from bot.faq import glossary
from bot.faq.entry import FaqEntry, Text
from bot.faq.explain import explain
from bot.faq.glossary import EMPTY, Glossary, GlossaryBroken
from bot.faq.matcher import Index

ROOT = Path(__file__).parents[2]
ENGLISH = i18n.load(ROOT / "config" / "locales", ["en"])["en"]
WORDS = """
[en]
same = [["parcel", "package"], ["voucher", "gift card"]]
[en.short]
cod = "cash on delivery"
"""
BASE = [
    FaqEntry("track", {"en": Text("Where is my parcel?", ("parcel has not arrived", "follow my parcel"))}),
    FaqEntry("cash", {"en": Text("Can I pay cash on delivery?", ("cash when the courier comes",))}),
    FaqEntry("gift", {"en": Text("How do I redeem a voucher?", ("use a voucher", "voucher number is refused"))}),
]


def written(folder: Path, text: str) -> Glossary:
    (folder / "glossary.toml").write_text(text, encoding="utf-8")
    return glossary.load(folder / "glossary.toml")


def test_without_a_file_every_word_is_itself(tmp_path: Path) -> None:
    assert glossary.load(tmp_path / "glossary.toml") == EMPTY
    assert EMPTY.read(["cod", "packages"], "en") == ["cod", "packages"]


def test_any_form_of_a_word_counts_as_the_first_of_its_group(tmp_path: Path) -> None:
    words = written(tmp_path, WORDS)

    assert words.read(["lost", "packages", "cod"], "en") == ["lost", "parcel", "cash", "on", "delivery"]
    assert words.read(["my", "gift", "cards", "gift"], "en") == ["my", "voucher", "gift"]
    assert words.read(["packages"], "de") == ["packages"]


@pytest.mark.parametrize(
    ("question", "entry", "told"),
    [
        ("package late", "track", "‘package’ counts as ‘parcel’, by the glossary."),
        ("cod?", "cash", "‘cod’ counts as ‘cash on delivery’, by the glossary."),
        ("my gift card does not work", "gift", "‘gift card’ counts as ‘voucher’, by the glossary."),
    ],
)
def test_a_question_in_other_words_finds_its_entry_and_the_explanation_says_how(
    tmp_path: Path, question: str, entry: str, told: str
) -> None:
    index = Index.build(BASE, ["en"], glossary=written(tmp_path, WORDS))
    without = Index.build(BASE, ["en"]).match(question)

    match = index.match(question)

    assert match.candidates[0].entry == entry
    chances = {one.entry: one.confidence for one in without.candidates}
    assert match.confidence > chances.get(entry, 0)
    assert told in [remark.said(ENGLISH) for remark in explain(match)]


def test_a_phrasing_in_the_other_word_is_found_by_the_first_one(tmp_path: Path) -> None:
    base = [*BASE, FaqEntry("size", {"en": Text("How heavy may a package be?")})]
    index = Index.build(base, ["en"], glossary=written(tmp_path, WORDS))

    match = index.match("how heavy may the parcel be")

    assert match.candidates[0].entry == "size"
    assert match.candidates[0].signals["words"] > 0.6


def test_a_word_of_the_glossary_is_no_typing_error(tmp_path: Path) -> None:
    base = [
        *BASE,
        FaqEntry("bags", {"en": Text("Do you sell packages of ten?")}),
        FaqEntry("cot", {"en": Text("Cots")}),
    ]
    index = Index.build(base, ["en"], glossary=written(tmp_path, '[en.short]\ncots = "cash on delivery"'))

    assert index.match("pay cots").repaired == ()


BROKEN = [
    ("[en", "glossary.toml: is not readable as TOML"),
    ("english = 3", "glossary.toml, line 1, english: should be a language with its words, such as [en]"),
    ("[en]\nlike = []", "glossary.toml, line 2, en.like: is unknown; known are same, short"),
    ('[en]\nsame = ["a"]', "glossary.toml, line 2, en.same[1]: should be a group of two words or more"),
    ('[en]\nsame = [\n  ["parcel"],\n]', "glossary.toml, line 2, en.same[1]: should be a group of two words or more"),
    (
        '[en]\nsame = [\n  ["parcel", "package"],\n  ["box", "packages"],\n]',
        "glossary.toml, line 4, en.same[2]: 'packages' stands in en.same[1] already",
    ),
    ("[de.short]\nNN = 3", "glossary.toml, de.short.NN: 3 should be text in quotes"),
    ('[de.short]\nNN = "…"', "glossary.toml, line 2, de.short.NN: '…' should have 1 to 8 words"),
    ("a = " + "[" * 5_000, "glossary.toml: is nested too deeply"),
    ("a = " + "{a = " * 5_000, "glossary.toml: is nested too deeply"),
    ("[de]\nshort = 7", "glossary.toml, line 2, de.short: should be lines such as cod"),
]


@pytest.mark.parametrize(("text", "sentence"), BROKEN)
def test_a_mistake_is_told_by_line_and_key(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(GlossaryBroken) as told:
        written(tmp_path, text)

    assert str(told.value).startswith(sentence)


def test_the_sample_shops_glossary_is_sound() -> None:
    words = glossary.load(ROOT / "config" / "glossary.toml")

    assert set(words.same) == set(words.short) == {"en", "de", "ru"}
    assert words.read(["nn"], "de") == ["nachnahme"]
    assert words.read(["cod"], "en") == ["cash", "on", "delivery"]
