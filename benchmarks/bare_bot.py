"""What a user would write instead: an aiogram bot that answers every text with a constant from memory."""

from __future__ import annotations

import asyncio
import os
import sys

from aiogram import Bot, Dispatcher
from aiogram.client.session.aiohttp import AiohttpSession
from aiogram.client.telegram import TelegramAPIServer
from aiogram.types import Message

ANSWER = "Within Germany we send with DHL for 4.90 euro, and from an order value of 50 euro delivery is free."


async def main() -> None:
    session = AiohttpSession(api=TelegramAPIServer.from_base(os.environ["API_BASE"]))
    bot = Bot(os.environ["TOKEN"], session=session)
    await bot.get_me()
    print("telegram_ready", flush=True)
    if "--start-only" in sys.argv:
        await session.close()
        return
    dispatcher = Dispatcher()

    @dispatcher.message()
    async def answer(message: Message) -> None:
        await message.answer(ANSWER)

    await dispatcher.start_polling(bot, handle_signals=False)


if __name__ == "__main__":
    asyncio.run(main())
