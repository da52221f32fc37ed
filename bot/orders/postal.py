"""The kind address: typed in one go or part by part, with the place that a customer may share.

"Lindenallee 12" keeps street and number, and only the postcode and the town are asked for. What is not sure is shown
with a button for each part, and only the customer's yes makes it the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from math import isfinite
from typing import Any

from bot.orders.address_parts import (
    LONGEST,
    abroad,
    country_called,
    is_surely_town,
    is_town,
    only_in,
    tidied,
    wrong_part,
    wrong_postcode,
)
from bot.orders.address_words import TOWNS
from bot.orders.addresses import REQUIRED, AddressDoubt, AddressReading, read_address
from bot.orders.answers import (
    Accepted,
    Begun,
    Located,
    Moment,
    Prompt,
    Reading,
    Refused,
    Row,
    Sent,
    Value,
    Words,
)
from bot.orders.fields import Field, words_in
from bot.orders.postcodes import country_names, is_postcode, knows_country
from bot.orders.rules import Rules
from bot.orders.words import YES, fold, means
from bot.orders.written import tidy

PARTS = ("street", "house_number", "extra", "postcode", "town", "country")
_QUESTIONS = {
    "street": "form.address_street",
    "house_number": "form.address_house_number",
    "postcode": "form.address_postcode",
    "town": "form.address_town",
    "country": "form.address_country",
}
_LABELS = {
    "street": "form.part.street",
    "house_number": "form.part.house_number",
    "postcode": "form.part.postcode",
    "town": "form.part.town",
}
RIGHT = "right"
_EXAMPLE = "Lindenallee 12, 04107 Leipzig"
_NUMBER_FIRST = ("GB", "US", "CA", "IE", "AU", "FR")
_Parts = dict[str, Any]


class _Address(Rules):
    """The parts as texts, with "latitude" and "longitude" where a place was shared.

    Begun is {"parts": what is known, "part": the one that is asked out of turn, "review": the customer is to look}.
    """

    def read(self, field: Field, text: str, moment: Moment) -> Reading:
        words, begun = tidy(text), _begun(moment)
        if begun.get("review") and not begun.get("part") and means(words, YES):
            return self._whole(field, begun["parts"], moment)
        part = _asked(begun)
        reading = _read(field, words, begun)
        if part == "country" and not reading.sure:
            code = country_names().get(fold(words), "")
            return self._picked_country(field, begun, code, moment)
        if part and not reading.sure:
            return self._one_part(field, begun, part, words, reading, moment)
        return self._understood(field, begun, reading, words, moment)

    def _understood(self, field: Field, begun: _Parts, reading: AddressReading, words: str, moment: Moment) -> Reading:
        """Keep what was found in an address that was typed in one go."""
        found = {key: value for key, value in asdict(reading.address).items() if value and key != "country"}
        if set(found) == {"town"} and not is_town(found["town"]):
            found = {}
        if not found:
            return Refused(Words("form.wrong_address", {"example": _EXAMPLE}))
        if refused := self._elsewhere(field, reading.address.country, moment):
            return refused
        if elsewhere := abroad(field, reading.address.town, reading.address.postcode, moment.language):
            return Refused(elsewhere, person=True)
        said = None
        if AddressDoubt.POSTCODE_SHAPE in reading.doubts:
            said = wrong_postcode(reading.address.country, moment.language)
            found.pop("postcode", None)
        several = [] if _names_a_country(reading, field) else _fitting(field, words)
        guessed = _by_postcode_only(field, reading, words)
        country = "" if len(several) > 1 or guessed else reading.address.country
        if country or several or guessed:
            found["country"] = country
        place = {key: value for key, value in begun.get("parts", {}).items() if key in ("latitude", "longitude")}
        unsure = {AddressDoubt.SEVERAL, AddressDoubt.UNCLEAR} & set(reading.doubts)
        doubt = bool(unsure) or set(found) - {"country"} == {"town"}
        kept = begun.get("parts", {}) if reading.missing else place
        return self._next(
            field, {**kept, **found}, moment, said, review=doubt or (bool(begun.get("review")) and bool(kept))
        )

    def _one_part(
        self, field: Field, begun: _Parts, part: str, words: str, reading: AddressReading, moment: Moment
    ) -> Reading:
        """Take the answer to the question for one part, and what else stands in it and is missing."""
        known, review = begun["parts"], bool(begun.get("review"))
        country = known.get("country", "")
        readings = (reading, *(read_address(words, country) for country in _tried(field, begun)))
        found = next(filter(None, (_parts_found(one, known, part) for one in readings)), {})
        value = found.get(part) or tidied(part, words, country)
        if part == "postcode" and not value and not known.get("town") and is_surely_town(words):
            return self._town_first(field, begun, words, moment)
        town, code = str(found.get("town") or (value if part == "town" else "")), value if part == "postcode" else ""
        if elsewhere := abroad(field, town, code or known.get("postcode", ""), moment.language):
            return Refused(elsewhere, person=True)
        if part == "postcode" and value and knows_country(country) and not is_postcode(value, country):
            if not any(is_postcode(value, other) for other in field.countries):
                return Refused(wrong_postcode(country, moment.language))
            known = {**known, "country": ""}
        if not value or (part == "town" and not is_town(value)):
            return Refused(wrong_part(part, country, moment.language))
        return self._next(field, {**known, **found, part: value}, moment, review=review)

    def _town_first(self, field: Field, begun: _Parts, words: str, moment: Moment) -> Reading:
        """Keep a town that was typed where its postcode is asked for, and ask for that again."""
        if elsewhere := abroad(field, words, "", moment.language):
            return Refused(elsewhere, person=True)
        told, parts = Words("form.town_noted", {"town": words}), {**begun["parts"], "town": words}
        return self._next(field, parts, moment, told, review=bool(begun.get("review")))

    def _next(
        self, field: Field, parts: _Parts, moment: Moment, said: Words | None = None, *, review: bool = False
    ) -> Reading:
        """Ask for the first part that is missing; show what is doubtful; else it is whole."""
        if parts.get("country") == "" and (country := _country_of_town(field, parts)):
            parts = {**parts, "country": country}
        so_far: _Parts = {"parts": parts, **({"review": True} if review else {})}
        if said or review or _missing(parts):
            return Begun(so_far, said)
        return self._whole(field, parts, moment)

    def _whole(self, field: Field, parts: _Parts, moment: Moment) -> Reading:
        value = {key: parts.get(key, "") for key in PARTS}
        value |= {key: parts[key] for key in ("latitude", "longitude") if key in parts}
        if trouble := self.trouble(field, value, moment):
            return Refused(trouble)
        return Accepted(value)

    def _elsewhere(self, field: Field, country: str, moment: Moment) -> Refused | None:
        if not field.countries or country in field.countries:
            return None
        return Refused(only_in(field, moment.language), person=True)

    def _picked_country(self, field: Field, begun: _Parts, code: str, moment: Moment) -> Reading:
        if not code:
            return Refused(Words("form.wrong_country"))
        if refused := self._elsewhere(field, code, moment):
            return refused
        parts, said = {**begun["parts"], "country": code}, None
        if knows_country(code) and not is_postcode(parts.get("postcode", ""), code):
            parts.pop("postcode", None)
            said = wrong_postcode(code, moment.language)
        return self._next(field, parts, moment, said, review=bool(begun.get("review")))

    def sent(self, field: Field, given: Sent, moment: Moment) -> Reading | None:
        if not isinstance(given, Located) or field.location == "none":
            return None
        if not _on_earth(given.latitude, given.longitude):
            return Refused(Words("form.wrong_address", {"example": _EXAMPLE}))
        begun = _begun(moment)
        usual = {"country": _usual(field)} if field.countries else {}
        parts: _Parts = {**usual, **begun.get("parts", {})}
        parts |= {"latitude": round(given.latitude, 6), "longitude": round(given.longitude, 6)}
        if field.location == "enough":
            return self._whole(field, parts, moment)
        return self._next(field, parts, moment, Words("form.location_kept"), review=bool(begun.get("review")))

    def trouble(self, field: Field, value: Value, moment: Moment) -> Words | None:
        wrong = Words("form.wrong_address", {"example": _EXAMPLE})
        if not isinstance(value, dict) or not all(_is_part(value.get(key)) for key in PARTS):
            return wrong
        placed = "latitude" in value or "longitude" in value
        if placed and not _on_earth(value.get("latitude"), value.get("longitude")):
            return wrong
        if field.countries and value["country"] not in field.countries:
            return only_in(field, moment.language)
        if placed and field.location == "enough":
            return None
        if _missing(value) - {"country"}:
            return wrong
        country = value["country"]
        fits = not knows_country(country) or is_postcode(value["postcode"], country)
        return None if fits else wrong_postcode(country, moment.language)

    def codes(self, field: Field, moment: Moment) -> tuple[str, ...]:
        begun = _begun(moment)
        part = _asked(begun)
        if part == "country":
            return field.countries
        return (RIGHT, *_LABELS) if begun.get("review") and not part else ()

    def label(self, field: Field, code: str, moment: Moment) -> Words | None:
        if code in field.countries:
            return Words(text=country_called(code, moment.language))
        key = "form.button.right" if code == RIGHT else _LABELS.get(code)
        return Words(key) if key else None

    def picked(self, field: Field, code: str, moment: Moment) -> Reading | None:
        begun = _begun(moment)
        part = _asked(begun)
        if part == "country" and code in field.countries:
            return self._picked_country(field, begun, code, moment)
        if not begun.get("review") or part:
            return None
        if code == RIGHT:
            return self._whole(field, begun["parts"], moment)
        return Begun({**begun, "part": code}) if code in _LABELS else None

    def prompt(self, field: Field, moment: Moment) -> Prompt:
        begun = _begun(moment)
        if not begun:
            return Prompt(location=field.location != "none")
        shown = self.show(field, begun["parts"], moment.language)
        rows = (Row(words_in(field.label, moment.language), shown),) if shown.text else ()
        part = _asked(begun)
        return Prompt(Words(_QUESTIONS[part] if part else "form.address_right"), rows=rows)

    def opened(self, field: Field, value: Value, moment: Moment) -> Value | None:  # noqa: ARG002
        parts = {key: part for key, part in value.items() if part} if isinstance(value, dict) else {}
        return {"parts": parts, "review": True} if parts and not _missing(parts) else None

    def earlier(self, field: Field, moment: Moment) -> Value | None:  # noqa: ARG002
        begun = _begun(moment)
        return {key: value for key, value in begun.items() if key != "part"} if begun.get("part") else None

    def show(self, field: Field, value: Value, language: str) -> Words:
        parts = value if isinstance(value, dict) else {}
        country = parts.get("country", "")
        street = [parts.get("street", ""), parts.get("house_number", "")]
        street = street[::-1] if country in _NUMBER_FIRST else street
        town = [parts.get("postcode", ""), parts.get("town", "")]
        foreign = country_called(country, language) if country and country != _usual(field) else ""
        lines = [" ".join(filter(None, street)), parts.get("extra", ""), " ".join(filter(None, town)), foreign]
        if not any(lines[:3]) and "latitude" in parts:
            return Words(text=f"📍 {parts['latitude']:.5f}, {parts['longitude']:.5f}")
        return Words(text=", ".join(filter(None, lines)) + (" 📍" if "latitude" in parts else ""))


def _begun(moment: Moment) -> _Parts:
    return moment.so_far if isinstance(moment.so_far, dict) else {}


def _missing(parts: Mapping[str, Any]) -> set[str]:
    """Return the parts that an address must have and this one has not; "country" where several would fit."""
    return {key for key in REQUIRED if not parts.get(key)} | ({"country"} if parts.get("country") == "" else set())


def _asked(begun: _Parts) -> str:
    """Return the part that is asked at present, empty for none."""
    if not begun or begun.get("part"):
        return str(begun.get("part", ""))
    missing = _missing(begun["parts"])
    return next((part for part in _QUESTIONS if part in missing), "")


def _usual(field: Field) -> str:
    return field.countries[0] if field.countries else ""


def _read(field: Field, text: str, begun: _Parts) -> AddressReading:
    """Return the address by the country that makes most of it, before all by the one that is known."""
    readings = [read_address(text, country) for country in _tried(field, begun)]
    return min(readings, key=lambda reading: len(reading.doubts) + len(reading.missing))


def _names_a_country(reading: AddressReading, field: Field) -> bool:
    return reading.address.country not in (*field.countries, "")


def _tried(field: Field, begun: _Parts) -> list[str]:
    known = begun.get("parts", {}).get("country")
    return list(dict.fromkeys(filter(None, (known, *field.countries)))) or [""]


def _by_postcode_only(field: Field, reading: AddressReading, text: str) -> bool:
    """Return whether nothing but a postcode's shape speaks for an unusual country: "1011 Berlin" lacks a figure."""
    country, usual = reading.address.country, _usual(field)
    if not usual or country == usual or read_address(text, usual).address.country != usual:
        return False
    return fold(reading.address.town) not in TOWNS.get(country, frozenset())


def _country_of_town(field: Field, parts: _Parts) -> str:
    """Return the one country that has the town and such postcodes, empty when nobody can tell."""
    town, code = fold(parts.get("town", "")), parts.get("postcode", "")
    found = [one for one in field.countries if town in TOWNS.get(one, ()) and is_postcode(code, one)]
    return found[0] if len(found) == 1 else ""


def _fitting(field: Field, text: str) -> list[str]:
    """Return the countries to which an address may belong; a named one is the only one."""
    readings = [(country, read_address(text, country)) for country in field.countries]
    return [country for country, reading in readings if reading.sure and reading.address.country == country]


def _parts_found(reading: AddressReading, known: _Parts, part: str) -> _Parts:
    """Return what stands beside the part that was asked for: "04107 Leipzig" to the question for the postcode."""
    found = {key: value for key, value in asdict(reading.address).items() if value and key != "country"}
    if reading.doubts or part not in found:
        return {}
    return {key: value for key, value in found.items() if key == part or not known.get(key)}


def _is_part(part: object) -> bool:
    return isinstance(part, str) and len(part) <= 2 * LONGEST and "\n" not in part


def _on_earth(latitude: object, longitude: object) -> bool:
    fine = all(isinstance(one, int | float) and isfinite(one) for one in (latitude, longitude))
    return fine and abs(float(str(latitude))) <= 90 and abs(float(str(longitude))) <= 180  # noqa: PLR2004  # degrees


ADDRESS: Rules = _Address()
