"""Which items of the sample shop a customer names, and how many: never a wrong one, and what is doubtful is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.orders.catalogue import Catalogue, Item
from bot.orders.catalogue_file import load
from bot.orders.items_said import ItemsReading, Wanted, read_items

SHOP = load(Path(__file__).parents[2] / "config" / "catalogue.csv", "EUR")
TEAS = {"breakfast", "sencha", "assam-decaf", "winter-biscuit", "plum-rooibos"}
Read = list[tuple[str, int | None]]


def sure(reading: ItemsReading) -> Read:
    return [(one.skus[0], one.quantity) for one in reading.wanted if one.sure]


def asked(reading: ItemsReading) -> list[set[str]]:
    return [set(one.skus) for one in reading.wanted if not one.sure]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("two boxes of sencha and one rooibos", [("sencha", 2), ("plum-rooibos", 1)]),
        ("2x Sencha, 1 Ройбуш", [("sencha", 2), ("plum-rooibos", 1)]),
        ("einmal den Frühstückstee", [("breakfast", 1)]),
        ("the sencha please", [("sencha", None)]),
        ("a sencha", [("sencha", 1)]),
        ("Abendrot decaf coffee, 250 g", [("abendrot", None)]),
        ("Tasting set, 8 teas", [("tasting-set", None)]),
        ("green tea", [("sencha", None)]),
        ("2 sencha 1 rooibos", [("sencha", 2), ("plum-rooibos", 1)]),
        ("sencha 2 rooibos 1", [("sencha", 2), ("plum-rooibos", 1)]),
        ("Sencha 2 Stück, Rooibos 3 Stück", [("sencha", 2), ("plum-rooibos", 3)]),
        ("Sencha 2x Rooibos 3x", [("sencha", 2), ("plum-rooibos", 3)]),
        ("Sencha 100 g x2", [("sencha", 2)]),
        ("sencha, 100 g, 2x", [("sencha", 2)]),
        ("2 x 0,1 kg Sencha", [("sencha", 2)]),
        ("- 2 sencha\n- 1 rooibos", [("sencha", 2), ("plum-rooibos", 1)]),
        ("сенчу и две пачки ройбуша", [("sencha", None), ("plum-rooibos", 2)]),
        ("Зимнего печенья три", [("winter-biscuit", 3)]),
        ("хочу два набора", [("tasting-set", 2)]),
        ("чай на завтрак", [("breakfast", None)]),
        ("ассам без кофеина", [("assam-decaf", None)]),
        ("zweimal Winterkeks und dreimal Pflaumen-Rooibos bitte", [("winter-biscuit", 2), ("plum-rooibos", 3)]),
        ("Ich hätte gern zwei Grüner Hof", [("sencha", 2)]),
        ("5 Stück Sencha und noch 2 vom Rooibos", [("sencha", 5), ("plum-rooibos", 2)]),
        ("a dozen SENCHA", [("sencha", 12)]),
        ("senhca", [("sencha", None)]),
        ("rooi", [("plum-rooibos", None)]),
        ("breakfast tea x3 & tasting set", [("breakfast", 3), ("tasting-set", None)]),
        ("две пачки зелёного чая", [("sencha", 2)]),
        ("два чая без кофеина и 2 кофе без кофеина", [("assam-decaf", 2), ("abendrot", 2)]),
        ("пять печений", [("winter-biscuit", 5)]),
        ("please deliver 2 sencha", [("sencha", 2)]),
    ],
)
def test_what_is_surely_named_is_read(text: str, expected: Read) -> None:
    reading = read_items(text, SHOP, "en")

    assert (sure(reading), asked(reading), reading.unknown) == (expected, [], ())


@pytest.mark.parametrize(
    ("text", "candidates"),
    [
        ("tea", TEAS),
        ("black tea", TEAS),
        ("2 Tee", TEAS),
        ("чай", TEAS),
        ("decaf", {"assam-decaf", "abendrot"}),
        ("coffee", {"abendrot"}),
        ("coffee with caffeine", {"abendrot"}),
        ("sencha or rooibos", {"sencha", "plum-rooibos"}),
        ("sencha rooibos", {"sencha", "plum-rooibos"}),
        ("Sencha 50 g", {"sencha"}),
        ("no rooibos", {"plum-rooibos"}),
        ("kein Rooibos", {"plum-rooibos"}),
        ("не сенчу", {"sencha"}),
        ("2 sencha, no, 3 sencha", {"sencha"}),
        ("vanilla rooibos", {"plum-rooibos"}),
        ("€2 sencha", {"sencha"}),
        ("2% sencha", {"sencha"}),
        ("do you have sencha?", {"sencha"}),
        ("Lindenhof Breakfast, 100 g – €6.90", {"breakfast"}),
    ],
)
def test_what_may_mean_another_thing_is_asked_back(text: str, candidates: set[str]) -> None:
    reading = read_items(text, SHOP, "en")

    assert (sure(reading), asked(reading)) == ([], [candidates])


@pytest.mark.parametrize(
    "text",
    [
        *(
            "2-3 sencha",
            "2+1 sencha",
            "2 und 3 Sencha",
            "² sencha",
            "-2 sencha",
            "1,5 sencha",
            "0 sencha",
            "12345 sencha",
            "two dozen sencha",
            "sencha 1/2",
        ),
        *("1) sencha", "1. sencha", "sencha, sencha", "2 sencha, 3 sencha", "2 2 sencha"),
    ],
)
def test_a_count_that_is_none_is_not_taken(text: str) -> None:
    assert sure(read_items(text, SHOP, "en")) == [("sencha", None)]


def test_a_count_that_may_belong_to_either_is_asked() -> None:
    assert asked(read_items("sencha 2 rooibos", SHOP, "en")) == [{"sencha"}, {"plum-rooibos"}]


@pytest.mark.parametrize("text", ["", "5", "hello", "?", "winterkuss", "sancho", "х", "🍵", "of", "a", "2 boxes"])
def test_what_names_nothing_names_nothing(text: str) -> None:
    assert read_items(text, SHOP, "en").wanted == ()


@pytest.mark.parametrize(
    "text",
    ["сенча без кофеина", "2 ройбуша без сахара", "2 coffee without milk", "sencha without caffeine", "2 sencha at 8"],
)
def test_what_no_name_leaves_out_is_doubtful(text: str) -> None:
    assert [one for one in read_items(text, SHOP, "ru").wanted if one.sure and one.quantity] == []


def test_the_rest_of_a_text_is_told() -> None:
    assert read_items("2 sencha and please gift wrap", SHOP, "en") == ItemsReading(
        (Wanted(("sencha",), 2, sure=True, said="2 sencha"),), ("gift wrap",)
    )
    assert read_items("sencha " * 100, SHOP, "en").wanted == ()


def test_sizes_and_whole_names_tell_items_apart() -> None:
    teas = Catalogue(
        (
            Item("small", {"en": "Sencha"}, 500, size={"en": "50 g"}),
            Item("large", {"en": "Sencha"}, 900, size={"en": "100 g"}),
            Item("mint", {"en": "Mint and Lemon"}, 400),
            Item("rooibos", {"en": "Rooibos"}, 400, stock=0),
            Item("plum", {"en": "Plum Rooibos"}, 400),
            Item("gone", {"en": "Oolong"}, 400, enabled=False),
        ),
        "EUR",
    )

    assert asked(read_items("2 sencha", teas)) == [{"small", "large"}]
    assert sure(read_items("2 sencha 50g and mint and lemon", teas)) == [("small", 2), ("mint", None)]
    assert sure(read_items("3 rooibos, plum rooibos", teas)) == [("rooibos", 3), ("plum", None)]
    assert read_items("oolong", teas).wanted == ()


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("2 Unicorn Horns, one sencha", "Unicorn Horns"),
        ("Ich nehme eine GROSSE Gießkanne und Sencha", "GROSSE Gießkanne"),
        ("Сенчу и Ёлочный шар", "Ёлочный шар"),
    ],
)
def test_what_is_not_in_the_range_is_quoted_as_it_was_typed(text: str, quoted: str) -> None:
    assert read_items(text, SHOP).unknown == (quoted,)
