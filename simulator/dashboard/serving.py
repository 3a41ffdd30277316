"""The server: pages for visitors, on this machine alone unless told otherwise."""

from __future__ import annotations

import asyncio
import gc
import logging
import socket
import threading
import traceback
from typing import Any

import panel as pn
from tornado.iostream import StreamClosedError
from tornado.websocket import WebSocketClosedError

from simulator.dashboard.page import Page, full_page
from simulator.dashboard.room import Room
from simulator.dashboard.view import LinkMistake, View, language_of, read_query, within
from simulator.errors import Mistake, SettingsError
from simulator.reporting.page import Prose
from simulator.reporting.words import Words, words_in

FEW = 2
"""Replications worked out before anybody comes."""

LONGEST_MESSAGE = 64 * 1024
"""Bytes of a message that a page may send; moving a lever takes some hundred."""

MOST_TOLD = 12
"""Mistakes of a link that are told one by one."""

GONE_AFTER, LOOK_EVERY = 15_000, 5_000
"""Milliseconds after which a page that nobody is connected to is let go, and between looks for such pages."""

LOOPBACK = ("127.0.0.1", "localhost")


def serve(room: Room, address: str, port: int, show: bool) -> None:
    """Serve the page until it is interrupted.

    Parameters
    ----------
    room : Room
        What all pages share.
    address : str
        Of the network interface to listen on.
    port : int
        A free one is taken if it is 0.
    show : bool
        Whether to open a browser.
    """
    server = server_of(room, address, port or free_port(address))
    server.io_loop.asyncio_loop.set_exception_handler(heed_leaving)
    logging.getLogger("tornado.application").addFilter(is_no_early_leaving)
    server.start()  # without its background tasks, nobody who leaves is ever noticed
    let_go_soon()
    warm_up(room)
    print(f"http://{address}:{server.port}/   (Ctrl-C ends it)", flush=True)
    if show:
        server.io_loop.add_callback(server.show, "/")
    try:
        server.io_loop.start()
    finally:
        server.stop()


def server_of(room: Room, address: str, port: int) -> Any:  # noqa: ANN401  (Panel's own type)
    """Return the server, listening but not yet answering, nor looking who has left."""
    pn.extension(notifications=False, reconnect=True, disconnect_notification="", design="native")
    names = dict.fromkeys((*LOOPBACK, address, *room.limits.hosts))
    return pn.io.server.get_server(
        {"/": lambda: make_page(room)},
        port=port,
        address=address,
        title=words_in("en")("dashboard.title"),
        websocket_max_message_size=LONGEST_MESSAGE,
        unused_session_lifetime_milliseconds=GONE_AFTER,
        check_unused_sessions_milliseconds=LOOK_EVERY,
        websocket_origin=[f"{name}:{port}" for name in names],
        start=False,
        show=False,
        location=True,
    )


def free_port(address: str) -> int:
    """Return a port that nobody listens on; whose pages may connect has to be said before one listens."""
    with socket.socket() as tried:
        tried.bind((address, 0))
        port: int = tried.getsockname()[1]
        return port


def make_page(room: Room) -> Any:  # noqa: ANN401  (whatever Panel can show)
    """Return a visitor's page, made from the link."""
    query = {
        name: [value.decode(errors="replace") for value in values]
        for name, values in pn.state.session_args.items()
    }
    view, mistakes = usual_or_asked(query, room)
    page = Page(room, view, mistakes)
    if not room.enter(page):
        return full_page(words_in(view.language))
    pn.state.on_session_destroyed(page.leave)
    pn.state.onload(page.start)
    return page.template()


def usual_or_asked(query: dict[str, list[str]], room: Room) -> tuple[View, list[Prose]]:
    """Return the view of a link, or the usual one in the link's language with what is wrong with the link."""
    try:
        return read_query(query, room.limits, room.bench.folders), []
    except SettingsError as error:
        mistakes = error.mistakes
    view = read_query({"language": [language_of(query)]}, room.limits)
    words = words_in(view.language)
    told = [_told(mistake, words) for mistake in mistakes[:MOST_TOLD]]
    if any(mistake.foreign for mistake in told):
        told.insert(0, Prose(words("dashboard.not_together")))
    if len(mistakes) > MOST_TOLD:
        told.append(Prose(words("dashboard.more_mistakes", number=len(mistakes) - MOST_TOLD)))
    return view, told


def _told(mistake: Mistake, words: Words) -> Prose:
    """Return a mistake as the page tells it; one that the settings' own checks found is in English."""
    if not isinstance(mistake, LinkMistake):
        return Prose(str(mistake), foreign=True)
    parts = [f"{mistake.where}: {mistake.problem}"]
    if mistake.allowed:
        parts.append(words("dashboard.link_mistake.allowed", allowed=mistake.allowed))
    if mistake.nearest:
        parts.append(words("dashboard.link_mistake.nearest", name=mistake.nearest))
    return Prose("; ".join(parts))


def heed_leaving(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Tell what went wrong in the server's loop, save that a visitor left while something was sent."""
    if not isinstance(context.get("exception"), WebSocketClosedError | StreamClosedError):
        loop.default_exception_handler(context)


def is_no_early_leaving(record: logging.LogRecord) -> bool:
    """Whether something is to be told: not that a visitor left before the connection stood, as Bokeh does."""
    error = record.exc_info[1] if record.exc_info else None
    if not isinstance(error, AssertionError):
        return True
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    return frame.f_globals.get("__name__") != "bokeh.server.connection"


def let_go_soon() -> None:
    """Have Python look for what is no longer used as soon as there is a little of it.

    A figure is a knot of thousands of objects, which only a full collection unties; there is one whenever a
    quarter as many objects have come as there are. Those of the libraries, which never go, no longer count.
    """
    gc.collect()
    gc.freeze()


def warm_up(room: Room) -> None:
    """Compile the model and work out the usual first view, while nobody waits for it."""

    def nothing(_: object) -> None:
        pass

    view = within(View(replications=FEW), room.limits)
    room.crew.submit(threading.current_thread(), room.bench.work(view), nothing, nothing)
