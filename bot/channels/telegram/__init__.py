"""Telegram: the Bot API's JSON as our messages, and the drivers that carry it."""
