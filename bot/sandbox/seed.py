"""Who lives in a new sandbox: three customers, two operators, an admin, a bot and the operators' group.

Anna writes German, Ben English and Vera Russian; Olga and Max answer them in the topics of "Support desk".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

BOT_ID: Final = 7000000001
DEFAULT_TOKEN: Final = f"{BOT_ID}:sandbox-desk-token-for-this-machine"
BOT_NAME: Final = "Support desk bot"
BOT_USERNAME: Final = "sandbox_desk_bot"
GROUP_ID: Final = -1001000000001
GROUP_TITLE: Final = "Support desk"
ANNA: Final = 5000000001
BEN: Final = 5000000002
VERA: Final = 5000000003
OLGA: Final = 5000000011
MAX: Final = 5000000012
ADA: Final = 5000000021
FIRST_NEW_PERSON: Final = 5100000001
FIRST_NEW_GROUP: Final = -1001000000101

BOT_RIGHTS: Final = (
    "can_manage_chat",
    "can_change_info",
    "can_delete_messages",
    "can_invite_users",
    "can_restrict_members",
    "can_pin_messages",
    "can_manage_topics",
    "can_promote_members",
    "can_manage_video_chats",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_send_welcome_messages",
)


@dataclass(frozen=True, slots=True)
class Seed:
    """One person of the first hour; `role` is customer, operator or admin."""

    id: int
    first_name: str
    last_name: str
    username: str
    language_code: str
    role: str
    phone: str


_PEOPLE: Final = (
    Seed(ANNA, "Anna", "Vogt", "anna_vogt", "de", "customer", "+4915155500101"),
    Seed(BEN, "Ben", "Carter", "ben_carter", "en", "customer", "+447700900102"),
    Seed(VERA, "Vera", "Orlova", "vera_orlova", "ru", "customer", "+79005550103"),
    Seed(OLGA, "Olga", "Brandt", "olga_desk", "en", "operator", "+4915155500111"),
    Seed(MAX, "Max", "Lindner", "max_desk", "de", "operator", "+4915155500112"),
    Seed(ADA, "Ada", "Keller", "ada_desk", "en", "admin", "+4915155500121"),
)


def people(role: str = "") -> tuple[Seed, ...]:
    """Return the people of the first hour, all or those of one role (customer, operator, admin)."""
    return tuple(person for person in _PEOPLE if role in ("", person.role))
