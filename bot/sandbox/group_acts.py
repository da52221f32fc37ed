"""What people do to the operators' group: topics, members, the bot's rights, the upgrade to a supergroup.

Olga deletes a topic, Ada takes the bot's right to manage topics away, the group becomes a supergroup with another id.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.sandbox.acts import NotPossible, chat_of, person_of
from bot.sandbox.chats import Chat, Person, Topic
from bot.sandbox.methods.chats import member_card
from bot.sandbox.methods.edits import drop_message
from bot.sandbox.methods.topics import COLOURS, add_topic, drop_topic, set_closed
from bot.sandbox.refusal import Json
from bot.sandbox.seed import BOT_RIGHTS
from bot.sandbox.world import World


def add_person(world: World, order: dict[str, Any]) -> Person:
    """Let somebody new have an account (`first_name`, `last_name`, `username`, `language_code`, `phone`, `role`).

    Operators and admins join the first group.
    """
    role = str(order.get("role") or "customer")
    names = {key: str(order.get(key) or "") for key in ("last_name", "username", "language_code", "phone")}
    first_name = str(order.get("first_name") or "")
    if not first_name:
        raise NotPossible("somebody without a first name has no account")
    person = world.add_person(Person(world.next_person, first_name, **names, role=role))
    world.next_person += 1
    group = next((chat for chat in world.chats.values() if not chat.is_private and not chat.migrated_to), None)
    if role != "customer" and group is not None:
        set_member(world, group.id, person.id, {"status": "administrator" if role == "admin" else "member"})
    return person


def add_group(world: World, order: dict[str, Any]) -> Chat:
    """Open a group (`title`, `forum`, `kind`, `members`) in which the bot is an administrator."""
    forum = bool(order.get("forum", True))
    group = Chat(
        world.next_group,
        str(order.get("kind") or "supergroup"),
        str(order.get("title") or "Group"),
        is_forum=forum,
        last_message_id=1,
    )
    if group.kind == "group":
        group.id = -(abs(world.next_group) % 1_000_000_000)
    world.next_group -= 1
    group.members[world.bot["id"]] = {"status": "administrator", **dict.fromkeys(BOT_RIGHTS, True)}
    for user_id in order.get("members", []):
        group.members[person_of(world, int(user_id)).id] = {"status": "member"}
    world.chats[group.id] = group
    world.feed.publish("chat", group.id)
    return group


def _group(world: World, chat_id: int) -> Chat:
    chat = chat_of(world, chat_id)
    if chat.is_private:
        raise NotPossible("a private chat has neither topics nor members")
    return chat


def open_topic(world: World, chat_id: int, user_id: int, name: str) -> Topic:
    """Let a person open a topic."""
    topic = Topic(0, name or "Topic", COLOURS[0])
    return add_topic(world, _group(world, chat_id), person_of(world, user_id).card(), topic)


def change_topic(world: World, chat_id: int, thread: int, user_id: int, act: str) -> None:
    """Let a person close, reopen or delete a topic.

    Raises:
        NotPossible: there is no such topic, or it is so already.
    """
    group = _group(world, chat_id)
    topic = group.topics.get(thread)
    if topic is None:
        raise NotPossible(f"there is no topic {thread}")
    if act == "delete":
        drop_topic(world, group, topic)
    elif topic.closed is (act == "close"):
        raise NotPossible(f"the topic is {'closed' if topic.closed else 'open'} already")
    else:
        set_closed(world, group, person_of(world, user_id).card(), topic, closed=act == "close")


def delete_message(world: World, chat_id: int, message_id: int) -> None:
    """Let a person delete a message; the bot is not told, as by Telegram."""
    chat = chat_of(world, chat_id)
    if message_id not in chat.messages:
        raise NotPossible("the message is gone already")
    drop_message(world, chat, message_id)


def set_member(world: World, chat_id: int, user_id: int, wanted: Json) -> None:
    """Make somebody (the bot too) a member of a group, an administrator with rights, or put them out.

    Args:
        world: the sandbox.
        chat_id: the group.
        user_id: who.
        wanted: `status` (creator, administrator, member, left, kicked) and `rights`, e.g.
            `{"can_manage_topics": false}`; an administrator keeps the rights that are not named, and the bot has
            all of them to begin with.
    """
    group = _group(world, chat_id)
    is_bot = user_id == world.bot["id"]
    before = member_card(world, group, user_id)
    status = str(wanted.get("status") or group.status_of(user_id))
    rights: Json = {}
    if status == "administrator":
        kept = group.members.get(user_id, {})
        rights = {right: bool(kept.get(right, is_bot or right == "can_manage_topics")) for right in BOT_RIGHTS}
        rights.update({str(key): bool(value) for key, value in (wanted.get("rights") or {}).items()})
    group.members[user_id] = {"status": status, **rights}
    update = {
        "chat": group.card(),
        "from": _somebody_in_charge(world, group),
        "date": int(world.now()),
        "old_chat_member": before,
        "new_chat_member": member_card(world, group, user_id),
    }
    world.tell("my_chat_member" if is_bot else "chat_member", update, group.id)
    world.feed.publish("chat", group.id)


def _somebody_in_charge(world: World, group: Chat) -> Json:
    owner = next((key for key in group.members if group.status_of(key) == "creator" and key in world.people), 0)
    return world.people[owner].card() if owner else world.bot


def upgrade(world: World, chat_id: int) -> Chat:
    """Make a group a supergroup with another id; members, topics and messages move on, the old one answers no more.

    Raises:
        NotPossible: it has moved already.
    """
    old = _group(world, chat_id)
    if old.migrated_to:
        raise NotPossible("the group has moved already")
    new = Chat.load(old.dump())
    new.id, new.kind = world.next_group, "supergroup"
    world.next_group -= 1
    new.topics = {topic.id: replace(topic) for topic in new.topics.values()}
    sender = _somebody_in_charge(world, old)
    world.post(old, sender, {"migrate_to_chat_id": new.id}, about={})
    old.migrated_to = new.id
    world.chats[new.id] = new
    world.post(new, sender, {"migrate_from_chat_id": old.id}, about={})
    world.feed.publish("chat", new.id)
    return new
