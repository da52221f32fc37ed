"""Personal data does not get into the list of questions, in three languages; questions stay readable."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings, strategies as st

from bot.faq.masking import LONGEST, MARKS, mask, with_stand_ins, without_marks

MASKED = [
    ("call +49\u200b170\u200b1234567", "call [phone]"),
    (
        "order 1\u20602\u20603\u20604\u20605 and 1\ufe0f\u20e37\ufe0f\u20e34\ufe0f\u20e35\ufe0f\u20e3",
        "order [number] and [number]",
    ),
    ("anna@\u200bgmail.com", "[e-mail]"),
    ("анна\u200d@поч\u200cта.рф", "[e-mail]"),
    ("write a.b at gmail.com", "write [e-mail]"),
    ("anna.k at shop.example please", "[e-mail] please"),
    ("почта anna собака mail.ru", "почта [e-mail]"),
    ("I come from 192.168.1.10, or 2001:db8::1", "I come from [number], or [number]"),
    ("ich bin die Anna Schmidt, wo ist mein Tee", "ich bin die [name], wo ist mein Tee"),
    ("Bin Anna Schmidt, wo ist mein Paket", "Bin [name], wo ist mein Paket"),
    ("Hallo. bin der Jörg Müller", "Hallo. bin der [name]"),
    ("Where is my tea?\nBest, Anna", "Where is my tea?\nBest, [name]"),
    ("Where is my tea? Cheers\nAnna Schmidt", "Where is my tea? Cheers\n[name]"),
    ("Wo ist mein Tee?\nVielen Dank\nAnna.", "Wo ist mein Tee?\nVielen Dank\n[name]."),
    ("Где заказ?\nСпасибо!\nВера", "Где заказ?\nСпасибо!\n[name]"),
    ("where is order 10442", "where is order [number]"),
    ("order #10442 and №10443", "order [number] and [number]"),
    ("my order LT-2026-0012 is late", "my order [number] is late"),
    ("Bestellung AB12345", "Bestellung [number]"),
    ("tracking JD014600006281230704", "tracking [number]"),
    ("call me on +49 170 1234567 please", "call me on [phone] please"),
    ("Telefon 0341/123456-78", "Telefon [phone]"),
    ("мой номер 8 (912) 345-67-89", "мой номер [phone]"),
    ("(555) 123-4567", "[phone]"),
    ("write to anna.schmidt+tea@mail.example.com", "write to [e-mail]"),
    ("I am @anna_k on telegram", "I am [name] on telegram"),
    ("DE89370400440532013000, de89 3704-0044-0532-0130-00", "[iban], [iban]"),
    ("no12 İADE ETME lütfen", "no12 İADE ETME lütfen"),
    ("карта ٤١١١ ١١١١ ١١١١ ١١١١", "карта [card]"),
    ("DE89 3704 0044 0532 0130 00", "[iban]"),
    ("card 4111 1111 1111 1111 refused", "card [card] refused"),
    ("see https://shop.example/reset?token=abc123 now", "see [link] now"),
    ("t.me/joinchat/AAAA", "[link]"),
    ("I live at 221 Baker Street, London", "I live at [address], London"),
    ("Lieferung an Lindenstraße 12a, 04109 Leipzig", "Lieferung an [address], [address]"),
    ("wohne Musterstr. 5", "wohne [address]"),
    ("Karl-Liebknecht-Straße 120", "[address]"),
    ("доставьте на ул. Ленина, д. 5, кв. 12", "доставьте на [address], [address]"),
    ("проспект Мира 10", "[address]"),
    ("my name is Anna Schmidt, where is my tea", "my name is [name], where is my tea"),
    ("My name is anna and my tea is late", "My name is [name] and my tea is late"),
    ("Ich heiße Jörg Müller. Wo ist mein Paket?", "Ich heiße [name]. Wo ist mein Paket?"),
    ("mein Name ist Petra und ich warte", "mein Name ist [name] und ich warte"),
    ("Здравствуйте, меня зовут Вера Петрова, где заказ", "Здравствуйте, меня зовут [name], где заказ"),
    ("I'm Anna, is my tea there?", "I'm [name], is my tea there?"),
    ("Frau Müller hat bestellt", "Frau [name] hat bestellt"),
    ("wann kommt es\nMfG Petra Müller", "wann kommt es\nMfG [name]"),
    ("born 12.03.1984", "born [date]"),
    ("geboren am 3. März 1980", "geboren am [date]"),
    ("born 12 March 1980 or March 12th, 1980", "born [date] or [date]"),
    ("родилась 3 марта 1980", "родилась [date]"),
    ("call 170 123 456", "call [number]"),
    ("Kundennummer 123 456 789", "Kundennummer [number]"),
    ("Steuer-ID 12 345 678 901", "Steuer-ID [number]"),
    ("My name is Anna von der Heide", "My name is [name]"),
    ("my name is anna von der heide, hello", "my name is [name], hello"),
    ("i'm Anna Schmidt, where is it", "i'm [name], where is it"),
    ("Hier spricht Peter Müller, hallo", "Hier spricht [name], hallo"),
    ("wann kommt es? Gruß Peter", "wann kommt es? Gruß [name]"),
    ("where is it? Thanks, Anna Schmidt", "where is it? Thanks, [name]"),
    ("frau schmidt hat bestellt", "frau [name] hat bestellt"),
    ("г. Москва, Тверская 7", "г. Москва, [address]"),
    ("Большая Никитская, д. 5, кв 12", "Большая [address], [address]"),
    ("Unter den Linden 77", "[address]"),
    ("an anna (at) example.com bitte", "an [e-mail] bitte"),
    ("anna at example dot com", "[e-mail]"),
    ("пишите на anna собака mail.ru", "пишите на [e-mail]"),
    ("anna@localhost", "[e-mail]"),
    ("my name is anna schmidt where is my order", "my name is [name] where is my order"),
    ("MY NAME IS ANNA WHERE IS MY ORDER", "MY NAME IS [name] WHERE IS MY ORDER"),
    ("my name is: anna maria o'neill order 10442", "my name is: [name] order [number]"),
    ('hi, the name is "jean-luc  picard"', 'hi, the name is "[name]"'),
    ("my name is will", "my name is [name]"),
    ("it is under the name anna schmidt", "it is under the name [name]"),
    ("ich heiße petra müller und warte", "ich heiße [name] und warte"),
    ("mein name ist petra bestellung 10442", "mein name ist [name] bestellung [number]"),
    ("auf den namen petra von der heide", "auf den namen [name]"),
    ("nachname: müller", "nachname: [name]"),
    ("меня зовут вера петрова где заказ", "меня зовут [name] где заказ"),
    ("зовут меня вера,где заказ", "зовут меня [name],где заказ"),
    ("заказ на имя вера петрова", "заказ на имя [name]"),
    ("моя фамилия петрова", "моя фамилия [name]"),
    ("call +4917012345678", "call [phone]"),
    ("phone 555.123.4567 or 555 123 4567", "phone [phone] or [phone]"),
    ("tel 0170‑123‑4567", "tel [phone]"),
    ("anna.schmidt @ example . com", "[e-mail]"),
    ("anna＠example.com", "[e-mail]"),
    ("anna ät example punkt de", "[e-mail]"),
    ("london sw1a 1aa", "london [address]"),
    ("linden straße 12, Postfach 123", "[address], [address]"),
    ("ул ленина д 5 кв 12", "[address] [address]"),
    ("мкр. Северный 12", "[address]"),
    ("order number: 10 442", "order number: [number]"),
    ("order number a1b2c3", "order number [number]"),
    ("kundennummer 442, заказ номер 12", "kundennummer [number], заказ номер [number]"),
    ("order ab-cd-1234", "order [number]"),
    ("bestellung 10,442", "bestellung [number]"),
]
KEPT = [
    "How much is delivery?",
    "do you have 250 g bags for 12.50 €",
    "free from 50 euro? 1000 euro even?",
    "open until 18:30 on saturdays?",
    "the calendar of 2025",
    "Ich bin Kunde und brauche eine Rechnung",
    "I am allergic to nuts",
    "это чай из Китая?",
    "Earl Grey or Darjeeling First Flush?",
    "Kann ich 3 Sorten mischen",
    "Packstation 123",
    "am Freitag um 10 Uhr",
    "is my name printed on the mug",
    "meine frau möchte bestellen",
    "eine Frau bestellt",
    "i'm allergic to nuts",
    "100 200 300 g",
    "Китайский 100 г",
    "do you open on 3 may",
    "Danke für die Hilfe",
    "are you at example street",
    "1 000 000 € prize",
    "my name is wrong on the invoice",
    "MY NAME IS WRONG ON THE INVOICE",
    "my name is spelled wrong, how do I change my name",
    "my name is too long for the form",
    "my name is not on the parcel",
    "can I put my name onto the mug",
    "what is the name of the tea",
    "mein name ist falsch geschrieben",
    "mein Name ist auf dem Paket falsch",
    "mein name steht falsch auf der rechnung",
    "ich heiße jetzt anders",
    "ich heiße seit der hochzeit anders",
    "bestellt auf den Namen meiner Frau",
    "das heiße ich gut",
    "моё имя написано неправильно",
    "моё имя на посылке неверное",
    "меня зовут по-другому, чем на посылке",
    "моя фамилия изменилась",
    "заказ на имя другого человека",
    "do you have tea no 5",
    "I want number 3 from the list",
    "order 2 500 g bags",
    "my number is wrong",
    "meet @ shop. Is it open",
    "tea @ 5.50 each",
    "b1 2pm",
    "look at gmail.com or buy at shop.example",
    "which is best, Assam",
    "Ich bin der Meinung, dass er teuer ist",
    "Bin Kunde, was nun?",
    "Cheers, mate",
    "open 10:30 to 18:00:00, version 1.2.3",
    "چای می\u200cخواهم",
]


@pytest.mark.parametrize(("text", "kept"), MASKED)
def test_personal_data_is_masked(text: str, kept: str) -> None:
    assert mask(text) == kept


@pytest.mark.parametrize("text", KEPT)
def test_a_question_without_personal_data_stays_as_it_is(text: str) -> None:
    assert mask(text) == text


@pytest.mark.parametrize("mark", [one for one in MARKS if one != "[name]"])
def test_what_stands_in_for_a_mark_is_of_its_kind(mark: str) -> None:
    assert mask(with_stand_ins(f"where is it {mark} please")) == f"where is it {mark} please"
    assert mask(with_stand_ins("my name is [name]")) == "my name is [name]"


def test_a_phrasing_has_no_marks() -> None:
    assert without_marks("my order [number] is late, call [phone]") == "my order is late, call"
    assert without_marks("Hi, my name is [name], where is [number]?") == "Hi, my name is, where is?"
    assert without_marks("How much is delivery?") == "How much is delivery?"


digits = st.text("0123456789", min_size=1, max_size=1)
phones = st.from_regex(r"\+[1-9][0-9]{1,2} ?[1-9][0-9]{2}[ -]?[0-9]{6,7}", fullmatch=True)
mails = st.from_regex(r"[a-z]{2,8}\.[a-z]{2,8}[0-9]{0,2}@[a-z]{3,9}\.(de|com|ru)", fullmatch=True)
orders = st.from_regex(r"([A-Z]{1,3}-?)?[1-9][0-9]{4,9}", fullmatch=True)
cards = st.from_regex(r"[0-9]{4}( ?[0-9]{4}){3}", fullmatch=True)
ibans = st.from_regex(r"(DE|FR|NL)[0-9]{2}( ?[0-9A-Z]{4}){4}( ?[0-9A-Z]{2})?", fullmatch=True)
links = st.from_regex(r"https?://[a-z]{3,9}\.example/[a-z]{0,5}\?t=[A-Za-z0-9]{6,20}", fullmatch=True)
streets = st.from_regex(r"[A-Z][a-z]{3,9}(strasse|straße|weg|platz|allee) [1-9][0-9]{0,2}[a-z]?", fullmatch=True)
unlike = st.sampled_from("İıſK１٣²Ⅻ½ªßΣǅ")
"""Letters and digits beyond the Latin ones that some notion of a class, a case or a number takes in."""
codes = st.lists(unlike | st.sampled_from("aZ09") | st.characters(categories=["L", "N"]), min_size=3, max_size=5)
groups = st.lists(codes.map("".join), min_size=3, max_size=6).map(" ".join)
secrets = st.one_of(phones, mails, orders, cards, ibans, links, streets)
around = st.sampled_from(
    ["where is it", "bitte schnell", "где мой заказ", "Danke!", "urgent,", "🙏", "(old customer)", "z. B.", "…"]
)


@settings(max_examples=200, deadline=None)
@given(before=around, secret=secrets, after=around)
def test_no_personal_data_of_a_known_shape_survives(before: str, secret: str, after: str) -> None:
    kept = mask(f"{before} {secret} {after}")

    assert secret not in kept
    assert sum(char.isdecimal() for char in kept) == 0
    assert any(mark in kept for mark in MARKS)
    assert kept.startswith(before.rstrip()[:3])


announced = st.sampled_from(
    ["my name is ", "My name's ", "name: ", "ich heiße ", "ICH HEISSE ", "mein name ist ", "меня зовут ", "имя: "]
)
first_names = st.sampled_from(
    ["anna", "jörg", "petra", "mohammed", "li", "o'hara", "jean-luc", "вера", "алёна", "пётр", "zoë", "łukasz"]
)
last_names = st.sampled_from(["schmidt", "müller", "smith-jones", "петрова", "ιωάννου", "şahin", "de la cruz"])


@settings(max_examples=200, deadline=None)
@given(announced, first_names, last_names, st.sampled_from([str.lower, str.upper, str.title]), around)
def test_no_name_that_is_announced_survives_however_it_is_written(
    cue: str, first: str, last: str, written: Callable[[str], str], after: str
) -> None:
    kept = mask(f"{cue}{written(first)} {written(last)}, {after}")

    assert kept == mask(f"{cue}[name], {after}")


@settings(max_examples=200, deadline=None)
@given(
    st.text(st.characters(exclude_categories=()), max_size=300)
    | st.tuples(st.sampled_from(["no12 ", "DE89", "+", "0", "4111 "]), groups).map("".join)
    | st.lists(secrets | around, max_size=8).map(" ".join)
)
def test_masking_twice_is_masking_once(text: str) -> None:
    kept = mask(text)

    assert mask(kept) == kept
    assert len(kept) <= LONGEST


@pytest.mark.parametrize(
    "text",
    [
        "1 " * 3_000,
        "a" * 5_000,
        "@" * 5_000,
        "1-" * 3_000,
        "A. " * 2_000,
        "ул. " * 1_500,
        "(" * 4_000,
        "my name is " + "a." * 1_000,
    ],
)
def test_no_text_takes_long(text: str) -> None:
    began = time.perf_counter()

    mask(text)

    assert time.perf_counter() - began < 0.5
