"""What may become of an order, which links a customer is sent, which messages ask for an order, and who may know."""

from __future__ import annotations

import pytest

from bot.orders.mentions import asked_for, number_in
from bot.orders.proof import proven
from bot.orders.status import (
    BACK,
    NEXT,
    Allowed,
    Refused,
    State,
    Why,
    back_from,
    following,
    is_link,
    judge,
    link_in,
    parcel_number_in,
)

N, C, S, D, X, R = State.NEW, State.CONFIRMED, State.SHIPPED, State.DELIVERED, State.CANCELLED, State.RETURNED


def test_an_order_goes_forward_and_one_step_back_with_a_reason() -> None:
    forward = {now: {one for one in State if judge(now, one) == Allowed()} for now in State}
    back = {now: {one for one in State if judge(now, one, note="my mistake") == Allowed(back=True)} for now in State}

    assert forward == {N: {C, S, X}, C: {S, D, X}, S: {D, R}, D: {R}, X: set(), R: set()}
    assert back == {N: set(), C: {N}, S: {C, N}, D: {S, C}, X: {N, C}, R: {S, D}}
    assert all(now in NEXT[one] for now in State for one in BACK[now])


@pytest.mark.parametrize(
    ("now", "wanted", "more", "why"),
    [
        (C, C, {}, Why.SAME),
        (C, C, {"expected": N}, Why.SAME),
        (C, X, {"expected": N}, Why.OVERTAKEN),
        (C, N, {}, Why.NEEDS_NOTE),
        (S, X, {"note": "too late"}, Why.NOT_FROM),
        (N, R, {}, Why.NOT_FROM),
        (N, S, {"tracking": "javascript:alert(1)"}, Why.BAD_LINK),
        (N, C, {"tracking": "https://parcel.example/1"}, Why.LINK_ELSEWHERE),
        (S, S, {"tracking": "https://parcel.example/1", "link": "https://parcel.example/1"}, Why.SAME),
    ],
)
def test_what_is_refused_says_why_and_how_it_stands(now: State, wanted: State, more: dict[str, str], why: Why) -> None:
    assert judge(now, wanted, **more) == Refused(why, now)  # type: ignore[arg-type]


def test_a_parcel_may_get_another_address() -> None:
    assert judge(S, S, tracking="https://parcel.example/2", link="https://parcel.example/1") == Allowed(relinked=True)


@pytest.mark.parametrize(
    ("link", "taken"),
    [
        ("https://parcel.example/track?id=1&l=de", True),
        ("http://parcel.example:8080/1", True),
        ("https://пакет.example/1", True),
        ("www.parcel.example/1", False),
        ("ftp://parcel.example/1", False),
        ("https://localhost", False),
        ("https://", False),
        ("https://anna:secret@parcel.example/1", False),
        ("https://parcel.example@evil.example/1", False),
        ("https://parcel.example/a b", False),
        ("https://parcel.example/\n1", False),
        ("https://parcel.example:99999/1", False),
        ("https://[parcel.example/1", False),
        ("https://parcel.example/" + "a" * 1000, False),
        ("JavaScript:alert(1)//.https://", False),
        ("https://parcel.example/\u202e1", False),
        ("https://parcel\u200b.example/1", False),
        ("https://.", False),
        ("https://parcel..example/1", False),
        ("https://посылка.example/1", True),
    ],
)
def test_only_a_whole_web_address_is_sent_to_a_customer(link: str, taken: bool) -> None:  # noqa: FBT001
    assert is_link(link) is taken


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("where is my order S-1042?", "S-1042"),
        ("S1042", "S-1042"),
        ("s - 1042", "S-1042"),
        ("Where's my parcel? s-1042 thanks", "S-1042"),
        ("status of order 1042", "S-1042"),
        ("order no. 1042?", "S-1042"),
        ("Wo ist meine Bestellung S-1042?", "S-1042"),
        ("Guten Tag, wann kommt das Paket zu S-1042?", "S-1042"),
        ("Bestellung 1042 schon versendet?", "S-1042"),
        ("Где мой заказ S-1042?", "S-1042"),
        ("где заказ С-1042", "S-1042"),
        ("подскажите статус заказа №1042", "S-1042"),
        ("S-1042 and S-1043?", ""),
        ("The tea of S-1042 tastes of soap", ""),
        ("cancel S-1042", ""),
        ("I want my money back for S-1042", ""),
        ("is order S-1042 with 2 tins?", ""),
        ("1042", ""),
        ("when do you deliver?", ""),
        ("my postcode is 04107, when will my order arrive", ""),
        ("US-1042", ""),
        ("S-1042-7", ""),
        ("where is my order S-104?", ""),
        ("where is my order", ""),
        ("where is my order S-1042 " + "please " * 40, ""),
    ],
)
def test_a_message_that_surely_asks_how_an_order_stands_is_known(text: str, number: str) -> None:
    assert asked_for(text) == number


def test_a_number_is_found_wherever_it_is_named_alone() -> None:
    assert [number_in(text) for text in ("S-1042", "с1042", "S-001042", "S-1042 S1042", "S-1 000")] == [
        *("S-1042", "S-1042", "S-1042", "S-1042", "")
    ]


ANNA = {"name": "Anna Vogt", "phone": "+491701234567", "address": "Lindenallee 12, 04107 Leipzig"}
NO_PHONE = {"name": "Anna Vogt", "address": {"street": "Lindenallee", "postcode": "04107", "town": "Leipzig"}}


@pytest.mark.parametrize(
    ("answers", "given", "hers"),
    [
        (ANNA, "4567", True),
        (ANNA, "0170 1234567", True),
        (ANNA, "+49 170 123 45 67", True),
        (ANNA, "567", False),
        (ANNA, "4568", False),
        (ANNA, "04107", False),
        (ANNA, "Vogt", False),
        (ANNA, "any 4567", False),
        (ANNA, "", False),
        (NO_PHONE, "04107", True),
        (NO_PHONE, "vogt", True),
        (NO_PHONE, "Anna", False),
        (NO_PHONE, "", False),
        ({"name": "Anna Vogt", "address": "Lindenallee 1204, 04107 Leipzig"}, "04107", True),
        ({"name": {"given": "Anna", "surname": "von der Tann"}}, "von der Tann", True),
        ({}, "", False),
        ({"comment": "4567"}, "4567", False),
    ],
)
def test_who_knows_what_only_its_customer_knows_is_shown_an_order(
    answers: dict[str, object],
    given: str,
    hers: bool,  # noqa: FBT001
) -> None:
    assert proven(answers, given) is hers


def test_a_state_that_a_form_has_no_use_for_is_passed_through() -> None:
    call_back, returned = {N, C, D, X}, {N, C, R, X}

    assert {now: following(now, call_back) for now in (N, C, D, S)} == {N: (C, D, X), C: (D, X), D: (), S: (D,)}
    assert {now: following(now, returned) for now in (N, C, R)} == {N: (C, R, X), C: (R, X), R: ()}
    assert {now: set(back_from(now, returned)) for now in (C, R, X)} == {C: {N}, R: {C, N}, X: {N, C}}
    assert judge(N, S, states=call_back) == Refused(Why.NOT_HERE, N)
    assert judge(N, S, expected=C, states=call_back) == Refused(Why.OVERTAKEN, N)


@pytest.mark.parametrize(
    ("words", "link", "rest"),
    [
        ("https://parcel.example/1 two boxes", "https://parcel.example/1", "two boxes"),
        ("parcel.example/1", "https://parcel.example/1", ""),
        ("with DHL: www.parcel.example/track?id=1.", "https://www.parcel.example/track?id=1", "with DHL:"),
        ("ftp://parcel.example/1", "ftp://parcel.example/1", ""),
        ("it goes out tomorrow. z.B. at 10.30", "", "it goes out tomorrow. z.B. at 10.30"),
        ("", "", ""),
    ],
)
def test_a_parcels_address_is_found_also_without_its_beginning(words: str, link: str, rest: str) -> None:
    assert link_in(words) == (link, rest)


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("00340434161094042557", "00340434161094042557"),
        ("DHL RR123456785DE", "RR123456785DE"),
        ("1Z999AA10123456784,", "1Z999AA10123456784"),
        ("two parcels on 2026-11-24", ""),
        ("at 10:30, box 12", ""),
        ("a neighbour takes it, phone 01701234567", ""),
    ],
)
def test_a_parcels_number_is_no_address(words: str, number: str) -> None:
    assert parcel_number_in(words) == number
