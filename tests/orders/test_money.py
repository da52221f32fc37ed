"""Amounts: read from an owner's file, shown to people of three languages, never a float."""

from __future__ import annotations

import pytest

from bot.orders.money import is_currency, plain, read_amount, shown


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("4.90", "EUR", 490),
        ("4,90", "EUR", 490),
        (" 4,9 ", "EUR", 490),
        ("4", "EUR", 400),
        ("0", "EUR", 0),
        ("0.29", "EUR", 29),
        ("1.15", "USD", 115),
        ("1200", "JPY", 1200),
        ("1.234", "KWD", 1234),
    ],
)
def test_an_amount_is_read_to_the_last_cent(text: str, currency: str, amount: int) -> None:
    assert read_amount(text, currency) == amount


@pytest.mark.parametrize(
    "text", ["", "-4.90", "+4", "4.905", "1.234,50", "1,234.50", "4 90", "€4.90", "4e2", "٤", "=4+5", "1" * 13, "NaN"]
)
def test_what_is_no_amount_without_doubt_is_none(text: str) -> None:
    assert read_amount(text, "EUR") is None


def test_an_amount_is_shown_as_people_of_each_language_write_it() -> None:
    assert [shown(2370, "EUR", language) for language in ("en", "de", "ru")] == ["€23.70", "23,70\xa0€", "23,70\xa0€"]
    assert shown(1200, "JPY", "de") == "1.200\xa0¥"
    assert shown(123456789012, "EUR", "en") == "€1,234,567,890.12"
    assert shown(5, "EUR", "xx") == "€0.05"


def test_files_hold_an_amount_with_a_point() -> None:
    assert [plain(490, "EUR"), plain(5, "EUR"), plain(1200, "JPY")] == ["4.90", "0.05", "1200"]


def test_currencies_are_those_of_the_standard() -> None:
    assert (is_currency("EUR"), is_currency("EUX")) == (True, False)
