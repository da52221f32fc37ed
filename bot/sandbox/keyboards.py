"""Buttons below a message or below the input field, checked as Telegram checks them.

`{"inline_keyboard": [[{"text": "Talk to a person", "callback_data": "h"}]]}` is taken; the same with 65 bytes of
callback_data is BUTTON_DATA_INVALID, and a button that asks for the phone number in a group is refused.
"""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from bot.sandbox.call import Call
from bot.sandbox.checks import units
from bot.sandbox.refusal import Json, bad

MOST_BUTTONS: Final = 100
MOST_IN_ROW: Final = 8
LONGEST_CALLBACK: Final = 64
LONGEST_PLACEHOLDER: Final = 64
LONGEST_COPY: Final = 256
_KINDS: Final = frozenset(
    {
        *("url", "callback_data", "web_app", "login_url", "switch_inline_query", "switch_inline_query_current_chat"),
        *("switch_inline_query_chosen_chat", "copy_text", "callback_game", "pay", "disabled"),
    }
)
_INLINE_KEYS: Final = _KINDS | {"text", "icon_custom_emoji_id", "style"}
_REPLY_KEYS: Final = frozenset(
    {
        *("text", "icon_custom_emoji_id", "style", "request_users", "request_chat", "request_managed_bot"),
        *("request_contact", "request_location", "request_poll", "web_app"),
    }
)
_STYLES: Final = frozenset({"danger", "success", "primary"})
_SHAPES: Final = {
    "inline_keyboard": {"inline_keyboard"},
    "keyboard": {
        *("keyboard", "is_persistent", "resize_keyboard", "one_time_keyboard", "input_field_placeholder", "selective"),
    },
    "remove_keyboard": {"remove_keyboard", "selective"},
    "force_reply": {"force_reply", "input_field_placeholder", "selective"},
}


def markup_of(call: Call, *, private: bool) -> tuple[Json | None, Json | None]:
    """Return the inline keyboard and the reply keyboard (or its removal) of a request; at most one is there.

    Raises:
        Refusal: what Telegram does not take.
    """
    markup = call.structure("reply_markup")
    if not markup:
        return None, None
    if not isinstance(markup, dict):
        raise bad("object expected as reply markup")
    shape = next((name for name in _SHAPES if name in markup), "")
    if not shape:
        raise bad("can't parse reply markup: none of the four kinds (sandbox)")
    if unknown := markup.keys() - _SHAPES[shape]:
        raise bad(f'unknown field "{min(unknown)}" in reply_markup (sandbox)')
    if shape == "inline_keyboard":
        rows = _rows(markup[shape], "inline keyboard")
        for row in rows:
            for button in row:
                _check_inline(button)
        return ({"inline_keyboard": rows} if rows else None), None
    _check_placeholder(markup)
    if shape == "keyboard":
        markup["keyboard"] = [[_reply_button(button, private=private) for button in row] for row in _reply_rows(markup)]
    return None, markup


def inline_of(call: Call) -> Json | None:
    """Return the inline keyboard of a request that edits.

    Raises:
        Refusal: another kind of keyboard, or buttons that Telegram does not take.
    """
    inline, reply = markup_of(call, private=True)
    if reply is not None:
        raise bad("inline keyboard expected")
    return inline


def _rows(rows: object, what: str) -> list[list[Any]]:
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        raise bad(f'field "{what.replace(" ", "_")}" must be an Array of Arrays')
    if sum(len(row) for row in rows) > MOST_BUTTONS:
        raise bad("reply markup is too long")
    if any(len(row) > MOST_IN_ROW for row in rows):
        raise bad("a row of buttons is too long (sandbox: at most 8)")
    return [row for row in rows if row]


def _reply_rows(markup: Json) -> list[list[Any]]:
    rows = _rows(markup["keyboard"], "keyboard")
    if not rows:
        raise bad("reply keyboard is empty (sandbox)")
    return rows


def _check_inline(button: object) -> None:
    if not isinstance(button, dict) or not isinstance(button.get("text"), str):
        raise bad('can\'t parse inline keyboard button: field "text" must be of type String')
    if not button["text"].strip():
        raise bad("text buttons are unallowed in the inline keyboard")
    if unknown := button.keys() - _INLINE_KEYS:
        raise bad(f'can\'t parse inline keyboard button: unknown field "{min(unknown)}" (sandbox)')
    kinds = button.keys() & _KINDS
    if not kinds:
        raise bad("text buttons are unallowed in the inline keyboard")
    if len(kinds) > 1:
        raise bad(f"inline keyboard button has more than one kind: {', '.join(sorted(kinds))} (sandbox)")
    if button.get("style", "primary") not in _STYLES:
        raise bad("invalid button style specified")
    _check_kind(button)


def _check_kind(button: Json) -> None:
    if "callback_data" in button:
        length = len(str(button["callback_data"]).encode("utf-8", "surrogatepass"))
        if not 1 <= length <= LONGEST_CALLBACK:
            raise bad("BUTTON_DATA_INVALID")
    if "url" in button and not _is_link(button["url"]):
        raise bad("BUTTON_URL_INVALID")
    if "copy_text" in button:
        text = button["copy_text"].get("text", "") if isinstance(button["copy_text"], dict) else ""
        if not 1 <= len(text) <= LONGEST_COPY:
            raise bad("BUTTON_COPY_TEXT_INVALID")


def _is_link(url: object) -> bool:
    if not isinstance(url, str):
        return False
    parts = urlsplit(url)
    if parts.scheme == "tg":
        return True
    host = parts.hostname or ""
    return parts.scheme in ("http", "https") and "." in host and host != "127.0.0.1"


def _reply_button(button: object, *, private: bool) -> Json:
    button = {"text": button} if isinstance(button, str) else button
    if not isinstance(button, dict) or not isinstance(button.get("text"), str) or not button["text"].strip():
        raise bad('can\'t parse keyboard button: field "text" must be a non-empty String')
    if unknown := button.keys() - _REPLY_KEYS:
        raise bad(f'can\'t parse keyboard button: unknown field "{min(unknown)}" (sandbox)')
    if button.get("request_contact") and not private:
        raise bad("phone number can be requested in private chats only")
    if button.get("request_location") and not private:
        raise bad("location can be requested in private chats only")
    return button


def _check_placeholder(markup: Json) -> None:
    placeholder = markup.get("input_field_placeholder")
    if placeholder is not None and not 1 <= units(str(placeholder)) <= LONGEST_PLACEHOLDER:
        raise bad("input_field_placeholder must have 1-64 characters (sandbox)")
