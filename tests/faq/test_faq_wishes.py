"""A wish for a person is heard in the middle of anything else, and a person in a question is no wish for one."""

from __future__ import annotations

import pytest

from bot.faq.smalltalk import Kind, kind_of

WISHED = """
my parcel burnt, please call a person
my parcel burnt please call a person
my kettle leaks and I want to talk to a human
the lid is torn, can I talk to someone?
I have waited for two weeks, get me a human
this is the third time, I need a real person
please connect me with an operator, the courier lost my parcel
I ordered the wrong size and would like to speak to somebody about it
your answer was not what I asked, I'd like to talk to a real person
I want to talk to a person about my broken kettle
the parcel never came so let me speak with a colleague please
wrong colour again – put me through to a human
it is all wet, could you please get me a person
this did not help I want to talk to a human
if you can't help, please get me a human
my order 4711 is lost, I need a human, please
mein Paket ist weg, ich möchte mit jemandem sprechen
mein Paket ist weg und ich möchte mit jemandem sprechen
meine Bestellung ist verbrannt, bitte holen Sie einen Menschen
das Paket ist nass, verbinden Sie mich mit einem Mitarbeiter
ich möchte mit einem Mitarbeiter über meine kaputte Kanne sprechen
die Kanne leckt und ich brauche einen Menschen
der Deckel fehlt, kann ich mit jemandem reden?
ich warte seit zwei Wochen, rufen Sie bitte einen Kollegen
wenn Sie mir nicht helfen können, holen Sie einen Menschen
Die Lieferung war falsch, ich will mit einem echten Menschen sprechen!
mein Paket ist verschwunden, bitte einen Mitarbeiter
das hat nicht geholfen, ich möchte mit einer Person sprechen
посылка сгорела, позовите человека
посылка сгорела позовите человека
посылка не пришла, хочу поговорить с оператором
у меня пропала посылка, соедините меня с оператором
чайник течёт, мне нужен человек
это не помогло, дайте живого человека
товар пришёл сломанный, переключите на оператора пожалуйста
заказ потерялся и я хочу поговорить с живым человеком
крышка разбита, можно поговорить с кем-нибудь?
не тот цвет опять, позовите менеджера
"""
NOT_WISHED = """
can a person pay by invoice
is a person at the pick-up point?
Is there a person at the pick-up point on Sundays?
can a person pick it up, or only me?
do I need to talk to a person to return it?
do I have to speak to someone to cancel?
can I return it without talking to a person
I don't want to talk to a person, just tell me the price
how many people fit into the tent, and is it for one person
does the courier call a person at the door, or just leave it?
can I send it to another person, please?
is it a gift for a person who likes tea?
I want to give someone a gift card
can someone else sign for me, please
call me when it is there, please
when it is there, call me
please call me when the parcel arrives, my bell is broken
can I speak to someone in the shop on Saturdays
do you need a person to sign
I need a person to sign for the parcel
who is the manager of the shop, and when is it open
a tent for one person, please
can I get a discount for an employee
the operator manual is missing, can I download it
I want a kettle for two people, please
please send it to my colleague
please find an agent for my country of delivery
kann eine Person auf Rechnung zahlen
ist an der Abholstelle jemand, wenn ich komme?
ist da jemand, wenn ich abhole?
muss ich mit jemandem sprechen, um zurückzugeben?
kann ich ohne mit jemandem zu sprechen stornieren
ich möchte nicht mit jemandem sprechen, nur den Preis wissen
rufen Sie mich an, wenn das Paket da ist
rufen Sie jemanden an, wenn niemand zu Hause ist?
kann ich es einem Kollegen schenken, bitte?
ich brauche eine Person zum Unterschreiben
kann ich mit jemandem im Laden sprechen?
ich möchte es mit einem Kollegen teilen, geht das?
gibt es Rabatt für Mitarbeiter, und wie viel?
kommt der Bote mit einem Mitarbeiter, oder allein?
Zelt für eine Person, bitte
может ли человек оплатить по счёту
есть ли человек в пункте выдачи?
нужно ли говорить с оператором, чтобы вернуть?
я не хочу говорить с оператором, скажите цену
можно поговорить с продавцом в магазине?
может ли посылку забрать другой человек, не я?
палатка на одного человека, пожалуйста
нужен ли человек для подписи
позвоните мне, когда посылка придёт
когда придёт посылка, позвоните мне
подойдёт ли это в подарок человеку, который любит чай
сколько человек работает у вас, и когда
"""


def lines(table: str) -> list[str]:
    return [line for line in table.splitlines() if line]


@pytest.mark.parametrize("text", lines(WISHED))
def test_who_wishes_for_a_person_inside_a_longer_sentence_is_understood(text: str) -> None:
    assert kind_of(text) is Kind.HUMAN


@pytest.mark.parametrize("text", lines(NOT_WISHED))
def test_a_person_in_a_question_or_a_wish_for_later_calls_nobody(text: str) -> None:
    assert kind_of(text) is not Kind.HUMAN


def test_a_long_message_is_looked_through_at_once() -> None:
    assert kind_of("i want to talk to the the the " * 2000) is Kind.QUESTION
