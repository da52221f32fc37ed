"""Greetings, thanks and calls for a person are known in three languages; questions stay questions."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

from bot.faq.smalltalk import Kind, kind_of

SAID = [
    ("Hi there!", Kind.GREETING),
    ("Guten Tag", Kind.GREETING),
    ("Moin zusammen", Kind.GREETING),
    ("Добрый день!", Kind.GREETING),
    ("здравствуйте", Kind.GREETING),
    ("Hi, where is my order?", Kind.QUESTION),
    ("Guten Tag, wo ist mein Paket", Kind.QUESTION),
    ("thank you so much", Kind.THANKS),
    ("ok danke 👍", Kind.THANKS),
    ("Vielen Dank für die Hilfe, Anna!", Kind.THANKS),
    ("Спасибо большое", Kind.THANKS),
    ("Thanks, and when does it arrive?", Kind.QUESTION),
    ("danke, aber wo bleibt mein Paket", Kind.QUESTION),
    ("Danke, Versandkosten?", Kind.QUESTION),
    ("ok", Kind.CONFIRMING),
    ("alles klar", Kind.CONFIRMING),
    ("понятно", Kind.CONFIRMING),
    ("Tschüss", Kind.GOODBYE),
    ("до свидания", Kind.GOODBYE),
    ("human please", Kind.HUMAN),
    ("I want to talk to a real person", Kind.HUMAN),
    ("Operator!", Kind.HUMAN),
    ("ich möchte bitte mit einem Mitarbeiter sprechen", Kind.HUMAN),
    ("Mensch", Kind.HUMAN),
    ("позовите оператора", Kind.HUMAN),
    ("хочу поговорить с живым человеком", Kind.HUMAN),
    ("how many people fit into the tent", Kind.QUESTION),
    ("you stupid bot", Kind.SWEARING),
    ("so eine Scheiße", Kind.SWEARING),
    ("идиот", Kind.SWEARING),
    ("why is the shipping so damn expensive", Kind.QUESTION),
    ("12345", Kind.NUMBER),
    ("№ 10-442/7", Kind.NUMBER),
    ("👍👍🏽", Kind.EMOJI),
    ("???", Kind.EMOJI),
    ("", Kind.EMPTY),
    (" \u200b\n", Kind.EMPTY),
    ("Wie teuer ist der Versand", Kind.QUESTION),
]


@pytest.mark.parametrize(("text", "kind"), SAID)
def test_a_message_is_taken_for_what_it_is(text: str, kind: Kind) -> None:
    assert kind_of(text) is kind


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_any_text_is_of_some_kind(text: str) -> None:
    assert kind_of(text) in Kind
