"""FAQ files that are refused: each by one sentence with its place, and before a hostile one can do harm."""

from __future__ import annotations

import io
import tracemalloc
import zipfile
from collections.abc import Callable

import pytest
import xlsxwriter  # type: ignore[import-untyped]

from bot.faq import exchange
from bot.faq.entry import FaqEntry, Text
from bot.faq.sheet import COLUMNS
from bot.faq.source import FaqFileBroken
from bot.faq.structured import FLAT_FIELDS


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
    entry = FaqEntry("a", {"en": Text("x", (), "y")})
    data = exchange.write_bytes([entry], "a.xlsx")
    styled = repacked(data, b"</sheetData>", b'<row r="1048576"><c r="XFD1048576" s="1"/></row></sheetData>')

    assert exchange.read_bytes("a.xlsx", styled) == [entry]


HEAD = "- id: a\n  en: {question: x, answer: y}\n"
BUTTONS = 'a.csv, line 2, buttons: should be JSON such as [{"text": {"en": "Order now"}, "action": "order"}]'
UNKNOWN = [
    (
        "a.yaml",
        HEAD + "  buttons:\n  - text: Go\n    action: order\n    url: https://shop.example",
        "a.yaml, line 6, buttons[1].url: is unknown; known here are text, action",
    ),
    (
        "a.yaml",
        HEAD + "  buttons: [{text: Go, action: order}, {text: Go, action: order, text: Stop}]",
        "a.yaml, line 3, buttons[2].text: stands twice in one entry",
    ),
    (
        "a.yaml",
        HEAD + "  follow_up:\n    text: Where?\n    note: lost\n    options: [{text: Home, entry: a}]",
        "a.yaml, line 5, follow_up.note: is unknown; known here are text, options",
    ),
    (
        "a.yaml",
        HEAD
        + "  follow_up:\n    text: Where?\n    options:\n    - {text: Home, entry: a}\n    - text: Shop\n      id: a",
        "a.yaml, line 8, follow_up.options[2].id: is unknown; known here are text, entry",
    ),
    (
        "a.yaml",
        HEAD + "  buttons:\n  - action: order\n    text: {en: Go, englisch!: Go}",
        "a.yaml, line 5, buttons[1].text.englisch!: is no language code such as en",
    ),
    (
        "a.json",
        '[\n{"id": "a", "en": {"question": "x", "answer": "y"}, "follow_up": 0}]',
        "a.json, line 2, follow_up: should be fields with values, not a number",
    ),
    (
        "a.json",
        '[{"id": false, "en": {"question": "x", "answer": "y"}}]',
        "a.json, line 1, id: should be text, not yes/no; put it in quotes",
    ),
    (
        "a.jsonl",
        '\n{"lang": "en", "question": "x", "answer": "y", "buttons": [{"text": "Go", "action": "order", "to": 1}]}',
        "a.jsonl, line 2, buttons[1].to: is unknown; known here are text, action",
    ),
    (
        "a.csv",
        'id,lang,question,answer,follow_up\na,en,x,y,\na,de,x,y,"{""text"": ""?"", ""option"": [], ""options"": []}"',
        "a.csv, line 3, follow_up.option: is unknown; known here are text, options",
    ),
]
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
        BUTTONS,
    ),
    ("a.jsonl", '{"id": "a", "lang": "en", "question": "x", "answer": "y"}\n{', "a.jsonl, line 2: is no JSON object"),
    ("a.jsonl", '{"id": "a", "lang": "en", "question": "x", "answer": ""}', "a.jsonl, line 1, en.answer: is missing"),
    (
        "a.jsonl",
        '{"id": "a", "lang": "en", "question": "x", "phrasing": ["lost"], "answer": "y"}',
        "a.jsonl, line 1, phrasing: is unknown; known are " + ", ".join(FLAT_FIELDS),
    ),
    ("a.jsonl", '\n{"id": "a", "en": {"question": "x", "question": "y"}}', "a.jsonl, line 2: says 'question' twice"),
    ("a.json", '[\n{"id": "a",\n"id": "b"}]', "a.json, line 2: says 'id' twice"),
    ("a.yaml", '[{"id": "a",\n"id": "b"}]', "a.yaml, line 2, id: stands twice in one entry"),
    (
        "a.csv",
        'id,lang,question,answer,buttons\na,en,x,y,"[{""text"": ""a"", ""text"": ""b"", ""action"": ""order""}]"',
        BUTTONS,
    ),
    (
        "a.json",
        '[\n\n{"id": "a", "en": {"question": NaN, "answer": "y"}}]',
        "a.json, line 3, en.question: should be text, not a number; put it in quotes",
    ),
    (
        "a.jsonl",
        '{"id": "a", "lang": "en", "question": "x", "answer": -1e999}',
        "a.jsonl, line 1, en.answer: should be text, not a number; put it in quotes",
    ),
    (
        "a.json",
        '[{"id": "a", "valid_from": "2026-01-31garbage", "en": {"question": "x", "answer": "y"}}]',
        "a.json, line 1, valid_from: '2026-01-31garbage' is no day; write it as 2026-01-31",
    ),
    *UNKNOWN,
    ("a.json", '[{"id": "a"}\n{', "a.json, line 2: is no JSON here: Expecting ',' delimiter"),
    ("a.json", "[{},]", "a.json, line 1: is no JSON here: Expecting value"),
    ("a.json", "[]\n[]", "a.json, line 2: is no JSON here: Extra data"),
    ("a.json", "{}", "a.json, line 1: should be a list of entries: [{…}, {…}]"),
    ("a.xlsx", "PK", "a.xlsx: is no XLSX file that can be read"),
    ("a.txt", "", "a.txt: is no FAQ file; use one that ends in .yaml, .yml, .json, .jsonl, .csv, .xlsx"),
    ("a.json", "[" * 100_000, "a.json: is nested too deeply or holds a number that is too long"),
]


@pytest.mark.parametrize(("name", "text", "sentence"), BROKEN)
def test_a_broken_file_is_told_by_file_line_and_field(name: str, text: str, sentence: str) -> None:
    with pytest.raises(FaqFileBroken) as told:
        exchange.read_bytes(name, text.encode())

    assert str(told.value) == sentence


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


@pytest.mark.parametrize(
    "name", ["bool", "int", "float", "timestamp", "binary", "set", "omap", "pairs", "python/name:os"]
)
@pytest.mark.parametrize("value", ["''", "foo", "[a]", "{a: b}", "99-99"])
def test_a_tag_of_yaml_asks_for_nothing_but_plain_types(name: str, value: str) -> None:
    with pytest.raises(FaqFileBroken, match=r"^a.yaml, line 2: is no YAML here: could not determine a constructor"):
        exchange.read_bytes("a.yaml", f"- id: a\n  en: {{question: q, answer: !!{name} {value}}}\n".encode())


def with_part(name: str, text: bytes, unpacked: int = 0) -> bytes:
    """Return an XLSX file with another text in one of its parts, and the length that its list of parts gives for it."""
    out = io.BytesIO()
    source = io.BytesIO(exchange.write_bytes([FaqEntry("a", {"en": Text("x", (), "y")})], "a.xlsx"))
    with zipfile.ZipFile(source) as parts, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for part in parts.infolist():
            packed.writestr(part.filename, text if part.filename == name else parts.read(part))
        if unpacked:
            packed.getinfo(name).file_size = unpacked
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize(
    ("part", "text", "unpacked", "sentence"),
    [
        ("xl/sharedStrings.xml", b"<sst>" + b"<si/>" * 1_000_001 + b"</sst>", 0, "holds more than 1000000 texts"),
        ("xl/worksheets/sheet1.xml", b" ", 513 * 2**20, "unpacks to too much"),
    ],
)
def test_a_small_file_that_unpacks_to_a_large_one_is_refused(
    part: str, text: bytes, unpacked: int, sentence: str
) -> None:
    data = with_part(part, text, unpacked)

    assert len(data) < 2**20
    with pytest.raises(FaqFileBroken, match=f"^a.xlsx: {sentence}$"):
        exchange.read_bytes("a.xlsx", data)


def test_entities_that_unfold_are_refused() -> None:
    entities = b"".join(b"<!ENTITY a%d '%s'>" % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 10))
    bomb = b"<?xml version='1.0'?><!DOCTYPE s [<!ENTITY a0 'long'>" + entities + b"]><worksheet>&a9;</worksheet>"

    with pytest.raises(FaqFileBroken, match=r"^a.xlsx: is no XLSX file that can be read$"):
        exchange.read_bytes("a.xlsx", with_part("xl/worksheets/sheet1.xml", bomb))


SAME = FaqEntry("a", {"en": Text("x", ("p",), "y"), "de": Text("ä ö", (), "ß")})
NAMES = ["a.yaml", "a.json", "a.jsonl", "a.csv"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marks_line_ends_and_utf_16_change_nothing(name: str, ends: str, encoding: str) -> None:
    text = exchange.write_bytes([SAME], name).decode("utf-8-sig").replace("\r\n", "\n").replace("\n", ends)

    assert exchange.read_bytes(name, text.encode(encoding)) == [SAME]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.encode("latin-1"),
        lambda text: text.encode("utf-16-le"),
        lambda text: text.encode("utf-32"),
        lambda _: b"\0" * 1_000,
        lambda text: text.replace("x", "x\0", 1).encode(),
        lambda text: text.encode().replace(b"x", b"\xed\xa0\x80", 1),
        lambda text: text.encode() * 2,
    ],
    ids=["latin-1", "utf-16 without a mark", "utf-32", "zero bytes", "a zero byte", "half a character", "all twice"],
)
def test_other_encodings_zero_bytes_and_ids_that_come_twice_are_refused(
    name: str, spoil: Callable[[str], bytes]
) -> None:
    with pytest.raises(FaqFileBroken, match=f"^{name}"):
        exchange.read_bytes(name, spoil(exchange.write_bytes([SAME], name).decode("utf-8-sig")))


def two_sheets(title: str) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        for name, third in (("FAQ", "question"), ("Returns", title)):
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["id", "lang", third, "answer"])
            sheet.write_row(1, 0, [name, "en", "How much is it?", "Two euros."])
    return out.getvalue()


def test_entries_on_a_second_sheet_are_not_passed_over() -> None:
    with pytest.raises(FaqFileBroken, match="entries on the sheet 'Returns' as well; put them all on the first"):
        exchange.read_bytes("a.xlsx", two_sheets("question"))


def test_a_second_sheet_may_hold_anything_else() -> None:
    assert [one.id for one in exchange.read_bytes("a.xlsx", two_sheets("what we noted"))] == ["FAQ"]


def test_every_mistake_of_a_sheet_is_named_with_its_line_and_column() -> None:
    rows = [
        "id,lang,question,answer,buttons",
        "a,en,,y,",
        "b,,x,y,",
        "c,DE,x,y,",
        "d,en,x,y,Order now",
        "c,en,x,,",
    ]

    with pytest.raises(FaqFileBroken) as broken:
        exchange.read_bytes("a.csv", "\n".join(rows).encode())

    assert str(broken.value).splitlines() == [
        "a.csv, line 2, en.question: is missing",
        "a.csv, line 3, lang: should be a language code such as en",
        BUTTONS.replace("line 2", "line 5"),
        "a.csv, line 6, en.answer: is missing",
    ]
    assert (broken.value.line, broken.value.field) == (2, "en.question")


def test_of_many_mistakes_the_first_twenty_are_named_and_the_others_counted() -> None:
    data = "id,lang,question,answer\n" + "".join(f"e{number},en,x,\n" for number in range(60))

    with pytest.raises(FaqFileBroken) as broken:
        exchange.read_bytes("a.csv", data.encode())

    lines = str(broken.value).splitlines()
    assert lines[0] == "a.csv, line 2, en.answer: is missing"
    assert lines[19:] == ["a.csv, line 21, en.answer: is missing", "and 40 more"]


def test_a_language_may_be_written_in_capitals() -> None:
    (entry,) = exchange.read_bytes("a.csv", b"id,lang,question,answer\na,DE,x,y\na,pt-BR,x,y\n")

    assert list(entry.texts) == ["de", "pt-BR"]


CAPITALS = {
    "a.yaml": b"- id: a\n  DE: {question: x, answer: y}\n  pt-BR: {question: x, answer: y}\n"
    b"  buttons: [{text: {DE: Los}, action: order}]\n"
    b"  follow_up: {text: {DE: Wo}, options: [{text: {DE: Da}, entry: b}]}\n",
    "a.json": b'[{"id": "a", "DE": {"question": "x", "answer": "y"}, "pt-BR": {"question": "x", "answer": "y"},'
    b'"buttons": [{"text": {"DE": "Los"}, "action": "order"}],'
    b'"follow_up": {"text": {"DE": "Wo"}, "options": [{"text": {"DE": "Da"}, "entry": "b"}]}}]',
    "a.jsonl": b'{"id": "a", "lang": "DE", "question": "x", "answer": "y",'
    b'"buttons": [{"text": {"DE": "Los"}, "action": "order"}],'
    b'"follow_up": {"text": {"DE": "Wo"}, "options": [{"text": {"DE": "Da"}, "entry": "b"}]}}\n'
    b'{"id": "a", "lang": "pt-BR", "question": "x", "answer": "y"}\n',
}


@pytest.mark.parametrize("name", CAPITALS)
def test_it_may_be_written_so_in_every_format_and_in_buttons_too(name: str) -> None:
    (entry,) = exchange.read_bytes(name, CAPITALS[name])

    assert list(entry.texts) == ["de", "pt-BR"]
    assert entry.buttons[0].text == {"de": "Los"}
    assert entry.follow_up is not None
    assert (entry.follow_up.text, entry.follow_up.options[0].text) == ({"de": "Wo"}, {"de": "Da"})


@pytest.mark.parametrize(
    ("name", "data", "place"),
    [
        ("a.yaml", b"- id: a\n  de: {question: x, answer: y}\n  DE: {question: z, answer: y}\n", "a.yaml, line 3, de"),
        ("a.jsonl", b'{"id": "a", "de": {"question": "x"}, "DE": {"question": "z"}}', "a.jsonl, line 1, de"),
        (
            "a.jsonl",
            b'{"id": "a", "lang": "de", "question": "x"}\n{"id": "a", "lang": "DE", "question": "z"}',
            "line 2",
        ),
        ("a.yaml", b"- id: a\n  DE: {question: x}\n", "a.yaml, line 2, de.answer: is missing"),
    ],
)
def test_a_language_in_small_letters_and_in_capitals_is_one_language_said_twice(
    name: str, data: bytes, place: str
) -> None:
    with pytest.raises(FaqFileBroken) as broken:
        exchange.read_bytes(name, data)

    assert place in str(broken.value)
