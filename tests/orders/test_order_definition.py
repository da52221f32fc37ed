"""The owner's order form: what is read from it, and how a broken one is refused."""

from pathlib import Path

import pytest

from bot.orders.definition import Field, FormBroken, FormDefinition, Kind, Option, load, words_in

CONFIG = Path(__file__).parents[2] / "config" / "order_form.toml"

SMALL = """\
key = "order"
title = { en = "Order", de = "Bestellung" }

[[fields]]
key = "delivery"
kind = "choice"
label = { en = "Delivery", de = "Lieferung" }
question.en = "Where to?"
question.de = "Wohin?"
options = [
  { key = "home", label = { en = "Home", de = "Nach Hause" } },
  { key = "pickup", label = { en = "Pick-up", de = "Abholung" } },
]

[[fields]]
key = "count"
kind = "number"
show_if = { delivery = "home" }
label = { en = "Count", de = "Anzahl" }
question = { en = "How many?", de = "Wie viele?" }
minimum = 1
maximum = 20
unit.en = { one = "pack", other = "packs" }
unit.de = "Stück"

[[fields]]
key = "date"
kind = "date"
required = false
label = { en = "Day", de = "Tag" }
question = { en = "When?", de = "Wann?" }
earliest_days = 1
latest_days = 30
closed = ["sunday", "2026-12-25"]

[[fields]]
key = "phone"
kind = "phone"
label = { en = "Phone", de = "Telefon" }
question = { en = "Phone?", de = "Telefon?" }
region = "DE"

[[fields]]
key = "note"
kind = "text"
label = { en = "Note", de = "Notiz" }
question = { en = "Anything else?", de = "Sonst noch etwas?" }
needs = ["letters"]

[[fields]]
key = "confirm"
kind = "confirm"
question = { en = "Right?", de = "Richtig?" }
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "form.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_definition_is_read_field_by_field(tmp_path: Path) -> None:
    form = load(written(tmp_path, SMALL))

    assert form == FormDefinition(
        key="order",
        title={"en": "Order", "de": "Bestellung"},
        opening={},
        closing={},
        fields=(
            Field(
                key="delivery",
                kind=Kind.CHOICE,
                label={"en": "Delivery", "de": "Lieferung"},
                question={"en": "Where to?", "de": "Wohin?"},
                options=(
                    Option("home", {"en": "Home", "de": "Nach Hause"}),
                    Option("pickup", {"en": "Pick-up", "de": "Abholung"}),
                ),
            ),
            Field(
                key="count",
                kind=Kind.NUMBER,
                show_if={"delivery": ("home",)},
                label={"en": "Count", "de": "Anzahl"},
                question={"en": "How many?", "de": "Wie viele?"},
                minimum=1,
                maximum=20,
                unit={"en": {"one": "pack", "other": "packs"}, "de": {"other": "Stück"}},
            ),
            Field(
                key="date",
                kind=Kind.DATE,
                required=False,
                label={"en": "Day", "de": "Tag"},
                question={"en": "When?", "de": "Wann?"},
                earliest_days=1,
                latest_days=30,
                closed=("sunday", "2026-12-25"),
            ),
            Field(
                key="phone",
                kind=Kind.PHONE,
                label={"en": "Phone", "de": "Telefon"},
                question={"en": "Phone?", "de": "Telefon?"},
                region="DE",
            ),
            Field(
                key="note",
                kind=Kind.TEXT,
                label={"en": "Note", "de": "Notiz"},
                question={"en": "Anything else?", "de": "Sonst noch etwas?"},
                needs=("letters",),
            ),
        ),
        confirm=Field(key="confirm", kind=Kind.CONFIRM, question={"en": "Right?", "de": "Richtig?"}),
        fingerprint=form.fingerprint,
        button={"en": "Order", "de": "Bestellung"},
    )


def test_the_fingerprint_differs_when_anything_but_a_comment_differs(tmp_path: Path) -> None:
    before = load(written(tmp_path, SMALL)).fingerprint

    assert load(written(tmp_path, "# a comment\n" + SMALL)).fingerprint == before
    assert load(written(tmp_path, SMALL.replace("maximum = 20", "maximum = 21"))).fingerprint != before
    assert load(written(tmp_path, SMALL.replace("Wohin?", "Wohin bitte?"))).fingerprint != before


BROKEN = [
    (
        'key = "order"',
        'key = "Order"',
        "line 1: key must be a-z, 0-9 and _, begin with a letter and have 20 characters",
    ),
    ('key = "order"', "", "key is missing"),
    ('key = "order"', 'key = "order"\ntitel = "x"', "line 2: titel is not known here; did you mean title?"),
    (
        'title = { en = "Order", de = "Bestellung" }',
        'title = "Order"',
        "line 2: title must hold a text for each language",
    ),
    ('title = { en = "Order", de = "Bestellung" }', "title = {}", "line 2: title must hold a text for each"),
    ('question.de = "Wohin?"\n', "", "line 8: fields.delivery.question has no text for the language 'de'"),
    ('question.de = "Wohin?"', 'question.de = ""', "line 9: fields.delivery.question.de must be a text in quotes"),
    (
        '"Wohin?"',
        '"Wohin?"\nquestion.ru = "Куда?"',
        "line 10: fields.delivery.question.ru is a language that the",
    ),
    (
        'kind = "choice"',
        'kind = "choise"',
        "line 6: fields.delivery.kind is 'choise'; did you mean choice?",
    ),
    ('kind = "choice"', 'kind = "choise"', "did you mean choice?"),
    ('kind = "choice"\n', "", "line 4: fields.delivery.kind is missing"),
    ('key = "count"', 'key = "delivery"', "line 16: fields.delivery.key is used by an earlier field"),
    ('key = "count"', 'key = "confirm"', 'line 16: fields.confirm.key must be "confirm" for the kind confirm'),
    ('key = "confirm"', 'key = "done"', 'line 51: fields.done.key must be "confirm" for the kind confirm'),
    ('key = "count"\n', "", "line 15: fields.2.key is missing"),
    (
        '{ key = "pickup", label = { en = "Pick-up", de = "Abholung" } },',
        "",
        "line 10: fields.delivery.options must",
    ),
    ('key = "pickup"', 'key = "home"', "line 10: fields.delivery.options.home.key is used twice"),
    ('key = "pickup"', 'key = "other"', "line 10: fields.delivery.options.other.key is used twice"),
    (', de = "Abholung" }', "}", "line 10: fields.delivery.options.pickup.label has no text for the language 'de'"),
    ('delivery = "home"', 'delivery = "house"', "line 18: fields.count.show_if.delivery must be one of home, pickup"),
    ('delivery = "home"', "delivery = true", "line 18: fields.count.show_if.delivery must be one of home, pickup"),
    ('delivery = "home"', 'note = "x"', "line 18: fields.count.show_if.note must name an earlier field of the kind"),
    ("minimum = 1", 'minimum = "one"', "line 21: fields.count.minimum must be a number"),
    ("minimum = 1", "minimum = 30", "line 22: fields.count.maximum must not be less than minimum"),
    ("minimum = 1", "minimun = 1", "line 21: fields.count.minimun is not known here; did you mean minimum?"),
    ("minimum = 1", "decimals = 7", "line 21: fields.count.decimals must be between 0 and 3"),
    (
        '{ one = "pack", other = "packs" }',
        '{ one = "pack" }',
        "line 23: fields.count.unit.en must be a word, or",
    ),
    ('unit.de = "Stück"', "", "fields.count.unit.de must be a word, or plural forms"),
    ('unit.de = "Stück"', 'unit.de = "Stück"\nunit.ru = "шт"', "line 25: fields.count.unit.ru is a language that the"),
    ("required = false", 'required = "no"', "line 29: fields.date.required must be true or false, without quotes"),
    ("earliest_days = 1", "earliest_days = 31", "line 32: fields.date.earliest_days must be between 0 and 30"),
    ("earliest_days = 1", "earliest_days = 1.5", "line 32: fields.date.earliest_days must be a whole number"),
    ('"2026-12-25"]', '"25.12.2026"]', "line 34: fields.date.closed has '25.12.2026', which is neither a weekday"),
    (
        '"sunday", "2026-12-25"',
        '"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"',
        "line 34: fields.date.closed leaves no day of the week",
    ),
    ('closed = ["sunday", "2026-12-25"]', 'closed = "sunday"', "line 34: fields.date.closed must be a list of texts"),
    ('region = "DE"', 'region = "Germany"', "line 41: fields.phone.region must be a country's two capital letters"),
    (
        'needs = ["letters"]',
        'needs = ["words"]',
        'line 48: fields.note.needs must be made of "letters", "digits", "postcode", "house_number"',
    ),
    ('needs = ["letters"]', "max_length = 5000", "line 48: fields.note.max_length must be between 1 and 1000"),
    (
        '[[fields]]\nkey = "confirm"',
        '[[field]]\nkey = "confirm"',
        "line 50: field is not known here; did you mean fields?",
    ),
    ('kind = "confirm"', 'kind = "text"', 'line 51: fields.confirm.key must be "confirm" for the kind confirm'),
    ('{ en = "Right?", de = "Richtig?" }', '{ en = "Right?" ', "line 53: the brace { is not closed in its line"),
    ("Bestellung", "Bestellung\x00", "line 2: there is a character that cannot be seen"),
]


@pytest.mark.parametrize(("right", "wrong", "sentence"), BROKEN)
def test_a_broken_definition_is_refused_with_file_line_and_key(
    tmp_path: Path, right: str, wrong: str, sentence: str
) -> None:
    assert right in SMALL
    path = written(tmp_path, SMALL.replace(right, wrong, 1))

    with pytest.raises(FormBroken) as refused:
        load(path)

    said = str(refused.value)
    assert said.startswith(str(path))
    assert sentence in said
    assert "\n" not in said


def test_all_mistakes_of_a_form_are_told_at_once_and_none_that_follows_from_another(tmp_path: Path) -> None:
    text = SMALL.replace('kind = "choice"', 'kind = "choise"').replace("minimum = 1", 'minimum = "one"')
    path = written(tmp_path, f'command = "/tea"\n{text}')

    with pytest.raises(FormBroken) as refused:
        load(path)

    told = [line.removeprefix(f"{path}, ") for line in str(refused.value).split("\n")]
    assert told == [
        "line 1: command must be a-z, 0-9 and _, 32 characters at most",
        "line 7: fields.delivery.kind is 'choise'; did you mean choice?",
        "line 22: fields.count.minimum must be a number",
    ]
    assert [(one.line, one.key) for one in refused.value.more] == [
        (7, "fields.delivery.kind"),
        (22, "fields.count.minimum"),
    ]


def test_a_form_must_end_with_confirm_and_ask_something_before(tmp_path: Path) -> None:
    fields, _, confirm = SMALL.partition('[[fields]]\nkey = "confirm"')
    head = SMALL.partition("[[fields]]")[0]
    confirm = '[[fields]]\nkey = "confirm"' + confirm

    for text, sentence in [
        (fields, 'line 4: fields must end with a field whose key and kind are "confirm"'),
        (head + confirm, "line 4: fields must ask for something before it is confirmed"),
        (SMALL + confirm, "line 54: fields.confirm stands behind the confirm field, which must be the last one"),
        (head, 'fields must end with a field whose key and kind are "confirm"'),
        (head + "fields = 3\n", "line 4: fields must be a list of tables"),
    ]:
        with pytest.raises(FormBroken, match=sentence):
            load(written(tmp_path, text))


def test_a_file_that_is_not_there_or_not_in_utf_8_is_refused(tmp_path: Path) -> None:
    latin = tmp_path / "latin.toml"
    latin.write_bytes("title = 'für Sie'".encode("latin-1"))

    with pytest.raises(FormBroken, match=r"none\.toml: cannot be read \(No such file or directory\)"):
        load(tmp_path / "none.toml")
    with pytest.raises(FormBroken, match=r"latin\.toml, line 1: is not written in UTF-8; save it with that encoding"):
        load(latin)


def test_keys_within_a_long_text_are_not_taken_for_keys(tmp_path: Path) -> None:
    long_text = SMALL.replace(
        'title = { en = "Order", de = "Bestellung" }', 'title.en = """\nminimum = 1\n[[fields]]\n"""\ntitle.de = "B"'
    )

    with pytest.raises(FormBroken, match=r"line 25: fields\.count\.minimum must be a number"):
        load(written(tmp_path, long_text.replace("minimum = 1\nmaximum", 'minimum = "one"\nmaximum')))


def test_tables_of_their_own_have_lines_too(tmp_path: Path) -> None:
    apart = SMALL.partition("options = [")[0] + (
        '[[fields.options]]\nkey = "home"\n[fields.options.label]\nen = "Home"\nde = "Heim"\n'
        '[[fields.options]]\nkey = "pickup"\n[fields.options.label]\nen = "Shop"\nde = 7\n'
    )

    with pytest.raises(FormBroken, match=r"line 19: fields\.delivery\.options\.pickup\.label\.de must be a text"):
        load(written(tmp_path, apart + SMALL[SMALL.index('[[fields]]\nkey = "count"') :]))


@pytest.mark.parametrize(
    ("language", "words"),
    [("de", "Bestellung"), ("de-at", "Bestellung"), ("en", "Order"), ("fr", "Order"), ("", "Order")],
)
def test_words_come_in_the_nearest_language_there_is(language: str, words: str) -> None:
    assert words_in({"en": "Order", "de": "Bestellung"}, language) == words


def test_the_sample_shops_form_is_sound_in_three_languages() -> None:
    form = load(CONFIG)

    assert form.languages == ("en", "de", "ru")
    assert [(field.key, field.kind.value) for field in form.fields] == [
        ("items", "items"),
        ("delivery", "delivery"),
        ("address", "address"),
        ("window", "window"),
        ("name", "person"),
        ("phone", "phone"),
        ("comment", "comment"),
        ("terms", "consent"),
    ]


def test_every_key_of_the_sample_form_is_explained_in_a_comment() -> None:
    text = CONFIG.read_text(encoding="utf-8")
    comments = " ".join(line for line in text.splitlines() if line.startswith("#"))
    keys = {
        line.partition("=")[0].split(".")[0].strip() for line in text.splitlines() if "=" in line and line[0].isalpha()
    }

    assert {key for key in keys - {"key", "title", "opening", "closing"} if key not in comments} == set()


MORE_BROKEN = [
    ("max_length = 60", "max_length = 4001", "line 11: fields.story.max_length must be between 1 and 4000"),
    ("maximum = 2", "maximum = 4", "line 18: fields.reasons.maximum must be between 1 and 3"),
    ("maximum = 2", "maximum = 2\nminimum = 3", "line 19: fields.reasons.minimum must be between 1 and 2"),
    ("maximum = 2", "other = true", "line 18: fields.reasons.other is not known here"),
    (
        'files = ["photo", "document"]',
        'files = ["picture"]',
        "line 32: fields.photos.files has 'picture', which must be one of photo, document, video, audio, voice",
    ),
    ("max_files = 2", "max_files = 0", "line 33: fields.photos.max_files must be between 1 and 10"),
    ("max_megabytes = 5", "max_megabytes = 51", "line 34: fields.photos.max_megabytes must be between 1 and 50"),
    ("https://tea.example/agb", "tea.example/agb", "link.de must be an address that begins with https://"),
    ('show_if = { reasons = "broken" }', 'show_if = { story = "x" }', "must name an earlier field of the kind choice"),
]


@pytest.mark.parametrize(("right", "wrong", "sentence"), MORE_BROKEN)
def test_a_broken_field_of_the_larger_kinds_is_refused_with_line_and_key(
    tmp_path: Path, right: str, wrong: str, sentence: str
) -> None:
    text = (Path(__file__).parent / "every_kind.toml").read_text(encoding="utf-8")
    assert right in text

    with pytest.raises(FormBroken) as refused:
        load(written(tmp_path, text.replace(right, wrong, 1)))

    assert sentence in str(refused.value)
