"""What Telegram's refusals mean; pure, the same for every driver.

"Forbidden: bot was blocked by the user" is a customer who wants to hear nothing, "message is not modified" is no
failure at all. The sentences are those of tdlib/telegram-bot-api's Client.cpp; they are no contract, so they are
matched by part, where a code will not do.
"""

from __future__ import annotations

from bot.domain.ports import Act, Refused, Why

_REASONS = (
    ("bot was blocked", Why.BLOCKED),
    ("user is deactivated", Why.BLOCKED),
    ("can't initiate conversation", Why.BLOCKED),
    ("message thread not found", Why.TOPIC_GONE),
    ("topic_deleted", Why.TOPIC_GONE),
    ("topic_id_invalid", Why.TOPIC_GONE),
    ("topic_closed", Why.TOPIC_CLOSED),
    ("message is not modified", Why.SAME),
    ("topic_not_modified", Why.SAME),
    ("query is too old", Why.TOO_LATE),
    ("message to edit not found", Why.MESSAGE_GONE),
    ("message to pin not found", Why.MESSAGE_GONE),
    ("message to copy not found", Why.MESSAGE_GONE),
    ("message can't be edited", Why.MESSAGE_GONE),
    ("message to delete not found", Why.MESSAGE_GONE),
    ("message to react not found", Why.MESSAGE_GONE),
    ("message can't be deleted", Why.TOO_LATE),
    ("message can't be copied", Why.NOT_CARRIED),
    ("not enough rights", Why.NO_RIGHTS),
    ("need administrator rights", Why.NO_RIGHTS),
    ("chat not found", Why.CHAT_GONE),
    ("bot was kicked", Why.CHAT_GONE),
    ("bot is not a member", Why.CHAT_GONE),
    ("group chat was deleted", Why.CHAT_GONE),
)


def verdict(act: Act, reason: str) -> Refused | None:
    """Return what a 4xx answer means; None when what was wanted is so already.

    Args:
        act: what was to be done.
        reason: the answer's description.
    """
    lower = reason.lower()
    why = next((why for part, why in _REASONS if part in lower), Why.REFUSED)
    if why is Why.SAME or (why is Why.MESSAGE_GONE and act is Act.DELETE):
        return None
    if why is Why.TOPIC_GONE and act is Act.OPEN_TOPIC:
        why = Why.REFUSED
    return Refused(why, reason)
