"""Orders in a spreadsheet: whole rows, nothing that runs."""

from __future__ import annotations

import csv
import io

import pytest
from python_calamine import CalamineWorkbook

from bot.orders.export import Row, guarded, table_of, to_csv, to_xlsx

TWO = Row(
    {"number": "S-1042", "state": "new", "customer": "=cmd|' /C calc'!A0", "total": 18.5, "currency": "EUR"},
    {"phone": "+491701234567", "comment": "line one\nline two"},
    ({"sku": "A", "item": "Assam", "quantity": 2, "price": 4.9}, {"sku": "B", "item": "@Sencha", "quantity": 1}),
)
NONE = Row({"number": "S-1043", "state": "shipped", "customer": "Вера 👩‍🍳"}, {"reason": "-1"})


def test_an_order_has_a_row_for_each_item_and_its_total_once() -> None:
    rows = [dict(zip(table_of([TWO, NONE])[0], row, strict=True)) for row in table_of([TWO, NONE])[1:]]

    assert [(row["number"], row["sku"], row["quantity"], row["total"]) for row in rows] == [
        ("S-1042", "A", 2, 18.5),
        ("S-1042", "B", 1, None),
        ("S-1043", None, None, None),
    ]
    assert [(row["answer: phone"], row["answer: reason"]) for row in rows] == [
        *(("+491701234567", ""), ("+491701234567", ""), ("", "-1"))
    ]


@pytest.mark.parametrize(
    "cell",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        "\n=1",
        " =1+1",
        "'=1",
        '"=1',
        "＝1+1",
        "\u200b=1",
        "\ufeff@A",
        "\x00-1",
        "'\u3000=1",
    ],
)
def test_no_cell_of_a_csv_is_a_formula(cell: str) -> None:
    assert str(guarded(cell)).startswith("'")
    assert str(guarded(cell)).replace("'", "") == cell.replace("'", "")
    assert to_csv([[cell]]).decode("utf-8-sig").lstrip('"').startswith("'")


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("hello;=1+1", "hello;'=1+1"),
        ('hello; "=1+1"', 'hello;\' "=1+1"'),
        ("one\n=1+1\n\t@A", "one\n'=1+1\n'\t'@A"),
        ("Sencha; a=b; 2 - 1", "Sencha; a=b; 2 - 1"),
    ],
)
def test_no_cell_of_a_csv_is_a_formula_where_semicolons_part_the_cells(cell: str, written: str) -> None:
    assert guarded(cell) == written


def test_words_and_numbers_stay_what_they_are() -> None:
    assert [guarded(cell) for cell in ("Anna", "a=b", "", -5, 4.9, None)] == ["Anna", "a=b", "", -5, 4.9, None]


def test_a_csv_opens_in_excel_and_reads_back_whole() -> None:
    data = to_csv(table_of([TWO, NONE]))

    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert data.startswith(b"\xef\xbb\xbf")
    assert len(rows) == 4
    assert "line one\nline two" in rows[1]
    assert "Вера 👩‍🍳" in rows[3]


def test_in_an_xlsx_words_are_words_and_numbers_numbers() -> None:
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(to_xlsx(table_of([TWO, NONE])))).get_sheet_by_index(0)
    names, first, *_ = sheet.to_python()

    row = dict(zip(names, first, strict=True))
    assert (row["customer"], row["answer: phone"], row["total"]) == ("=cmd|' /C calc'!A0", "+491701234567", 18.5)
    assert b"<f>" not in to_xlsx([["=1+1", "https://shop.example", "{=1}"]])


def test_half_a_character_and_an_endless_cell_break_no_file() -> None:
    assert to_csv([["\ud83d"]]).decode("utf-8-sig") == "?\r\n"
    assert len(to_xlsx([["a" * 40_000, "\ud83d"]])) > 0


def test_no_orders_give_the_names_of_the_columns() -> None:
    assert len(table_of([])) == 1
    assert to_xlsx(table_of([]))
