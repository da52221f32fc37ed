"""The door for tests and for the page: everything under `/sandbox/`, JSON over HTTP.

`POST /sandbox/users/5000000001/messages {"text": "Was kostet der Versand?"}` is Anna writing to the bot;
`GET /sandbox/wait?after=41` is answered as soon as something has happened after event 41.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.sandbox import acts, group_acts
from bot.sandbox.acts import NotPossible
from bot.sandbox.refusal import Json
from bot.sandbox.views import call_view, chat_view, message_views, overview
from bot.sandbox.world import World

LONGEST_WAIT: Final = 60.0
_LARGEST_ORDER: Final = 80 * 1024 * 1024
Handler = Callable[[World, Request, dict[str, Any]], Awaitable[Any]]


def routes(world: World) -> list[Route]:
    """Return the routes under /sandbox."""
    return [
        Route(path, _endpoint(world, handler), methods=[verb])
        for verb, path, handler in (
            ("GET", "/sandbox/state", _state),
            ("GET", "/sandbox/wait", _wait),
            ("GET", "/sandbox/events", _events),
            ("GET", "/sandbox/calls", _calls),
            ("GET", "/sandbox/counts", _counts),
            ("GET", "/sandbox/files/{file_id}", _file),
            ("POST", "/sandbox/users", _add_user),
            ("POST", "/sandbox/users/{user:int}/messages", _write),
            ("POST", "/sandbox/users/{user:int}/edits", _edit),
            ("POST", "/sandbox/users/{user:int}/presses", _press),
            ("POST", "/sandbox/users/{user:int}/searches", _search),
            ("POST", "/sandbox/users/{user:int}/reactions", _react),
            ("POST", "/sandbox/users/{user:int}/block", _block),
            ("POST", "/sandbox/users/{user:int}/unblock", _unblock),
            ("POST", "/sandbox/groups", _add_group),
            ("GET", "/sandbox/chats/{chat}", _chat),
            ("GET", "/sandbox/chats/{chat}/messages", _messages),
            ("DELETE", "/sandbox/chats/{chat}/messages/{message:int}", _delete_message),
            ("POST", "/sandbox/chats/{chat}/topics", _open_topic),
            ("POST", "/sandbox/chats/{chat}/topics/{thread:int}/{act}", _change_topic),
            ("POST", "/sandbox/chats/{chat}/members/{user:int}", _set_member),
            ("POST", "/sandbox/chats/{chat}/upgrade", _upgrade),
            ("POST", "/sandbox/bot", _set_bot),
            ("POST", "/sandbox/updates", _inject),
            ("GET", "/sandbox/faults", _faults),
            ("POST", "/sandbox/faults", _add_faults),
            ("DELETE", "/sandbox/faults", _clear_faults),
            ("POST", "/sandbox/limits", _set_limits),
            ("POST", "/sandbox/clock", _set_clock),
            ("POST", "/sandbox/reset", _reset),
        )
    ]


def _endpoint(world: World, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            order = await _order(request)
            result = await handler(world, request, order)
        except NotPossible as reason:
            return JSONResponse({"error": str(reason)}, 409)
        except (KeyError, ValueError, TypeError) as reason:
            return JSONResponse({"error": f"{type(reason).__name__}: {reason}"}, 400)
        return result if isinstance(result, Response) else JSONResponse(result)

    return endpoint


async def _order(request: Request) -> dict[str, Any]:
    if request.method != "POST":
        return {}
    if int(request.headers.get("content-length") or 0) > _LARGEST_ORDER:
        raise NotPossible("that is too large")
    body = await request.body()
    if not body:
        return {}
    order = json.loads(body)
    return order if isinstance(order, dict) else {"items": order}


def _query(request: Request, name: str, default: float = 0) -> float:
    return float(request.query_params.get(name) or default)


def _chat_id(request: Request) -> int:
    """Return the chat of a path; Starlette's own whole numbers know no minus."""
    return int(request.path_params["chat"])


async def _state(world: World, _request: Request, _order: dict[str, Any]) -> Json:
    return overview(world)


async def _wait(world: World, request: Request, _order: dict[str, Any]) -> Json:
    kinds = frozenset(filter(None, request.query_params.get("kinds", "").split(",")))
    patience = min(_query(request, "timeout", 30), LONGEST_WAIT)
    after, chat_id = int(_query(request, "after")), int(_query(request, "chat"))
    events = await world.feed.wait(after, patience, chat_id, kinds)
    return {"seq": world.feed.seq, "events": [call_view(event) for event in events]}


async def _events(world: World, request: Request, _order: dict[str, Any]) -> Response:
    asked = int(request.headers.get("last-event-id") or _query(request, "after", world.feed.seq))
    after = min(asked, world.feed.seq)  # a page that has outlived a restart knows higher numbers

    async def stream() -> AsyncIterator[str]:
        seq = after
        yield ": here\n\n"
        while not world.feed.bell.closed:
            events = await world.feed.wait(seq, 15)
            if not events:
                yield ": still here\n\n"
            for event in events:
                seq = event["seq"]
                text = json.dumps(call_view(event), ensure_ascii=True)
                yield f"id: {seq}\ndata: {text}\n\n"

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"cache-control": "no-store"})


async def _calls(world: World, request: Request, _order: dict[str, Any]) -> Json:
    since, method = int(_query(request, "since")), request.query_params.get("method", "").lower()
    calls = [call for call in world.calls if call["seq"] > since and method in ("", call["method"].lower())]
    return {"calls": [call_view({"call": call})["call"] for call in calls]}


async def _counts(world: World, _request: Request, _order: dict[str, Any]) -> Json:
    """How often each method was answered with each status, such as `sendMessage 200`, since the start."""
    return dict(world.counts)


async def _file(world: World, request: Request, _order: dict[str, Any]) -> Response:
    found = world.files.content(request.path_params["file_id"])
    if found is None:
        return JSONResponse({"error": "the file is gone"}, 404)
    stored, content = found
    shown = stored.mime in ("image/png", "image/jpeg", "image/gif", "image/webp", "audio/ogg", "video/mp4")
    headers = {"content-security-policy": "sandbox; default-src 'none'", "x-content-type-options": "nosniff"}
    if not shown:
        headers["content-disposition"] = "attachment"
    return Response(content, media_type=stored.mime if shown else "application/octet-stream", headers=headers)


async def _add_user(world: World, _request: Request, order: dict[str, Any]) -> Json:
    person = group_acts.add_person(world, order)
    return {**person.card(), "role": person.role}


async def _write(world: World, request: Request, order: dict[str, Any]) -> Json:
    return {"messages": acts.write(world, request.path_params["user"], order)}


async def _edit(world: World, request: Request, order: dict[str, Any]) -> Json:
    return {"message": acts.edit(world, request.path_params["user"], order)}


async def _press(world: World, request: Request, order: dict[str, Any]) -> Json:
    """Press a button; with `timeout` wait so many seconds for the bot's answer to it."""
    press_id = acts.press(world, request.path_params["user"], order)
    loop = asyncio.get_running_loop()
    end = loop.time() + min(float(order.get("timeout") or 0), LONGEST_WAIT)
    while world.presses[press_id]["answer"] is None and await world.feed.bell.heard(end - loop.time()):
        pass
    return {"id": press_id, "answer": world.presses[press_id]["answer"]}


async def _search(world: World, request: Request, order: dict[str, Any]) -> Json:
    """Ask an inline query; with `timeout` wait so many seconds for what the bot finds."""
    query_id = acts.search(world, request.path_params["user"], order)
    loop = asyncio.get_running_loop()
    end = loop.time() + min(float(order.get("timeout") or 0), LONGEST_WAIT)
    while world.presses[query_id]["answer"] is None and await world.feed.bell.heard(end - loop.time()):
        pass
    return {"id": query_id, "answer": world.presses[query_id]["answer"]}


async def _react(world: World, request: Request, order: dict[str, Any]) -> Json:
    acts.react(world, request.path_params["user"], order)
    return {}


async def _block(world: World, request: Request, _order: dict[str, Any]) -> Json:
    acts.set_blocked(world, request.path_params["user"], blocked=True)
    return {}


async def _unblock(world: World, request: Request, _order: dict[str, Any]) -> Json:
    acts.set_blocked(world, request.path_params["user"], blocked=False)
    return {}


async def _add_group(world: World, _request: Request, order: dict[str, Any]) -> Json:
    return chat_view(world, group_acts.add_group(world, order))


async def _chat(world: World, request: Request, _order: dict[str, Any]) -> Json:
    return chat_view(world, acts.chat_of(world, _chat_id(request)))


async def _messages(world: World, request: Request, _order: dict[str, Any]) -> Json:
    chat = acts.chat_of(world, _chat_id(request))
    thread = request.query_params.get("thread")
    limit = int(_query(request, "limit", 200))
    return {"messages": message_views(chat, None if thread is None else int(thread), limit), "seq": world.feed.seq}


async def _delete_message(world: World, request: Request, _order: dict[str, Any]) -> Json:
    group_acts.delete_message(world, _chat_id(request), request.path_params["message"])
    return {}


async def _open_topic(world: World, request: Request, order: dict[str, Any]) -> Json:
    topic = group_acts.open_topic(world, _chat_id(request), int(order["user_id"]), str(order.get("name", "")))
    return {"thread": topic.id, "name": topic.name}


async def _change_topic(world: World, request: Request, order: dict[str, Any]) -> Json:
    path = request.path_params
    if path["act"] not in ("close", "reopen", "delete"):
        raise NotPossible(f"nobody can {path['act']} a topic")
    owner = int(order.get("user_id") or next(iter(world.people)))
    group_acts.change_topic(world, _chat_id(request), path["thread"], owner, path["act"])
    return {}


async def _set_member(world: World, request: Request, order: dict[str, Any]) -> Json:
    group_acts.set_member(world, _chat_id(request), request.path_params["user"], order)
    return chat_view(world, acts.chat_of(world, _chat_id(request)))


async def _upgrade(world: World, request: Request, _order: dict[str, Any]) -> Json:
    return chat_view(world, group_acts.upgrade(world, _chat_id(request)))


async def _set_bot(world: World, _request: Request, order: dict[str, Any]) -> Json:
    """Give the bot another `token` (the old one is unauthorized from now on) or `username`."""
    world.token = str(order.get("token") or world.token)
    world.bot["username"] = str(order.get("username") or world.bot["username"])
    return {"token": world.token, **world.bot}


async def _inject(world: World, _request: Request, order: dict[str, Any]) -> Json:
    return {"update_ids": world.updates.inject(order["items"], world.now())}


async def _faults(world: World, _request: Request, _order: dict[str, Any]) -> Json:
    return {"faults": [rule.dump() for rule in world.faults.rules]}


async def _add_faults(world: World, request: Request, order: dict[str, Any]) -> Json:
    for rule in order.get("items", [order]):
        world.faults.add(rule)
    world.feed.publish("faults")
    return await _faults(world, request, order)


async def _clear_faults(world: World, request: Request, order: dict[str, Any]) -> Json:
    world.faults.clear(int(_query(request, "id")))
    world.feed.publish("faults")
    return await _faults(world, request, order)


async def _set_limits(world: World, _request: Request, order: dict[str, Any]) -> Json:
    world.limits.on = bool(order["on"])
    world.limits.forget()
    world.feed.publish("bot")
    return {"on": world.limits.on}


async def _set_clock(world: World, _request: Request, order: dict[str, Any]) -> Json:
    """Put the sandbox's clock forward by `advance` seconds."""
    world.shift += float(order["advance"])
    return {"now": world.now()}


async def _reset(world: World, _request: Request, _order: dict[str, Any]) -> Json:
    world.reset()
    return {"seq": world.feed.seq}
