"""Buttons, commands and the bot's profile: answerCallbackQuery, setMyCommands, descriptions, menu button.

Anna presses "Talk to a person": the bot answers the press within 150 seconds, once, with a line or with nothing.
"""

from __future__ import annotations

import re
from typing import Any, Final

from bot.sandbox.call import Call
from bot.sandbox.checks import LONGEST_TEXT, units
from bot.sandbox.delivery import known_chat
from bot.sandbox.refusal import Json, bad
from bot.sandbox.registry import method
from bot.sandbox.updates import INLINE_LIFE, PRESS_LIFE
from bot.sandbox.world import World

LONGEST_ANSWER: Final = 200
MOST_RESULTS: Final = 50
LONGEST_RESULT_ID: Final = 64
MOST_COMMANDS: Final = 100
LONGEST_COMMAND_TEXT: Final = 256
LONGEST_DESCRIPTION: Final = 512
LONGEST_SHORT: Final = 120
_COMMAND: Final = re.compile(r"[a-z0-9_]{1,32}")
_SCOPES: Final = frozenset(
    {
        *("default", "all_private_chats", "all_group_chats", "all_chat_administrators"),
        *("chat", "chat_administrators", "chat_member"),
    }
)
_LANGUAGE: Final = re.compile(r"([a-z]{2})?")


@method("answerCallbackQuery", "callback_query_id text show_alert url cache_time")
def answer_press(world: World, call: Call) -> bool:
    """Answer a button press with a line at the top of the screen, or an alert."""
    if units(call.text("text")) > LONGEST_ANSWER:
        raise bad("MESSAGE_TOO_LONG")
    press = world.presses.get(call.text("callback_query_id"))
    if press is None or "inline" in press or press["answer"] is not None or world.now() - press["at"] > PRESS_LIFE:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    press["answer"] = {"text": call.text("text"), "show_alert": call.flag("show_alert")}
    world.feed.publish("answer", press["chat_id"], press["thread"], press=press["id"], answer=press["answer"])
    return True


@method("answerInlineQuery", "inline_query_id results cache_time is_personal next_offset button")
def answer_inline(world: World, call: Call) -> bool:
    """Answer an inline query with articles, once and within 30 seconds."""
    results = [_article(one) for one in call.listing("results")]
    if len(results) > MOST_RESULTS:
        raise bad("RESULTS_TOO_MUCH")
    if len({one["id"] for one in results}) < len(results):
        raise bad("RESULT_ID_DUPLICATE")
    query = world.presses.get(call.text("inline_query_id"))
    if query is None or "inline" not in query or query["answer"] is not None or world.now() - query["at"] > INLINE_LIFE:
        raise bad("query is too old and response timeout expired or query ID is invalid")
    query["answer"] = {
        "results": results,
        "cache_time": call.number("cache_time", 300),
        "is_personal": call.flag("is_personal"),
    }
    world.feed.publish("found", query["chat_id"], 0, press=query["id"])
    return True


def _article(one: object) -> Json:
    """Return an inline result as it was given; the sandbox knows articles with a text only."""
    content = one.get("input_message_content") if isinstance(one, dict) else None
    if not isinstance(one, dict) or one.get("type") != "article" or not isinstance(content, dict):
        raise bad("can't parse inline query result: articles with a text only (sandbox)")
    if not 1 <= len(str(one.get("id", "")).encode()) <= LONGEST_RESULT_ID:
        raise bad("RESULT_ID_INVALID")
    if not one.get("title") or not content.get("message_text"):
        raise bad("MESSAGE_EMPTY")
    if units(str(content["message_text"])) > LONGEST_TEXT:
        raise bad("MESSAGE_TOO_LONG")
    return one


def scope_key(scope: dict[str, Any] | None, language: str) -> str:
    """Return the key under which commands are kept: scope, chat, user and language."""
    scope = scope or {"type": "default"}
    return ":".join((str(scope.get("type")), str(scope.get("chat_id", "")), str(scope.get("user_id", "")), language))


def _scope(world: World, call: Call) -> str:
    scope = call.mapping("scope")
    if scope is not None:
        if scope.get("type") not in _SCOPES:
            raise bad("can't parse BotCommandScope: unsupported type specified")
        if str(scope["type"]) in ("chat", "chat_administrators", "chat_member"):
            known_chat(world, int(scope.get("chat_id", 0)))
    language = call.text("language_code")
    if not _LANGUAGE.fullmatch(language):
        raise bad("invalid language code specified")
    return scope_key(scope, language)


def _command(entry: object) -> Json:
    if not isinstance(entry, dict) or not entry.keys() <= {"command", "description", "is_ephemeral"}:
        raise bad("can't parse BotCommand (sandbox)")
    name, text = str(entry.get("command", "")).removeprefix("/"), str(entry.get("description", ""))
    if not _COMMAND.fullmatch(name):
        raise bad("BOT_COMMAND_INVALID")
    if not 1 <= units(text) <= LONGEST_COMMAND_TEXT:
        raise bad("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name, "description": text}


@method("setMyCommands", "commands scope language_code")
def set_commands(world: World, call: Call) -> bool:
    """Set the menu for a scope and a language."""
    commands = [_command(entry) for entry in call.listing("commands")]
    if len(commands) > MOST_COMMANDS:
        raise bad("BOT_COMMANDS_TOO_MUCH")
    world.commands[_scope(world, call)] = commands
    world.feed.publish("bot")
    return True


@method("deleteMyCommands", "scope language_code")
def delete_commands(world: World, call: Call) -> bool:
    """Take the menu of a scope and a language away."""
    world.commands.pop(_scope(world, call), None)
    world.feed.publish("bot")
    return True


@method("getMyCommands", "scope language_code")
def get_commands(world: World, call: Call) -> list[Json]:
    """Return the menu of a scope and a language."""
    return world.commands.get(_scope(world, call), [])


@method("setChatMenuButton", "chat_id menu_button")
def set_menu_button(world: World, call: Call) -> bool:
    """Set what the button beside the input field does."""
    button = call.mapping("menu_button") or {"type": "default"}
    if button.get("type") not in ("commands", "web_app", "default"):
        raise bad("MenuButton has unsupported type (sandbox)")
    world.profile[f"menu:{call.chat_id or ''}"] = button
    return True


def _describe(world: World, call: Call, name: str, longest: int) -> bool:
    text = call.text(name)
    if units(text) > longest:
        raise bad(f"{name} is too long")
    world.profile[f"{name}:{call.text('language_code')}"] = text
    world.feed.publish("bot")
    return True


@method("setMyDescription", "description language_code")
def set_description(world: World, call: Call) -> bool:
    """Set what an empty chat with the bot shows."""
    return _describe(world, call, "description", LONGEST_DESCRIPTION)


@method("setMyShortDescription", "short_description language_code")
def set_short_description(world: World, call: Call) -> bool:
    """Set what the bot's profile shows."""
    return _describe(world, call, "short_description", LONGEST_SHORT)
