"""The methods of the Bot API, a module a group; importing this package registers them all."""

from bot.sandbox.methods import chats, desk, edits, media, messages, receiving, topics

__all__ = ["chats", "desk", "edits", "media", "messages", "receiving", "topics"]
