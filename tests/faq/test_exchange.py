"""FAQ files in and out: nothing lost, nothing half taken in, every error with its place."""

from __future__ import annotations

import csv
import json
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from bot.faq import changes, exchange, strict_json
from bot.faq.entry import Button, FaqEntry, FollowUp, Option, Text
from bot.faq.source import FaqFileBroken

ENTRY = FaqEntry(
    id="delivery-cost",
    category="delivery",
    enabled=False,
    valid_from=date(2026, 1, 1),
    valid_to=date(2026, 12, 31),
    texts={
        "en": Text("How much is delivery?", ("what does shipping cost", "a | b"), "Delivery is **5 €**.\n\n- free"),
        "no": Text("=1+1", ("yes", "no", "12"), "- ja: nei"),
    },
    buttons=(Button({"en": "Order now", "no": "Kjøp"}, "order"), Button({"*": "Site"}, "https://shop.example/?a=1")),
    attachments=("size-chart.pdf", "a|b.png"),
    follow_up=FollowUp({"en": "Where to?"}, (Option({"en": "Home"}, "delivery-home"),)),
    related=("delivery-time",),
)

line = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30).map(
    lambda text: FaqEntry.from_dict({"en": {"question": "x " + text}}).texts["en"].question
)
texts = st.builds(
    Text,
    line,
    st.lists(line, max_size=3).map(tuple),
    st.text(st.characters(codec="utf-8"), max_size=80).map(
        lambda text: FaqEntry.from_dict({"en": {"question": "x", "answer": "a" + text}}).texts["en"].answer
    ),
)
ids = st.from_regex(r"[A-Za-z0-9_./-]{1,20}", fullmatch=True)
codes = st.sampled_from(["en", "de", "ru", "no", "pt-br"])
wordings = st.dictionaries(codes | st.just("*"), line, min_size=1, max_size=3)
actions = st.sampled_from(["order", "human", "faq:a-b", "https://shop.example/?a=1|2&b=%20", "tel:+491701234567"])
names = st.from_regex(r"[A-Za-z0-9 |'\"=@+-]{1,12}\.pdf", fullmatch=True).filter(lambda name: name == name.strip())
entries = st.builds(
    FaqEntry,
    id=ids,
    texts=st.dictionaries(codes, texts, min_size=1, max_size=3),
    category=line.map(lambda text: text[:30].strip()),
    enabled=st.booleans(),
    valid_from=st.none() | st.dates(date(2020, 1, 1), date(2025, 1, 1)),
    valid_to=st.none() | st.dates(date(2025, 1, 1), date(2030, 1, 1)),
    buttons=st.lists(st.builds(Button, wordings, actions), max_size=2).map(tuple),
    attachments=st.lists(names, max_size=2).map(tuple),
    follow_up=st.none()
    | st.builds(FollowUp, wordings, st.lists(st.builds(Option, wordings, ids), min_size=1, max_size=2).map(tuple)),
    related=st.lists(ids, max_size=2).map(tuple),
).map(lambda entry: FaqEntry.from_dict(entry.to_dict()))
"""As they are kept: white space in names and questions is one space."""


@pytest.mark.parametrize("name", ["faq.yaml", "faq.json", "faq.jsonl", "faq.csv", "faq.xlsx"])
def test_a_base_survives_every_format(name: str, tmp_path: Path) -> None:
    exchange.write([ENTRY], tmp_path / name)

    assert exchange.read(tmp_path / name) == [ENTRY]


@pytest.mark.parametrize("name", ["faq.yaml", "faq.json", "faq.jsonl", "faq.csv", "faq.xlsx"])
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=st.lists(entries, max_size=3, unique_by=lambda entry: entry.id))
def test_whatever_an_entry_says_comes_back_as_it_was(name: str, base: list[FaqEntry]) -> None:
    assert exchange.read_bytes(name, exchange.write_bytes(base, name), need_answers=False) == base


def test_an_entry_of_many_phrasings_fits_into_cells_of_a_spreadsheet() -> None:
    many = FaqEntry("many", {"en": Text("q", tuple(f"{n} " + "long " * 100 for n in range(300)), "a")})
    many = FaqEntry.from_dict(many.to_dict())

    assert exchange.read_bytes("faq.xlsx", exchange.write_bytes([many], "faq.xlsx")) == [many]
    assert exchange.read_bytes("faq.csv", exchange.write_bytes([many], "faq.csv")) == [many]


@pytest.mark.parametrize("name", ["faq.yaml", "faq.json", "faq.jsonl", "faq.csv", "faq.xlsx"])
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary(max_size=200)
    | st.text(max_size=200).map(str.encode)
    | st.sampled_from([b"[" * 5000, b"- " * 5000, b"{a: " * 3000])
)
def test_no_file_whatever_is_answered_with_a_traceback(name: str, data: bytes) -> None:
    with suppress(FaqFileBroken):
        assert all(isinstance(entry, FaqEntry) for entry in exchange.read_bytes(name, data))


def test_an_alias_bomb_is_refused() -> None:
    lines = ["- id: a0", "  en: &a0 {question: x, answer: y}"]
    lines += [f"- id: a{n}\n  en: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]

    with pytest.raises(FaqFileBroken):
        exchange.read_bytes("bomb.yaml", "\n".join(lines).encode())


def test_an_alias_within_what_it_names_is_refused_and_a_common_answer_is_not() -> None:
    with pytest.raises(FaqFileBroken, match=r"line 2: the alias \*a stands within what it names"):
        exchange.read_bytes("a.yaml", b"- id: a\n  en: &a {question: x, answer: [*a]}")

    assert exchange.read_bytes(
        "a.yaml", b"- {id: a, en: &a {question: x, answer: y}}\n- {id: b, en: {<<: *a, question: z}}"
    ) == [FaqEntry("a", {"en": Text("x", (), "y")}), FaqEntry("b", {"en": Text("z", (), "y")})]


def test_words_that_yaml_would_turn_into_values_stay_words() -> None:
    text = "- id: 12\n  no: {question: yes, phrasings: [no, 1.50, 2026-01-01], answer: on}\n"
    text += "  valid_from: 2026-01-01\n  enabled: off\n"

    assert exchange.read_bytes("faq.yaml", text.encode()) == [
        FaqEntry(
            "12", {"no": Text("yes", ("no", "1.50", "2026-01-01"), "on")}, enabled=False, valid_from=date(2026, 1, 1)
        )
    ]


def test_json_in_a_yaml_file_keeps_its_emoji() -> None:
    body = json.dumps([{"id": "a", "en": {"question": "😀?", "answer": "😀"}}])

    assert exchange.read_bytes("faq.yaml", body.encode()) == [FaqEntry("a", {"en": Text("😀?", (), "😀")})]


def test_flat_lines_of_one_id_are_the_languages_of_one_entry() -> None:
    lines = (
        '{"id": "a", "lang": "en", "question": "x", "phrasings": ["y"]}\n{"id": "a", "lang": "de", "question": "z"}\n'
    )

    assert exchange.read_bytes("faq.jsonl", lines.encode(), need_answers=False) == [
        FaqEntry("a", {"en": Text("x", ("y",)), "de": Text("z")})
    ]


def test_a_flat_line_without_an_id_is_an_entry_of_its_own() -> None:
    lines = '{"lang": "en", "question": "x"}\n{"id": "None", "lang": "de", "question": "z"}\n'
    lines += '{"lang": "de", "question": "y"}\n'

    assert exchange.read_bytes("faq.jsonl", lines.encode(), need_answers=False) == [
        FaqEntry("x", {"en": Text("x")}),
        FaqEntry("None", {"de": Text("z")}),
        FaqEntry("y", {"de": Text("y")}),
    ]


@pytest.mark.parametrize("day", ["2026-01-31", " 2026-01-31 ", "2026-01-31T00:00:00", "2026-01-31 00:00:00+01:00"])
def test_a_day_may_have_an_hour_as_spreadsheets_write_it(day: str) -> None:
    body = [{"id": "a", "valid_to": day, "en": {"question": "x", "answer": "y"}}]

    assert exchange.read_bytes("a.json", json.dumps(body).encode())[0].valid_to == date(2026, 1, 31)


@settings(max_examples=60, deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner),
        max_leaves=8,
    ).map(lambda body: [body, body]),
    st.sampled_from([None, 2]),
)
def test_a_list_read_item_by_item_is_the_list(body: list[object], indent: int | None) -> None:
    assert [item for _, item in strict_json.items(f" {json.dumps(body, indent=indent)}\r\n")] == body


def test_a_spreadsheet_saved_in_germany_is_read() -> None:
    table = "id;lang;question;phrasings;answer\r\na;de;Öffnungszeiten?;wann offen|wann zu;9 bis 18 Uhr\r\n"
    table += "a;en;Opening hours?;;9 to 6\r\n"

    assert exchange.read_bytes("faq.csv", table.encode("utf-16")) == [
        FaqEntry(
            "a",
            {
                "de": Text("Öffnungszeiten?", ("wann offen", "wann zu"), "9 bis 18 Uhr"),
                "en": Text("Opening hours?", (), "9 to 6"),
            },
        )
    ]


def test_no_cell_begins_as_a_formula() -> None:
    evil = FaqEntry("a", {"en": Text("=cmd|' /C calc'!A0", ("+1", "-1"), "@SUM(1)")}, category="=1")

    cells = next(csv.reader(exchange.write_bytes([evil], "faq.csv").decode("utf-8-sig").splitlines()[1:2]))

    assert cells[:6] == ["a", "'=1", "", "", "", "en"]
    assert cells[6].startswith("'=cmd")


def test_a_dry_run_tells_what_would_change() -> None:
    old = [
        FaqEntry("a", {"en": Text("x", ("p", "q"), "one")}),
        FaqEntry("b", {"en": Text("y", (), "two")}),
        FaqEntry("c", {"en": Text("z", (), "three")}),
    ]
    new = [
        FaqEntry("a", {"en": Text("x", ("p", "r"), "ONE")}),
        FaqEntry("c", {"en": Text("z", (), "three")}),
        FaqEntry("d", {"en": Text("w", (), "four")}),
    ]

    told = changes.difference(old, new)

    assert told == changes.Difference(
        added=("d",),
        changed=(changes.Change("a", ("en.phrasings: + “r”", "en.phrasings: − “q”", "en.answer: “one” → “ONE”")),),
        removed=("b",),
        unchanged=1,
    )


def test_a_language_that_would_go_is_told_apart_and_all_else_in_words() -> None:
    full = {
        "id": "cups",
        "en": {"question": "Cups?", "answer": "Yes."},
        "de": {"question": "Tassen?", "phrasings": ["Becher"], "answer": "Ja."},
        "buttons": [{"text": {"en": "Order now"}, "action": "order"}],
        "follow_up": {"text": {"en": "Which?"}, "options": [{"text": {"en": "Blue"}, "entry": "blue"}]},
        "related": ["a", "b"],
    }
    less = {"id": "cups", "enabled": False, "en": full["en"], "ru": full["de"], "related": ["b", "a"]}

    told = changes.change(FaqEntry.from_dict(full), FaqEntry.from_dict(less))

    assert told == changes.Change(
        "cups",
        (
            "buttons: − “Order now” (order)",
            "follow_up.text.en: − “Which?”",
            "follow_up.options: − “Blue” (blue)",
            "related: ⇅ “b”, “a”",
            "enabled: “yes” → “no”",
            "ru.question: + “Tassen?”",
            "ru.phrasings: + “Becher”",
            "ru.answer: + “Ja.”",
        ),
        ("de",),
    )


def test_a_folder_is_one_base(tmp_path: Path) -> None:
    exchange.write([FaqEntry("b", {"en": Text("y", (), "two")})], tmp_path / "2.yaml")
    exchange.write([FaqEntry("a", {"en": Text("x", (), "one")})], tmp_path / "1.csv")
    (tmp_path / "size-chart.pdf").write_bytes(b"%PDF")

    assert [entry.id for entry in exchange.read(tmp_path)] == ["a", "b"]
