"""FAQ files in and out: nothing lost, nothing half taken in, every error with its place."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
import xlsxwriter  # type: ignore[import-untyped]
from hypothesis import HealthCheck, given, settings, strategies as st

from bot.faq import exchange
from bot.faq.entry import Button, FaqEntry, FollowUp, Option, Text
from bot.faq.sheet import COLUMNS
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
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=st.lists(entries, max_size=3, unique_by=lambda entry: entry.id))
def test_whatever_an_entry_says_comes_back_as_it_was(name: str, base: list[FaqEntry]) -> None:
    assert exchange.read_bytes(name, exchange.write_bytes(base, name), need_answers=False) == base


def test_an_entry_of_many_phrasings_fits_into_cells_of_a_spreadsheet() -> None:
    many = FaqEntry("many", {"en": Text("q", tuple(f"{n} " + "long " * 100 for n in range(300)), "a")})
    many = FaqEntry.from_dict(many.to_dict())

    assert exchange.read_bytes("faq.xlsx", exchange.write_bytes([many], "faq.xlsx")) == [many]
    assert exchange.read_bytes("faq.csv", exchange.write_bytes([many], "faq.csv")) == [many]


def sheet_with(*places: str) -> bytes:
    """Return an XLSX file with a filled cell at each of these places."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        sheet = book.add_worksheet()
        for place in places:
            sheet.write(place, "id")
    return out.getvalue()


def repacked(data: bytes, old: bytes, new: bytes) -> bytes:
    """Return an XLSX file with something else in its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in parts.infolist():
            packed.writestr(part.filename, parts.read(part).replace(old, new))
    return out.getvalue()


@pytest.mark.parametrize("far", ["XFD1048576", "A1048576", "XFD200", "BZ60000"])
def test_a_spreadsheet_that_reaches_too_far_is_refused_before_room_is_made_for_it(far: str) -> None:
    with pytest.raises(FaqFileBroken, match=r"^a.xlsx"):
        exchange.read_bytes("a.xlsx", sheet_with("A1", far))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'r="B2"', b'r="&#88;FD1048576"'),
        (b'r="B2"', b"r = 'xfd1048576'"),
        (b'<row r="2"', b'<row r="1048576"'),
        (b'r="B2"', b'r="B2:XFD1048576"'),
        (b'r="B2"', b'r="\xd9\xa1"'),
        (b"</worksheet>", b""),
    ],
)
def test_a_far_cell_is_found_however_it_is_written(old: bytes, new: bytes) -> None:
    data = repacked(repacked(sheet_with("A1", "B2"), old, new), b' r="B2"' if old[:1] == b"<" else b"\0", b"")

    with pytest.raises(FaqFileBroken, match=r"^a.xlsx"):
        exchange.read_bytes("a.xlsx", data)


def test_a_cell_that_is_only_formatted_does_not_count() -> None:
    data = exchange.write_bytes([ENTRY], "a.xlsx")
    styled = repacked(data, b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>')

    assert exchange.read_bytes("a.xlsx", styled) == [ENTRY]


BROKEN = [
    ("a.yaml", "- id: a\n  en:\n    question: x\n    answer:\n", "a.yaml, line 4, en.answer: is missing"),
    ("a.yaml", "id: a", "a.yaml, line 1: should be a list: each entry begins with “- id: …”"),
    (
        "a.yaml",
        "- id: a\n  enabled: perhaps\n  en: {question: x, answer: y}",
        "a.yaml, line 2, enabled: 'perhaps' is neither true nor false",
    ),
    (
        "a.yaml",
        "- id: a b\n  en: {question: x, answer: y}",
        "a.yaml, line 1, id: 'a b' is no id; use up to 64 of A-Z a-z 0-9 _ . / -",
    ),
    (
        "a.yaml",
        "- id: a\n  en: {question: x, answer: y}\n  en: {question: z, answer: y}",
        "a.yaml, line 3, en: stands twice in one entry",
    ),
    (
        "a.yaml",
        "- id: a\n  en: {question: x, answer: y}\n- id: a\n  en: {question: z, answer: y}",
        "a.yaml, line 3, id: a comes twice",
    ),
    (
        "a.yaml",
        "- id: a\n  valid_to: soon\n  en: {question: x, answer: y}",
        "a.yaml, line 2, valid_to: 'soon' is no day; write it as 2026-01-31",
    ),
    (
        "a.yaml",
        "- id: a\n  en: {question: x, answer: y, phrasings: [a, [b]]}",
        "a.yaml, line 2, en.phrasings[2]: should be text, not a list; put it in quotes",
    ),
    ("a.yaml", "- {id: a\n", "a.yaml, line 2: is no YAML here: did not find expected ',' or '}'"),
    ("a.csv", "id,lang,question,answer\na,en,x,y\nb,en,,y\n", "a.csv, line 3, en.question: is missing"),
    (
        "a.csv",
        "id,lang,question,answer\na,en,x,y\n,,x,y\n",
        "a.csv, line 3, lang: should be a language code such as en",
    ),
    (
        "a.csv",
        "id,lang,frage\n",
        "a.csv, line 1: column 'frage' is unknown; known are " + ", ".join(COLUMNS),
    ),
    (
        "a.csv",
        "id,lang,question,answer,buttons\na,en,x,y,{",
        "a.csv, line 2, buttons: should be JSON as in the YAML form",
    ),
    ("a.jsonl", '{"id": "a", "lang": "en", "question": "x", "answer": "y"}\n{', "a.jsonl, line 2: is no JSON object"),
    ("a.jsonl", '{"id": "a", "lang": "en", "question": "x", "answer": ""}', "a.jsonl, line 1, en.answer: is missing"),
    ("a.xlsx", "PK", "a.xlsx: is no XLSX file that can be read"),
    ("a.txt", "", "a.txt: is no FAQ file; use one that ends in .yaml, .yml, .json, .jsonl, .csv, .xlsx"),
    ("a.json", "[" * 100_000, "a.json: is nested too deeply or holds a number that is too long"),
]


@pytest.mark.parametrize(("name", "text", "sentence"), BROKEN)
def test_a_broken_file_is_told_by_file_line_and_field(name: str, text: str, sentence: str) -> None:
    with pytest.raises(FaqFileBroken) as told:
        exchange.read_bytes(name, text.encode())

    assert str(told.value) == sentence


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


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_yaml_that_nests_too_deep_is_refused_before_it_is_built(opening: str) -> None:
    with pytest.raises(FaqFileBroken, match=r"^a.yaml, line 2: is nested too deeply$"):
        exchange.read_bytes("a.yaml", ("# faq\n- " + opening * 100_000).encode())


@pytest.mark.parametrize(
    "text",
    [
        "- id: a\n  a: &a [{x}]\n  b: &b [{a}]\n  c: [{b}]".format(
            x=",".join("x" * 300), a=",".join(["*a"] * 300), b=",".join(["*b"] * 300)
        ),
        "- en: &a {question: x, answer: %s}\n" % ("long " * 3_000) + "- en: *a\n" * 2_000,
    ],
)
def test_what_aliases_stand_for_is_added_up_before_it_is_built(text: str) -> None:
    tracemalloc.start()
    with pytest.raises(FaqFileBroken, match=r"grows too large when its aliases are followed"):
        exchange.read_bytes("a.yaml", text.encode())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert most < 8 * 2**20


def test_an_alias_within_what_it_names_is_refused_and_a_common_answer_is_not() -> None:
    with pytest.raises(FaqFileBroken, match=r"line 2: the alias \*a stands within what it names"):
        exchange.read_bytes("a.yaml", b"- id: a\n  en: &a {question: x, answer: [*a]}")

    assert exchange.read_bytes(
        "a.yaml", b"- {id: a, en: &a {question: x, answer: y}}\n- {id: b, en: {<<: *a, question: z}}"
    ) == [FaqEntry("a", {"en": Text("x", (), "y")}), FaqEntry("b", {"en": Text("z", (), "y")})]


@pytest.mark.parametrize(
    "name", ["bool", "int", "float", "timestamp", "binary", "set", "omap", "pairs", "python/name:os"]
)
@pytest.mark.parametrize("value", ["''", "foo", "[a]", "{a: b}", "99-99"])
def test_a_tag_of_yaml_asks_for_nothing_but_plain_types(name: str, value: str) -> None:
    with pytest.raises(FaqFileBroken, match=r"^a.yaml, line 2: is no YAML here: could not determine a constructor"):
        exchange.read_bytes("a.yaml", f"- id: a\n  en: {{question: q, answer: !!{name} {value}}}\n".encode())


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

    told = exchange.difference(old, new)

    assert told == exchange.Difference(
        added=("d",),
        changed=(exchange.Change("a", ("en.phrasings: + “r”", "en.phrasings: − “q”", "en.answer: “one” → “ONE”")),),
        removed=("b",),
        unchanged=1,
    )


def test_a_folder_is_one_base(tmp_path: Path) -> None:
    exchange.write([FaqEntry("b", {"en": Text("y", (), "two")})], tmp_path / "2.yaml")
    exchange.write([FaqEntry("a", {"en": Text("x", (), "one")})], tmp_path / "1.csv")
    (tmp_path / "size-chart.pdf").write_bytes(b"%PDF")

    assert [entry.id for entry in exchange.read(tmp_path)] == ["a", "b"]
