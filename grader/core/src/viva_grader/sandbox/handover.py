"""Decides how a room passes from one process to another: its channel, and what measures it."""

import json
import os
import socket
from typing import Any

from viva_grader.sandbox.groups import RoomGroup
from viva_grader.sandbox.meter import ProcessMeter, WrittenMeter
from viva_grader.sandbox.port import Meter, Room, Unmeasured

_BYTES = 8192
_MOST = 2


def hand_over(room: Room, control: socket.socket) -> None:
    """Send a room over a Unix socket; this process keeps its meter, and what ends it.

    The channel is closed here: the other process holds it now, and its end ends the room.
    """
    meter = room.meter
    told: dict[str, Any] = {"meter": "none"}
    handles = [room.channel.fileno()]
    if isinstance(meter, ProcessMeter):
        group = meter.group
        told = {"meter": "process", "group": None if group is None else group.describe()}
        handles.append(meter.handle)
    elif isinstance(meter, WrittenMeter):
        told = {"meter": "written"}
        handles.append(meter.file)
    socket.send_fds(control, [json.dumps(told).encode()], handles)
    room.channel.close()


def take_over(control: socket.socket) -> Room | None:
    """Take the room that :func:`hand_over` sent as one message; None if the other end is gone."""
    data, handles, _, _ = socket.recv_fds(control, _BYTES, _MOST)
    if not data or not handles:
        return None
    told = json.loads(data)
    channel = socket.socket(fileno=handles[0])
    rest = handles[1:]

    def ended() -> None:
        for handle in rest:
            os.close(handle)

    return Room(channel, _meter(told, rest), ended)


def _meter(told: dict[str, Any], handles: list[int]) -> Meter:
    if told["meter"] == "process":
        words = told["group"]
        return ProcessMeter(handles[0], None if words is None else RoomGroup.described(words))
    return WrittenMeter(handles[0]) if told["meter"] == "written" else Unmeasured()
