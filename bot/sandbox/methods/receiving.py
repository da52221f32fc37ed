"""Who the bot is and how it hears: getMe, getUpdates, the webhook, files, close and logOut."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from bot.sandbox.call import Call
from bot.sandbox.refusal import Json, Refusal, bad
from bot.sandbox.registry import method
from bot.sandbox.updates import KINDS
from bot.sandbox.world import World

LONGEST_POLL: Final = 50
MOST_UPDATES: Final = 100
MOST_CONNECTIONS: Final = 100
_SECRET: Final = re.compile(r"[A-Za-z0-9_-]{1,256}")


@method("getMe")
def get_me(world: World, call: Call) -> Json:
    """Return the bot and what it can do."""
    del call
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": True,
        "can_connect_to_business": False,
        "has_main_web_app": False,
        "has_topics_enabled": False,
    }
    return {**world.bot, **abilities}


def _allowed(call: Call) -> list[str] | None:
    """Return the kinds of updates asked for; None when the request leaves them as they were."""
    if not call.has("allowed_updates"):
        return None
    kinds = call.listing("allowed_updates")
    if unknown := [str(kind) for kind in kinds if kind not in KINDS]:
        raise bad(f'unknown kind of update "{unknown[0]}" in allowed_updates (sandbox)')
    return [str(kind) for kind in kinds]


@method("getUpdates", "offset limit timeout allowed_updates")
async def get_updates(world: World, call: Call) -> list[Json]:
    """Hand out what waits, or wait for it."""
    if world.webhook.get("url"):
        raise Refusal(
            409,
            "Conflict: can't use getUpdates method while webhook is active;"
            " use deleteWebhook to delete the webhook first",
        )
    allowed = _allowed(call)
    if allowed is not None:
        world.updates.allowed = allowed
    limit = call.number("limit", MOST_UPDATES)
    limit = limit if 1 <= limit <= MOST_UPDATES else MOST_UPDATES
    patience = min(max(call.number("timeout"), 0), LONGEST_POLL)
    return await world.updates.poll(call.number("offset"), limit, patience, world.now())


@method(
    "setWebhook",
    "url certificate ip_address max_connections allowed_updates drop_pending_updates secret_token",
)
def set_webhook(world: World, call: Call) -> bool:
    """Have updates posted to an address; an empty one ends that."""
    if call.flag("drop_pending_updates"):
        world.updates.waiting.clear()
    allowed = _allowed(call)
    url = call.text("url")
    if not url:
        world.webhook = {}
    else:
        world.webhook = _webhook(call, url)
    if allowed is not None:
        world.updates.allowed = allowed
    world.updates.bell.ring()
    return True


def _webhook(call: Call, url: str) -> Json:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise bad("bad webhook: An HTTPS URL must be provided for webhook")
    secret = call.text("secret_token")
    if secret and not _SECRET.fullmatch(secret):
        raise bad("secret token contains unallowed characters")
    connections = call.number("max_connections", 40)
    if not 1 <= connections <= MOST_CONNECTIONS:
        raise bad("bad webhook: max_connections must be 1-100 (sandbox)")
    return {"url": url, "secret": secret, "max_connections": connections}


@method("deleteWebhook", "drop_pending_updates")
def delete_webhook(world: World, call: Call) -> bool:
    """Go back to getUpdates."""
    if call.flag("drop_pending_updates"):
        world.updates.waiting.clear()
    world.webhook = {}
    world.updates.bell.ring()
    return True


@method("getWebhookInfo")
def get_webhook_info(world: World, call: Call) -> Json:
    """Return the webhook, what waits for it and its last error."""
    del call
    hook = world.webhook
    info: Json = {
        "url": hook.get("url", ""),
        "has_custom_certificate": False,
        "pending_update_count": len(world.updates.waiting),
    }
    if hook:
        info["max_connections"] = hook["max_connections"]
        info.update({key: hook[key] for key in ("last_error_date", "last_error_message") if key in hook})
    if world.updates.allowed:
        info["allowed_updates"] = world.updates.allowed
    return info


@method("getFile", "file_id")
def get_file(world: World, call: Call) -> Json:
    """Return where a file can be fetched."""
    return world.files.file(call.text("file_id"))


@method("close")
@method("logOut")
def close(world: World, call: Call) -> bool:
    """Say yes: there is no other server that the bot could move to."""
    del world, call
    return True
