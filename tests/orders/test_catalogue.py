"""The catalogue's file: what spreadsheets save is read, and every mistake is named by file, row and column."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.orders import catalogue_file
from bot.orders.catalogue import Catalogue, Item
from bot.orders.catalogue_file import CatalogueBroken, load
from bot.orders.vocabulary import vocabulary_of

SAMPLE = Path(__file__).parents[2] / "config" / "catalogue.csv"
SENCHA = Item(
    sku="sencha",
    name={"en": "Sencha", "de": "Sencha fein"},
    price=790,
    stock=24,
    delivery_days=2,
    size={"": "100 g"},
    category={"en": "Tea", "de": "Tee"},
    synonyms=("green tea", "Grüntee"),
)
HEAD = "sku;name_en;name_de;size;category_en;category_de;price;stock;delivery_days;enabled;synonyms_en;synonyms_de"
ROW = "sencha;Sencha;Sencha fein;100 g;Tea;Tee;7,90;24;2;yes;green tea;Grüntee"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "catalogue.csv"


def problems(file: Path, *rows: str, head: str = HEAD) -> tuple[str, ...]:
    file.write_text("\n".join((head, *rows)), encoding="utf-8")
    with pytest.raises(CatalogueBroken) as refused:
        load(file, "EUR")
    return refused.value.problems


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_catalogue_is_read_as_spreadsheets_save_it(file: Path, encoding: str, line_end: str) -> None:
    file.write_bytes(line_end.join((HEAD, "", ROW, ";;;;;;;;;;;", "")).encode(encoding))

    assert load(file, "EUR") == Catalogue((SENCHA,), "EUR")


@pytest.mark.parametrize(("parted_by", "price"), [(",", '"7,90"'), ("\t", "7,90"), (",", "7.9")])
def test_cells_are_parted_by_semicolons_commas_or_tabs(file: Path, parted_by: str, price: str) -> None:
    file.write_text(f"{HEAD}\n{ROW}".replace(";", parted_by).replace("7,90", price), encoding="utf-8")

    assert load(file, "EUR").items == (SENCHA,)


def test_a_few_columns_are_enough(file: Path) -> None:
    file.write_text("Name,SKU,Price\nSencha,A-1,7.90\n", encoding="utf-8")

    (item,) = load(file, "EUR").items

    assert item == Item("A-1", {"": "Sencha"}, 790)
    assert (item.called("ru"), item.offered, item.shelf) == ("Sencha", True, "")


def test_a_text_without_a_language_stands_for_those_that_have_none(file: Path) -> None:
    file.write_text("sku,price,name_en,name_ru,size_ru,size\na,1,Tea,Чай,100 г,100 g\n", encoding="utf-8")

    (item,) = load(file, "EUR").items

    assert [item.called(language) for language in ("en", "ru", "de")] == ["Tea, 100 g", "Чай, 100 г", "Tea, 100 g"]


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (
            ROW.replace("7,90", "7,9O"),
            "row 2, column price: '7,9O' is no price in EUR; write it in figures only, as 4.90",
        ),
        (
            ROW.replace("7,90", "-7,90"),
            "row 2, column price: '-7,90' is no price in EUR; write it in figures only, as 4.90",
        ),
        (ROW.replace("7,90", ""), "row 2, column price: it is empty; write it in figures only, as 4.90"),
        (ROW.replace(";24;", ";-1;"), "row 2, column stock: '-1' is no whole number from 0 to 1000000"),
        (ROW.replace(";24;", ";=2+3;"), "row 2, column stock: '=2+3' is no whole number from 0 to 1000000"),
        (ROW.replace(";2;", ";soon;"), "row 2, column delivery_days: 'soon' is no whole number from 0 to 365"),
        (ROW.replace(";yes;", ";perhaps;"), "row 2, column enabled: 'perhaps' is neither yes nor no"),
        (ROW.replace("sencha;", "Grüner Tee;"), "row 2, column sku: 'Grüner Tee' is no SKU; take up to 16 of"),
        (ROW.replace("sencha;", ";"), "row 2, column sku: it is empty; take up to 16 of"),
        (ROW.replace("Sencha;Sencha fein", ";"), "row 2: it has no name in any language"),
        (ROW.replace("Sencha;", f"{'x' * 61};"), "row 2, column name_en: it is longer than 60 characters"),
        (f"{ROW};extra", "row 2: it has more cells than the head has columns"),
    ],
)
def test_a_wrong_cell_is_named_by_row_and_column(file: Path, row: str, wrong: str) -> None:
    (found,) = problems(file, row)

    assert found.startswith(wrong)


def test_every_mistake_is_told_in_a_sentence_that_names_the_file(file: Path) -> None:
    rows = [f"s{number};Tea {number};;;;;x;;;;;" for number in range(7)]

    found = problems(file, *rows)

    assert [problem.partition(",")[0] for problem in found] == [f"row {number}" for number in range(2, 9)]
    told = str(CatalogueBroken(file, found)).split("\n")
    assert told[0] == f"{file}, {found[0]}"
    assert told[5:] == [f"{file}: and 2 more mistakes"]


def test_what_stands_there_twice_is_refused(file: Path) -> None:
    other = ROW.replace("sencha;Sencha;Sencha fein", "SENCHA;Another;Anderer")

    assert problems(file, ROW, other) == ("row 3, column sku: row 2 has the same SKU; give one of them another",)
    assert problems(file, ROW, ROW.replace("sencha;", "b;").replace("fein", "grob")) == (
        "row 3, column name_en: row 2 has the same name and size; change one",
    )


def test_a_row_that_stands_there_twice_is_told_once(file: Path) -> None:
    assert problems(file, ROW, ROW) == ("row 3: it is the same as row 2; delete one of them",)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("1.299,00 €", "1299.00"),
        ("EUR 6,90", "6.90"),
        ("6,-", "6"),
        ("6,90 Euro", "6.90"),
        ("06. Sep", "4.90"),
        ("1.299", "4.90"),
        ("5-6", "4.90"),
    ],
)
def test_what_a_price_was_likely_meant_to_be_is_shown(file: Path, written: str, meant: str) -> None:
    (found,) = problems(file, ROW.replace("7,90", written))

    assert found.startswith(
        f"row 2, column price: {written!r} is no price in EUR; write it in figures only, as {meant}"
    )


def test_a_head_in_other_words_is_told_whole_and_a_workbook_is_no_csv(file: Path) -> None:
    assert problems(file, head="Artikelnummer;Bezeichnung;Preis;Farbe") == (
        "row 1: the column 'artikelnummer' is not known; did you mean sku?",
        "row 1: the column 'bezeichnung' is not known; did you mean name_de?",
        "row 1: the column 'preis' is not known; did you mean price?",
        "row 1: the column 'farbe' is not known; delete it, or call it as docs/howto/order-form.md does",
    )
    assert problems(file, ROW, head="sep=;") == (
        "row 1: it must name the columns, sku;name_en;price …; take out what stands above them",
    )
    assert problems(file, head="PK\x03\x04") == (
        "it is a workbook, not a CSV file; in Excel choose Save as, CSV UTF-8",
    )


@pytest.mark.parametrize(
    ("head", "wrong"),
    [
        ("", "it is empty; its first row names the columns: sku, name_en, price …"),
        ("name_en;price", "row 1: the column sku is missing; write its name above the cells"),
        ("sku;name_en", "row 1: the column price is missing; write its name above the cells"),
        ("sku;price", "row 1: the column name_en is missing; write its name above the cells"),
        ("sku;price;name_en;stok", "row 1: the column 'stok' is not known; did you mean stock?"),
        ("sku;price;name_en;price", "row 1: the column 'price' stands there twice; delete one of them"),
        ("sku;price;name_en", "it has no item; write one a row below the head"),
    ],
)
def test_a_head_that_cannot_be_is_told(file: Path, head: str, wrong: str) -> None:
    assert problems(file, head=head) == (wrong,)


def test_a_file_that_is_no_table_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert problems(file, 'a;"open;7') == (
        'row 2: a quotation mark is not closed; a cell with " in it begins and ends with ", and has "" for each within',
    )
    file.write_bytes(f"{HEAD}\n{ROW}".encode("cp1252"))
    with pytest.raises(CatalogueBroken, match="row 2: it is not written in UTF-8; in Excel choose Save as, CSV UTF-8"):
        load(file, "EUR")
    with pytest.raises(CatalogueBroken, match="it cannot be read"):
        load(file.parent, "EUR")
    with pytest.raises(CatalogueBroken, match=r"orders\.currency is 'EUX', which is no currency"):
        load(SAMPLE, "EUX")
    monkeypatch.setattr(catalogue_file, "MOST_BYTES", 1_000_000)
    file.write_bytes(b"x" * 1_000_001)
    with pytest.raises(CatalogueBroken, match="it is larger than 1 megabytes; take out what is not sold any more"):
        load(file, "EUR")
    monkeypatch.setattr(catalogue_file, "MOST_ITEMS", 2)
    assert problems(file, *(f"s{number};Tea {number};;;;;1;;;;;" for number in range(3))) == (
        "it has more than 2 rows; take out what is not sold any more",
    )


def test_a_text_that_looks_like_a_formula_stays_a_text_and_one_line(file: Path) -> None:
    file.write_text('sku;name_en;price\na;=HYPERLINK(1);1\nb;"two\nlines\u202e\x07";1\n', encoding="utf-8")

    assert [item.name["en"] for item in load(file, "EUR").items] == ["=HYPERLINK(1)", "two lines"]


def test_what_is_sold_out_or_switched_off_is_not_offered(file: Path) -> None:
    head = "sku;name_en;category;price;stock;enabled"
    rows = ["a;A;Tea;1;0;", "b;B;Tea;1;;no", "c;C;Tea;1;;", "d;D;Tea;1;5;нет", "e;E;Coffee;1;1;да"]
    file.write_text("\n".join((head, *rows)), encoding="utf-8")

    catalogue = load(file, "EUR")

    assert [item.sku for item in catalogue.offered] == ["c", "e"]
    assert [item.sku for item in catalogue.with_left({"e": -2, "c": 0}).offered] == ["c"]
    assert list(catalogue.shelves.values()) == [{"": "Tea"}, {"": "Coffee"}]
    assert [item.sku for item in catalogue.alternatives("a", {"": "Tea"})] == ["c"]
    assert catalogue.item(["a"]) is None


def test_the_words_of_a_large_catalogue_are_not_gathered_again_for_every_customer(file: Path) -> None:
    file.write_text(f"{HEAD}\n{ROW}\n", encoding="utf-8")
    catalogue = load(file, "EUR")
    words = vocabulary_of(catalogue)

    assert vocabulary_of(catalogue.with_left({"sencha": 3})) is words
    assert catalogue.with_left({"sencha": 24}).items[0] is catalogue.items[0]
    file.write_text(f"{HEAD}\n{ROW.replace('Sencha', 'Bancha')}\n", encoding="utf-8")
    assert "bancha" in vocabulary_of(load(file, "EUR")).names


def test_the_sample_agrees_with_the_faq() -> None:
    catalogue = load(SAMPLE, "EUR")
    answers = (SAMPLE.parent / "faq" / "products.yaml").read_text(encoding="utf-8")
    tasting_set = catalogue.item("tasting-set")

    assert tasting_set is not None
    assert tasting_set.price == 990
    assert "a tasting set of eight costs €9.90" in answers
    for item in catalogue.items:
        assert {"en", "de", "ru"} == set(item.name) == set(item.size) == set(item.category)
    assert all(word in answers for word in ("Lindenhof Breakfast", "Green Courtyard", "Plum Rooibos", "Abendrot"))
