"""The Bot API's JSON: what each update means to a desk, and what each thing to be done asks of Telegram."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bot.channels.telegram import bot_api, requests
from bot.domain.conversation import Author, Edited, Happened, Happening, Place, Pressed, Reacted, Said, Sought, Where
from bot.domain.message import Button, Content, ContentKind, Entity, EntityKind, RichText, bold, plain, rows_to_json
from bot.domain.ports import Act, Outgoing

STAMP = 1_795_000_000
AT = datetime.fromtimestamp(STAMP, UTC)
USER = {
    "id": 511,
    "is_bot": False,
    "first_name": "Anna",
    "last_name": "Berg",
    "username": "anna",
    "language_code": "de",
}
ANNA = Author("511", "Anna Berg", "anna", "de")
PRIVATE = {"id": 511, "type": "private", "first_name": "Anna"}
FORUM = {"id": -1001234567890, "type": "supergroup", "title": "Desk", "is_forum": True}
DESK = Place("telegram", "-1001234567890")
TOPIC = Place("telegram", "-1001234567890", "42")
Json = dict[str, Any]


def message(**more: Any) -> Json:  # noqa: ANN401 JSON
    return {"message_id": 9, "from": USER, "chat": PRIVATE, "date": STAMP, **more}


def in_topic(**more: Any) -> Json:  # noqa: ANN401 JSON
    created = {"message_id": 42, "chat": FORUM, "date": 1, "forum_topic_created": {"name": "Anna", "icon_color": 1}}
    head = {"reply_to_message": created, "message_thread_id": 42, "is_topic_message": True}
    return message(chat=FORUM, **{**head, **more})


def read(message: Json) -> Any:  # noqa: ANN401 whatever it means
    return bot_api.read({"update_id": 1, "message": message})


def content_of(message: Json) -> Content:
    said = read(message)
    assert isinstance(said, Said)
    return said.content


def test_a_text_in_a_private_chat_is_said_by_its_author() -> None:
    said = read(message(text="Hi"))

    private = Place("telegram", "511")
    assert said == Said(private, Where.PRIVATE, ANNA, AT, "9", Content(ContentKind.TEXT, plain("Hi")))


PHOTO = [{"file_id": "small", "file_unique_id": "s", "width": 90, "height": 90}, {"file_id": "large", "file_size": 5}]
DOCUMENT = {"file_id": "D", "file_name": "a.pdf", "mime_type": "application/pdf", "file_size": 7, "thumbnail": {}}
BERLIN = {"latitude": 52.5, "longitude": 13.4, "horizontal_accuracy": 3}
VENUE = {"location": BERLIN, "title": "Shop", "address": "Main St 1"}
POLL = {"id": "1", "question": "When?", "options": [{"text": "Now", "voter_count": 0}, {"text": "Later"}]}


@pytest.mark.parametrize(
    ("body", "content"),
    [
        ({"photo": PHOTO, "caption": "see"}, Content(ContentKind.PHOTO, plain("see"), {"file_id": "large", "size": 5})),
        (
            {"document": DOCUMENT},
            Content(
                ContentKind.DOCUMENT,
                details={"file_id": "D", "name": "a.pdf", "mime": "application/pdf", "size": 7},
            ),
        ),
        (
            {"animation": {"file_id": "A"}, "document": DOCUMENT},
            Content(ContentKind.ANIMATION, details={"file_id": "A"}),
        ),
        (
            {"video": {"file_id": "V", "duration": 3}},
            Content(ContentKind.VIDEO, details={"file_id": "V", "duration": 3}),
        ),
        (
            {"voice": {"file_id": "O", "duration": 3}},
            Content(ContentKind.VOICE, details={"file_id": "O", "duration": 3}),
        ),
        ({"video_note": {"file_id": "N"}}, Content(ContentKind.VIDEO_NOTE, details={"file_id": "N"})),
        ({"audio": {"file_id": "M"}}, Content(ContentKind.AUDIO, details={"file_id": "M"})),
        ({"sticker": {"file_id": "S", "emoji": "👍"}}, Content(ContentKind.STICKER, plain("👍"), {"file_id": "S"})),
        ({"location": BERLIN}, Content(ContentKind.LOCATION, details={"latitude": 52.5, "longitude": 13.4})),
        (
            {"venue": VENUE, "location": BERLIN},
            Content(ContentKind.VENUE, plain("Shop, Main St 1"), {"latitude": 52.5, "longitude": 13.4}),
        ),
        (
            {"contact": {"phone_number": "+4930", "first_name": "Anna", "user_id": 511}},
            Content(ContentKind.CONTACT, plain("Anna +4930"), {"phone": "+4930"}),
        ),
        ({"poll": POLL}, Content(ContentKind.POLL, plain("When?\n• Now\n• Later"), copyable=False)),
        ({"dice": {"emoji": "🎲", "value": 3}}, Content(ContentKind.DICE, plain("🎲 3"), copyable=False)),
        ({"paid_media": {}, "caption": "buy"}, Content(ContentKind.OTHER, plain("buy"), copyable=False)),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_every_kind_of_content_is_read(body: Json, content: Content) -> None:
    found = content_of(message(**body))

    wanted = dict(content.details) if content.kind is not ContentKind.CONTACT else {"phone": "+4930"}
    assert (found.kind, found.text, found.copyable) == (content.kind, content.text, content.copyable)
    assert {key: found.details.get(key) for key in wanted} == wanted


def test_formatting_is_read_and_what_nobody_needs_is_left_out() -> None:
    entities = [
        {"type": "bold", "offset": 0, "length": 2},
        {"type": "mention", "offset": 3, "length": 5},
        {"type": "text_link", "offset": 3, "length": 1, "url": "https://x.example"},
        {"type": "pre", "offset": 5, "length": 1, "language": "python"},
        {"type": "expandable_blockquote", "offset": 6, "length": 1},
        {"type": "italic", "offset": 6, "length": 0},
        {"type": "of the future", "offset": 6, "length": 1},
    ]

    assert content_of(message(text="🦔 anna et", entities=entities)).text == RichText(
        "🦔 anna et",
        (
            Entity(EntityKind.BOLD, 0, 2),
            Entity(EntityKind.LINK, 3, 1, "https://x.example"),
            Entity(EntityKind.PRE, 5, 1, "python"),
            Entity(EntityKind.QUOTE, 6, 1),
        ),
    )


def test_a_message_in_a_topic_quotes_only_what_its_author_quoted() -> None:
    plainly = read(in_topic(text="Hi"))
    quoting = read(in_topic(text="Hi", reply_to_message={"message_id": 50, "chat": FORUM, "date": 1, "text": "?"}))
    head_without_a_mark = read(in_topic(text="Hi", reply_to_message={"message_id": 42, "chat": FORUM, "date": 1}))

    assert (plainly.place, plainly.where) == (TOPIC, Where.GROUP)
    assert [one.replies_to for one in (plainly, quoting, head_without_a_mark)] == ["", "50", ""]


def test_in_the_general_topic_and_in_a_reply_chain_there_is_no_thread() -> None:
    general = read(message(chat=FORUM, text="Hi"))
    reply_chain = read(message(chat=FORUM, text="Hi", message_thread_id=7))

    assert (general.place, reply_chain.place) == (DESK, DESK)


@pytest.mark.parametrize(
    "who",
    [
        {"from": {"id": 1087968824, "first_name": "Group", "username": "GroupAnonymousBot"}, "sender_chat": FORUM},
        {"from": {"id": 136817688, "first_name": "Channel"}},
        {"from": USER, "sender_chat": {"id": -100, "type": "channel"}},
    ],
    ids=["admin", "channel bot", "as a channel"],
)
def test_who_writes_for_a_chat_is_anonymous(who: Json) -> None:
    assert read(in_topic(text="Hi", **who)).author.anonymous
    assert not read(in_topic(text="Hi")).author.anonymous


def test_albums_are_known_by_their_id() -> None:
    assert read(message(photo=PHOTO, media_group_id="77")).album == "77"


def test_an_edit_carries_the_new_text_and_its_own_time() -> None:
    edited = bot_api.read({"update_id": 1, "edited_message": message(text="new", edit_date=STAMP + 60)})

    place, at = Place("telegram", "511"), datetime.fromtimestamp(STAMP + 60, UTC)
    assert edited == Edited(place, Where.PRIVATE, ANNA, at, "9", Content(ContentKind.TEXT, plain("new")))


def test_a_press_is_that_of_the_one_who_pressed_at_the_message_that_carries_the_button() -> None:
    bot = {"id": 1, "is_bot": True, "first_name": "Desk"}
    press = {"id": "777", "from": USER, "message": in_topic(**{"from": bot}, text="card"), "data": "claim:7"}

    found = bot_api.read({"update_id": 1, "callback_query": press})

    assert found == Pressed(TOPIC, Where.GROUP, ANNA, AT, "777", "9", "claim:7")


@pytest.mark.parametrize(
    "press",
    [{"id": "7", "from": USER, "data": "x"}, {"id": "7", "from": USER, "message": message(), "game_short_name": "g"}],
)
def test_a_press_without_message_or_meaning_is_nothing(press: Json) -> None:
    assert bot_api.read({"update_id": 1, "callback_query": press}) is None


@pytest.mark.parametrize(
    ("chat", "status", "what"),
    [
        (PRIVATE, "kicked", Happening.BLOCKED),
        (PRIVATE, "member", Happening.UNBLOCKED),
        (FORUM, "kicked", Happening.BOT_REMOVED),
        (FORUM, "left", Happening.BOT_REMOVED),
        (FORUM, "administrator", Happening.RIGHTS_CHANGED),
        (FORUM, "restricted", Happening.RIGHTS_CHANGED),
    ],
)
def test_a_change_of_the_bots_membership_is_understood(chat: Json, status: str, what: Happening) -> None:
    change = {"chat": chat, "from": USER, "date": STAMP, "new_chat_member": {"status": status, "user": {"id": 1}}}

    found = bot_api.read({"update_id": 1, "my_chat_member": change})

    assert isinstance(found, Happened)
    assert (found.what, found.place.chat) == (what, str(chat["id"]))


def test_closing_and_reopening_a_topic_and_moving_a_group_happen() -> None:
    closed, reopened = read(in_topic(forum_topic_closed={})), read(in_topic(forum_topic_reopened={}))
    moved = read(message(chat={"id": -55, "type": "group"}, migrate_to_chat_id=-1009))

    assert [(one.what, one.place, one.detail) for one in (closed, reopened, moved)] == [
        (Happening.TOPIC_CLOSED, TOPIC, ""),
        (Happening.TOPIC_REOPENED, TOPIC, ""),
        (Happening.GROUP_MOVED, Place("telegram", "-55"), "-1009"),
    ]


@pytest.mark.parametrize(
    "service",
    [
        {"forum_topic_created": {"name": "Anna", "icon_color": 1}},
        {"forum_topic_edited": {"name": "Anna"}},
        {"pinned_message": {"message_id": 3}},
        {"new_chat_members": [USER]},
        {"left_chat_member": USER},
        {"new_chat_title": "Desk"},
        {"message_auto_delete_timer_changed": {}},
        {"something_new": {"of": "next year"}},
    ],
    ids=lambda service: next(iter(service)),
)
def test_what_nobody_said_means_nothing(service: Json) -> None:
    assert read(in_topic(**service)) is None


@pytest.mark.parametrize("body", [{"rich_message": {"blocks": []}}, {"of_next_year": {"of": 1}}, {}], ids=str)
def test_what_a_customer_sends_and_nobody_can_read_is_still_a_message(body: Json) -> None:
    assert content_of(message(**body)) == Content(ContentKind.OTHER, RichText(""), copyable=False)


def test_a_rich_message_in_a_topic_is_one_that_cannot_be_carried() -> None:
    assert content_of(in_topic(rich_message={"blocks": []})).kind is ContentKind.OTHER


@pytest.mark.parametrize("service", ["pinned_message", "boost_added", "chat_background_set", "write_access_allowed"])
def test_what_telegram_says_in_a_private_chat_is_no_message(service: str) -> None:
    assert read(message(**{service: {}})) is None


def test_an_inline_query_is_what_somebody_looks_for_and_has_a_lane_of_its_own() -> None:
    query = {
        "id": "77",
        "from": {"id": 5, "first_name": "Olga"},
        "query": " late ",
        "offset": "",
        "chat_type": "sender",
    }

    found = bot_api.read({"update_id": 1, "inline_query": query})

    assert isinstance(found, Sought)
    assert (found.query, found.words, found.author.id, found.where) == ("77", "late", "5", Where.ELSEWHERE)
    assert bot_api.raw({"update_id": 1, "inline_query": query}).lane == "telegram:inline:5"


@pytest.mark.parametrize(
    ("new", "emoji"),
    [
        ([{"type": "emoji", "emoji": "❤"}], "❤"),
        ([{"type": "emoji", "emoji": "👍"}, {"type": "emoji", "emoji": "🔥"}], "🔥"),
        ([{"type": "custom_emoji", "custom_emoji_id": "1"}], ""),
        ([{"type": "paid"}], ""),
        ([], ""),
    ],
)
def test_an_emoji_on_a_message_is_read_with_the_one_who_put_it_there(new: list[Json], emoji: str) -> None:
    change = {"chat": FORUM, "message_id": 9, "user": USER, "date": STAMP, "old_reaction": [], "new_reaction": new}
    update = {"update_id": 1, "message_reaction": change}

    found = bot_api.read(update)

    assert isinstance(found, Reacted)
    assert (found.place, found.where, found.author.id, found.author.anonymous) == (DESK, Where.GROUP, "511", False)
    assert (found.message, found.emoji) == ("9", emoji)
    assert bot_api.raw(update).lane == DESK.lane
    assert "message_reaction" in bot_api.ALLOWED_UPDATES


def test_an_emoji_of_a_group_itself_is_anonymous() -> None:
    change = {"chat": FORUM, "message_id": 9, "actor_chat": FORUM, "date": STAMP, "new_reaction": []}

    found = bot_api.read({"update_id": 1, "message_reaction": change})

    assert isinstance(found, Reacted)
    assert found.author.anonymous


def test_a_hidden_picture_stays_hidden_and_its_file_is_known_again() -> None:
    photo = {"file_id": "f1", "file_unique_id": "u1", "width": 1, "height": 1}

    found = content_of(message(photo=[photo], has_media_spoiler=True))

    assert (found.details["spoiler"], found.details["unique"]) == (True, "u1")


def test_updates_of_other_kinds_mean_nothing() -> None:
    assert bot_api.read({"update_id": 1, "poll_answer": {"poll_id": "1"}}) is None


def test_fields_of_the_future_change_nothing() -> None:
    future = {"of": ["next", {"year": 1}]}
    body = message(text="Hi", new_field=future)
    body["from"] = {**USER, "new_field": future}
    body["chat"] = {**PRIVATE, "new_field": future}

    assert read(body) == read(message(text="Hi"))


@pytest.mark.parametrize(
    ("update", "lane"),
    [
        ({"message": message(text="Hi")}, "telegram:511"),
        ({"edited_message": message(text="Hi")}, "telegram:511"),
        ({"message": in_topic(text="Hi")}, "telegram:-1001234567890:42"),
        (
            {"callback_query": {"id": "7", "from": USER, "message": in_topic(), "data": "x"}},
            "telegram:-1001234567890:42",
        ),
        ({"callback_query": {"id": "7", "from": USER, "data": "x"}}, "telegram:511"),
        ({"my_chat_member": {"chat": PRIVATE, "from": USER, "date": 1}}, "telegram:511"),
        ({"poll": {"id": "1"}}, "telegram:else"),
    ],
)
def test_order_is_kept_within_a_chat_and_within_a_topic(update: Json, lane: str) -> None:
    raw = bot_api.raw({"update_id": 812, **update})

    assert (raw.external_id, raw.lane, raw.payload) == ("812", lane, {"update_id": 812, **update})


def broken(body: Any, path: tuple[Any, ...], value: Any) -> Any:  # noqa: ANN401 JSON
    changed = copy.deepcopy(body)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return changed


WHOLE = {
    "update_id": 1,
    "message": in_topic(photo=PHOTO, caption="c", caption_entities=[{"type": "bold", "offset": 0, "length": 1}]),
}
PATHS = st.sampled_from(
    [("message", "photo"), ("message", "caption"), ("message", "caption_entities"), ("message", "caption_entities", 0)]
)


@given(PATHS, st.one_of(st.none(), st.integers(), st.text(max_size=3), st.lists(st.none(), max_size=1), st.just({})))
def test_whatever_shape_an_update_has_it_can_be_stored(path: tuple[Any, ...], value: object) -> None:
    update = broken(WHOLE, path, value)

    assert bot_api.raw(update).lane == "telegram:-1001234567890:42"


BUTTONS = rows_to_json(((Button("Yes", "yes:1"), Button("Site", url="https://x.example")),))
KEYBOARD = {
    "inline_keyboard": [[{"text": "Yes", "callback_data": "yes:1"}, {"text": "Site", "url": "https://x.example"}]]
}
HI = {"text": plain("Hi").to_dict()}
PERSON = Place("telegram", "511")


@pytest.mark.parametrize(
    ("place", "act", "body", "method", "params"),
    [
        (PERSON, Act.SAY, HI, "sendMessage", {"chat_id": 511, "text": "Hi"}),
        (TOPIC, Act.SAY, HI, "sendMessage", {"chat_id": -1001234567890, "message_thread_id": 42, "text": "Hi"}),
        (
            Place("telegram", "-1001234567890", "1"),
            Act.SAY,
            {**HI, "silent": True},
            "sendMessage",
            {"chat_id": -1001234567890, "text": "Hi", "disable_notification": True},
        ),
        (
            PERSON,
            Act.SAY,
            {"text": bold("<b>_*").to_dict(), "buttons": BUTTONS, "reply_to": "8"},
            "sendMessage",
            {
                "chat_id": 511,
                "text": "<b>_*",
                "entities": [{"type": "bold", "offset": 0, "length": 5}],
                "reply_markup": KEYBOARD,
                "reply_parameters": {"message_id": 8, "allow_sending_without_reply": True},
            },
        ),
        (
            PERSON,
            Act.SAY,
            {**HI, "ask_contact": "Share", "words": ["Cancel"]},
            "sendMessage",
            {
                "chat_id": 511,
                "text": "Hi",
                "reply_markup": {
                    "keyboard": [[{"text": "Share", "request_contact": True}], [{"text": "Cancel"}]],
                    "resize_keyboard": True,
                    "one_time_keyboard": True,
                },
            },
        ),
        (
            PERSON,
            Act.SAY,
            {**HI, "remove_keyboard": True},
            "sendMessage",
            {"chat_id": 511, "text": "Hi", "reply_markup": {"remove_keyboard": True}},
        ),
        (
            TOPIC,
            Act.COPY,
            {"chat": "511", "message": "9"},
            "copyMessage",
            {"chat_id": -1001234567890, "message_thread_id": 42, "from_chat_id": 511, "message_id": 9},
        ),
        (PERSON, Act.ATTACH, {"path": "/x", "caption": "c"}, "sendDocument", {"chat_id": 511, "caption": "c"}),
        (
            TOPIC,
            Act.EDIT,
            {**HI, "message": "9"},
            "editMessageText",
            {"chat_id": -1001234567890, "message_id": 9, "text": "Hi"},
        ),
        (
            PERSON,
            Act.EDIT_BUTTONS,
            {"message": "9", "buttons": BUTTONS},
            "editMessageReplyMarkup",
            {"chat_id": 511, "message_id": 9, "reply_markup": KEYBOARD},
        ),
        (PERSON, Act.ANSWER_PRESS, {"press": "7"}, "answerCallbackQuery", {"callback_query_id": "7"}),
        (
            PERSON,
            Act.ANSWER_PRESS,
            {"press": "7", "text": "Taken"},
            "answerCallbackQuery",
            {"callback_query_id": "7", "text": "Taken"},
        ),
        (
            DESK,
            Act.OPEN_TOPIC,
            {"name": "Anna", "state": "assigned"},
            "createForumTopic",
            {"chat_id": -1001234567890, "name": "Anna", "icon_color": 7322096},
        ),
        (
            TOPIC,
            Act.EDIT_TOPIC,
            {"name": "Anna"},
            "editForumTopic",
            {"chat_id": -1001234567890, "message_thread_id": 42, "name": "Anna"},
        ),
        (TOPIC, Act.CLOSE_TOPIC, {}, "closeForumTopic", {"chat_id": -1001234567890, "message_thread_id": 42}),
        (TOPIC, Act.REOPEN_TOPIC, {}, "reopenForumTopic", {"chat_id": -1001234567890, "message_thread_id": 42}),
        (
            TOPIC,
            Act.PIN,
            {"message": "9"},
            "pinChatMessage",
            {"chat_id": -1001234567890, "message_id": 9, "disable_notification": True},
        ),
        (
            Place("telegram", ""),
            Act.SET_COMMANDS,
            {"commands": [["help", "What I can do"]], "language": "de"},
            "setMyCommands",
            {
                "commands": [{"command": "help", "description": "What I can do"}],
                "scope": {"type": "all_private_chats"},
                "language_code": "de",
            },
        ),
        (
            PERSON,
            Act.ANSWER_SEARCH,
            {"query": "77", "results": [{"id": "c1en", "title": "hi (EN)", "description": "Hi", **HI}]},
            "answerInlineQuery",
            {
                "inline_query_id": "77",
                "results": [
                    {
                        "type": "article",
                        "id": "c1en",
                        "title": "hi (EN)",
                        "description": "Hi",
                        "input_message_content": {
                            "message_text": HI["text"]["text"],
                            "entities": requests.write(PERSON, Outgoing(Act.SAY, HI))[1].get("entities", []),
                        },
                    }
                ],
                "cache_time": 0,
                "is_personal": True,
            },
        ),
    ],
)
def test_each_thing_to_be_done_is_one_call(place: Place, act: Act, body: Json, method: str, params: Json) -> None:
    assert requests.write(place, Outgoing(act, body)) == (method, params)


def test_more_entities_than_telegram_takes_are_not_sent() -> None:
    many = RichText("x" * 200, tuple(Entity(EntityKind.BOLD, n, 1) for n in range(150)))

    _, params = requests.write(PERSON, Outgoing(Act.SAY, {"text": many.to_dict()}))

    assert len(params["entities"]) == 100


def test_every_act_of_the_port_that_is_not_a_connectors_can_be_written() -> None:
    body = {
        **HI,
        "message": "9",
        "chat": "1",
        "press": "7",
        "name": "n",
        "commands": [],
        "path": "p",
        "query": "7",
        "results": [],
    }

    assert all(requests.write(TOPIC, Outgoing(act, body)) for act in Act if act is not Act.EVENT)


def test_a_topic_has_an_address_for_the_groups_members_and_a_person_has_none() -> None:
    assert bot_api.link(TOPIC) == "https://t.me/c/1234567890/42"
    assert [bot_api.link(place) for place in (DESK, PERSON, Place("telegram", "-55", "4"))] == ["", "", ""]


@pytest.mark.parametrize(
    ("kind", "body", "details"),
    [
        ("photo", [{"file_id": "s"}, {"file_id": "f", "width": 640, "height": 480}], {"width": 640, "height": 480}),
        (
            "sticker",
            {"file_id": "f", "is_animated": False, "is_video": False, "width": 512},
            {"width": 512, "still": True},
        ),
        ("sticker", {"file_id": "f", "is_animated": True, "is_video": False}, {}),
        ("sticker", {"file_id": "f", "is_animated": False, "is_video": True}, {}),
        ("document", {"file_id": "f"}, {}),
    ],
)
def test_what_can_be_shown_is_known_by_its_size_and_whether_a_sticker_moves(
    kind: str, body: object, details: dict[str, object]
) -> None:
    message = {"message_id": 7, "date": 0, "chat": {"id": 511, "type": "private"}, "from": {"id": 511}, kind: body}

    said = bot_api.read({"update_id": 1, "message": message})

    assert isinstance(said, Said)
    assert said.content.details == {"file_id": "f", **details}
