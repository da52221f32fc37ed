"""The limits: never more than Telegram takes, and no longer a wait than that needs."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from hypothesis import given, strategies as st

from bot.domain.ports import Pace
from bot.messaging.limits import MINUTE, Limits
from bot.sandbox import limits as sandbox

GROUP = Pace("-100", per_minute=18, all_per_second=30.0)
CHAT = Pace("511", timedelta(seconds=1), all_per_second=30.0)
MOMENTS = st.lists(st.floats(0, 40, allow_nan=False), max_size=120)


def sent_at(limits: Limits, pace: Pace, arrivals: list[float]) -> list[float]:
    """Send as soon as allowed what comes up after such gaps; return when each went out."""
    now, sent = 1000.0, []
    for gap in arrivals:
        now += gap
        now += limits.wait("telegram", pace, now)
        limits.count("telegram", pace, now)
        sent.append(now)
    return sent


def crowded(sent: list[float], most: int, window: float) -> list[float]:
    """Return where more than so many lie within a window."""
    return [late - early for early, late in zip(sent, sent[most:], strict=False) if late - early < window - 1e-6]


@given(st.integers(1, 40), MOMENTS)
def test_a_group_never_gets_more_than_its_share_in_any_minute(most: int, gaps: list[float]) -> None:
    assert crowded(sent_at(Limits(), Pace("-100", per_minute=most), gaps), most, MINUTE) == []


@given(st.floats(0.05, 3), MOMENTS)
def test_a_chat_is_never_written_to_faster_than_its_spacing(seconds: float, gaps: list[float]) -> None:
    assert crowded(sent_at(Limits(), Pace("511", timedelta(seconds=seconds)), gaps), 1, seconds) == []


@given(st.integers(1, 6), st.floats(0.05, 3), MOMENTS)
def test_a_group_takes_a_few_together_and_then_waits_for_each(burst: int, seconds: float, gaps: list[float]) -> None:
    pace = Pace("-100", timedelta(seconds=seconds), burst=burst)

    assert crowded(sent_at(Limits(), pace, gaps), burst, burst * seconds) == []
    assert sent_at(Limits(), pace, [0.0] * burst) == [1000.0] * burst


@pytest.mark.parametrize("seed", range(20))
def test_telegram_never_has_to_refuse_what_is_sent_into_a_group_however_slow_it_answers(seed: int) -> None:
    luck = random.Random(seed)
    pace, limits, telegram = Pace("-100", timedelta(seconds=1), 18, 30.0, 4), Limits(), sandbox.Limits()
    now, under_way, arrivals = 1000.0, list[tuple[float, int]](), list[tuple[float, int]]()

    for _ in range(80):
        now += luck.uniform(0, 2)
        takes, parts = luck.uniform(0, 20), luck.choice([1, 1, 1, 1, 3, 10])
        while True:
            for one in sorted(answer for answer in under_way if answer[0] <= now):
                limits.arrived("telegram", pace, *one)
                under_way.remove(one)
            wait = limits.wait("telegram", pace, now, parts)
            if not wait:
                break
            now = min([now + max(wait, 0.001), *(moment for moment, _ in under_way)])
        limits.begin("telegram", pace, now, parts)
        under_way.append((now + takes, parts))
        arrivals.append((now + luck.uniform(0, takes), parts))

    assert [telegram.admit(-100, parts, moment) for moment, parts in sorted(arrivals)] == [0] * len(arrivals)


def test_a_line_behind_an_album_to_a_customer_is_not_refused_by_telegram() -> None:
    limits, telegram, now = Limits(), sandbox.Limits(), 1000.0

    for parts in (1, 10, 1, 1):
        now += limits.wait("telegram", CHAT, now, parts)
        limits.count("telegram", CHAT, now, parts)
        assert telegram.admit(511, parts, now) == 0
    assert now == 1000.0 + 1 + 6 + 1


def test_an_album_that_was_not_sent_after_all_gives_all_its_room_back() -> None:
    limits = Limits()

    for pace in (GROUP, CHAT):
        limits.begin("telegram", pace, 10.0, 10)
        limits.take_back("telegram", pace, 10)
        assert limits.wait("telegram", pace, 10.0, 10) == 0


def test_what_turned_out_to_be_needless_takes_nothing_of_the_budget() -> None:
    limits, pace = Limits(), Pace("-100", per_minute=1, all_per_second=1)

    limits.begin("telegram", pace, 10.0)
    limits.take_back("telegram", pace)

    assert limits.wait("telegram", pace, 10.0) == 0


@given(st.floats(0.2, 50), MOMENTS)
def test_all_chats_together_never_exceed_the_bots_limit(rate: float, gaps: list[float]) -> None:
    limits, now, sent = Limits(), 0.0, []
    for number, gap in enumerate(gaps):
        pace = Pace(f"chat {number}", all_per_second=rate)
        now += gap / 40
        now += limits.wait("telegram", pace, now)
        limits.count("telegram", pace, now)
        sent.append(now)

    most = max(1, int(rate))
    assert crowded(sent, most, max(1.0, 1 / rate)) == []


@given(st.integers(1, 40), MOMENTS)
def test_nobody_waits_while_the_share_is_not_used_up(most: int, gaps: list[float]) -> None:
    pace, limits, now = Pace("-100", per_minute=most), Limits(), 0.0
    for gap in gaps:
        now += gap + MINUTE / most + 1e-3
        assert limits.wait("telegram", pace, now) == 0
        limits.count("telegram", pace, now)


@given(MOMENTS, st.floats(0, 200))
def test_forgetting_changes_no_answer(gaps: list[float], later: float) -> None:
    forgetful, mindful = Limits(), Limits()
    last = max([*sent_at(forgetful, GROUP, gaps), *sent_at(mindful, GROUP, gaps)], default=1000.0)

    forgetful.forget(last + later)

    assert forgetful.wait("telegram", GROUP, last + later) == mindful.wait("telegram", GROUP, last + later)


def test_the_wait_is_as_long_as_needed_and_no_longer() -> None:
    limits = Limits()
    for second in range(18):
        limits.count("telegram", GROUP, float(second))

    assert [limits.wait("telegram", GROUP, now) for now in (17.0, 59.0, 60.0)] == [43.0, 1.0, 0.0]


def test_one_chat_does_not_wait_for_another_nor_one_channel_for_another() -> None:
    limits = Limits()
    limits.count("telegram", CHAT, 0.0)

    assert limits.wait("telegram", CHAT, 0.25) == 0.75
    assert limits.wait("telegram", Pace("512", timedelta(seconds=1)), 0.25) == 0
    assert limits.wait("webchat", CHAT, 0.25) == 0


def test_a_pause_holds_the_chat_that_got_it_and_a_shorter_one_does_not_end_it() -> None:
    limits = Limits()
    limits.pause("telegram", CHAT, 300.0)
    limits.pause("telegram", CHAT, 5.0)

    assert [limits.wait("telegram", CHAT, now) for now in (0.0, 299.0, 300.0)] == [300.0, 1.0, 0.0]
    assert limits.wait("telegram", GROUP, 0.0) == 0


def test_what_has_no_limit_never_waits() -> None:
    limits, free = Limits(), Pace()
    for _ in range(1000):
        limits.count("telegram", free, 0.0)
    limits.pause("telegram", free, 1000.0)

    assert limits.wait("telegram", free, 0.0) == 0
    assert not limits.short("telegram", free, 0.0)


@pytest.mark.parametrize(("sent", "short"), [(0, False), (9, False), (10, True), (18, True)])
def test_a_groups_minute_is_short_when_more_than_half_of_it_is_used(sent: int, *, short: bool) -> None:
    limits = Limits()
    for second in range(sent):
        limits.count("telegram", GROUP, second / 10)

    assert limits.short("telegram", GROUP, 30.0) is short
    assert not limits.short("telegram", GROUP, 30.0 + MINUTE)
