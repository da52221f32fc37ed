"""The emoji that Telegram allows in two places: as a bot's reaction, and as the icon of a topic.

👀 says "seen by an operator"; ✅ may stand before a topic's name but is refused as a reaction, as by Telegram.
"""

from __future__ import annotations

from typing import Final

_REACTIONS: Final = (
    "👍 👎 ❤ 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤\u200d🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 "
    "🍾 💋 🖕 😈 😴 😭 🤓 👻 👨\u200d💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾"
    " 🤷\u200d♂ 🤷 🤷\u200d♀ 😡"
)
_ICONS: Final = "💬 ❓ ❗️ ‼️ 🔥 ⭐️ ✅ 👀 ⚡️ 💡 📝 📣 🛒 🛍 💰 💸 📱 💻 🏠 ✈️ 🏆 🎉 ❤️ 💎 🤖 👑 📈 📉 📆 🔎 🆒 📁"
_FIRST_ICON: Final = 5_300_000_000_000_000_001

REACTIONS: Final = frozenset(_REACTIONS.split())
ICONS: Final = tuple(_ICONS.split())


def icon_id(emoji: str) -> str:
    """Return the custom_emoji_id of a topic icon."""
    return str(_FIRST_ICON + ICONS.index(emoji))


def icon_emoji(custom_emoji_id: str) -> str:
    """Return the emoji of a topic icon; empty when there is none."""
    number = int(custom_emoji_id) - _FIRST_ICON if custom_emoji_id.isdecimal() else -1
    return ICONS[number] if 0 <= number < len(ICONS) else ""
