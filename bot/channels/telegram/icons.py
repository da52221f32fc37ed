"""The icons that topics carry, by the state of what they are about; pure, the same for every driver.

Telegram lets a topic have one of some hundred emoji, which getForumTopicIconStickers lists with their ids. Anna waits:
her topic has ❗. Olga takes the chat: it has 💬. An icon goes with the name, in the same call. Where the set is not
known, or has none that fits, a topic has no icon rather than one that is not so any more: its name tells the state.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.domain.ports import Act, Outgoing

FIELD = "icon_custom_emoji_id"
WANTED = {
    "waiting": ("❗", "❓", "‼", "🔥"),
    "assigned": ("💬", "🗣", "👀"),
    "waiting_for_customer": ("💬", "🗣", "👀"),
    "closed": ("✅", "🏁", "📁"),
    "order": ("🛒", "🛍", "📝"),
}
"""What tells a state, the best first. The two of a chat that somebody has look the same, as in the name: they change
with every exchange, and each change would cost one of the group's 18 requests a minute."""
_AS_PICTURE = "\N{VARIATION SELECTOR-16}"


class TopicIcons:
    """What is known of the icons that Telegram allows."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}
        self._refused: set[str] = set()

    def learn(self, stickers: Any) -> None:  # noqa: ANN401 JSON
        """Take up the answer of getForumTopicIconStickers; what cannot be read of it is left out."""
        for one in stickers if isinstance(stickers, list) else ():
            if isinstance(one, Mapping) and isinstance(one.get("emoji"), str) and one.get("custom_emoji_id"):
                self._ids.setdefault(one["emoji"].replace(_AS_PICTURE, ""), str(one["custom_emoji_id"]))

    def worn(self, outgoing: Outgoing) -> dict[str, str]:
        """Return the parameter that gives a topic its icon; an empty icon takes away one of an earlier state."""
        if outgoing.act not in {Act.OPEN_TOPIC, Act.EDIT_TOPIC}:
            return {}
        icon = self._of(str(outgoing.body.get("state", "")))
        return {FIELD: icon} if icon or outgoing.act is Act.EDIT_TOPIC else {}

    def refuse(self, icon: str) -> None:
        """Take it that Telegram does not want this icon, and use it no more."""
        self._refused.add(icon)

    def _of(self, state: str) -> str:
        known = (self._ids.get(emoji, "") for emoji in WANTED.get(state, ()))
        return next((icon for icon in known if icon and icon not in self._refused), "")


def without(outgoing: Outgoing, params: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of a call whose icon was refused, with none."""
    bare = {name: value for name, value in params.items() if name != FIELD}
    return {**bare, FIELD: ""} if outgoing.act is Act.EDIT_TOPIC else bare
