"""What a user would write instead of a desk: an aiogram bot that copies each message into its customer's topic.

It is a polite one: told to slow down, it waits as long as it was told and asks again.
"""

from __future__ import annotations

import asyncio
import json
import os

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.exceptions import TelegramRetryAfter
from aiogram.types import Message


async def main() -> None:
    session = AiohttpSession(api=TelegramAPIServer.from_base(os.environ["API_BASE"]))
    bot = Bot(os.environ["TOKEN"], session=session)
    topics = {int(person): place for person, place in json.loads(os.environ["TOPICS"]).items()}
    await bot.get_me()
    print("telegram_ready", flush=True)
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def pass_on(message: Message) -> None:
        if message.chat.id not in topics:
            return
        group, thread = topics[message.chat.id]
        while True:
            try:
                await bot.copy_message(group, message.chat.id, message.message_id, thread)
            except TelegramRetryAfter as told:
                await asyncio.sleep(told.retry_after)
            else:
                return

    await dispatcher.start_polling(bot, handle_signals=False)


if __name__ == "__main__":
    asyncio.run(main())
