"""How somebody answers the sample shop's form, whatever it asks next: by a button where one does, else in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ADDRESS = "Lindenallee 12, 04107 Leipzig"


@dataclass(frozen=True, slots=True)
class Way:
    """An answer to a question.

    Attributes:
        press: part of the button's label; empty for the first button.
        say: typed where there is no such button.
        contact: the button that shares one's number is pressed.
    """

    press: str = ""
    say: str = ""
    contact: bool = False


WAYS: tuple[tuple[str, Way], ...] = (
    ("Is everything right?", Way("Order")),
    ("Same as last time?", Way("The same again")),
    ("Anything else?", Way("That is all")),
    ("how many would you like", Way("2")),
    ("What would you like?", Way("Plum Rooibos", "plum rooibos")),
    ("Where should it go?", Way("Home")),
    ("What is the address?", Way("no button for it", ADDRESS)),
    ("When would you like it?", Way()),
    ("On which day", Way()),
    ("In whose name?", Way("no button for it", "Anna Vogt")),
    ("Which phone number", Way("no button for it", "0151 12345678", contact=True)),
    ("anything we should know", Way("Leave out")),
    ("Do you agree", Way("I agree")),
)
"""What a question says, and how it is answered."""


def way_for(text: str, buttons: Sequence[str]) -> tuple[Way, str]:
    """Return how a question is answered, and the label of the button to press, empty where there is none."""
    way = next((way for asked, way in WAYS if asked.casefold() in text.casefold()), None)
    assert way is not None, f"nobody knows what to say to {text!r}"
    return way, next((label for label in buttons if way.press in label), "")
