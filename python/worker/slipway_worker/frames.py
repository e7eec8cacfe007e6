"""Frames: u32 header length, u64 payload length (little-endian), a JSON header, raw bytes. The twin of Slipway.Workers/Frames.

A header is {"v": 1, "id": N, KIND: ..., "tensors": [{"name", "dtype", "shape", "offset"}]}, where KIND is one of `op` (a name, with
`args`), `ok` (an object), `error` (an object) and `event` (a name, with `data`).
"""
import io
import json
import os
import struct
import sys
import threading

from .tensors import SIZES, Tensor, count

VERSION = 1
MOST_HEADER = 16 * 1024 * 1024
MOST_PAYLOAD = 1024 * 1024 * 1024
MOST_DIMENSIONS = 32
ALIGNMENT = 8
SMALL = 64 * 1024
MOST_PARTS = 512
HAS_LOCK = sys.implementation.name == "cpython" and getattr(sys, "_is_gil_enabled", lambda: True)()
MOST_SPARE = 16 * 1024 * 1024
PREFIX = struct.Struct("<IQ")
KINDS = ("op", "ok", "error", "event")
BODIES = {"op": "args", "event": "data"}


class BrokenFrame(Exception):
    """What was read is no frame."""


class Frame:
    """One frame: `kind` is one of KINDS, `name` that of an operation or event, `body` an object."""

    __slots__ = ("id", "kind", "name", "body", "tensors")

    def __init__(self, id, kind, name, body, tensors=()):
        self.id, self.kind, self.name, self.body, self.tensors = id, kind, name, body, tuple(tensors)


def encode(frame):
    """The parts of a frame, in order, as bytes-like objects."""
    header = {"v": VERSION, "id": frame.id}
    if frame.kind in BODIES:
        header[frame.kind] = frame.name
        header[BODIES[frame.kind]] = frame.body
    else:
        header[frame.kind] = frame.body
    parts, offset = [], 0
    if frame.tensors:
        header["tensors"] = entries = []
        for tensor in frame.tensors:
            gap = -offset % ALIGNMENT
            if gap:
                parts.append(bytes(gap))
                offset += gap
            entries.append({"name": tensor.name, "dtype": tensor.dtype, "shape": list(tensor.shape), "offset": offset})
            parts.append(tensor.data)
            offset += tensor.data.nbytes
    # A lone surrogate, as file names have that are no text, has no UTF-8.
    text = json.dumps(header, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode("utf-8", "replace")
    if len(text) > MOST_HEADER:
        raise ValueError("the header would have %d bytes" % len(text))
    return [PREFIX.pack(len(text), offset) + text] + parts


def decode(header, payload):
    """A frame from its header's bytes and its payload (a memoryview)."""
    try:
        fields = json.loads(header.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BrokenFrame("the header is no JSON") from error
    if type(fields) is not dict or fields.get("v") != VERSION or type(fields.get("v")) is not int:
        raise BrokenFrame("the header is of no version that is known here")
    kinds = [kind for kind in KINDS if kind in fields]
    if type(fields.get("id")) is not int or fields["id"] < 0 or fields["id"] >= 2 ** 63 or len(kinds) != 1:
        raise BrokenFrame("the header has no number or not one kind")
    kind = kinds[0]
    name, body = (fields[kind], fields.get(BODIES[kind], {})) if kind in BODIES else ("", fields[kind])
    if type(name) is not str or type(body) is not dict:
        raise BrokenFrame("the header's %s has another form" % kind)
    entries = fields.get("tensors", [])
    if type(entries) is not list:
        raise BrokenFrame("the tensors are no list")
    tensors = [_tensor(entry, payload) for entry in entries]
    if len({tensor.name for tensor in tensors}) != len(tensors):
        raise BrokenFrame("two tensors have one name")
    return Frame(fields["id"], kind, name, body, tensors)


def _tensor(entry, payload):
    if type(entry) is not dict:
        raise BrokenFrame("a tensor is no object")
    name, dtype, shape, offset = (entry.get(key) for key in ("name", "dtype", "shape", "offset"))
    if type(name) is not str or type(dtype) is not str or dtype not in SIZES or type(shape) is not list or type(offset) is not int:
        raise BrokenFrame("a tensor has another form")
    if len(shape) > MOST_DIMENSIONS or any(type(size) is not int or size < 0 for size in shape):
        raise BrokenFrame("tensor %s has no shape" % name)
    end = offset + count(shape) * SIZES[dtype]
    if offset < 0 or end > payload.nbytes:
        raise BrokenFrame("tensor %s reaches out of the payload" % name)
    return Tensor(name, dtype, shape, payload[offset:end])


class Channel:
    """Both directions. Reading is one thread's; writing is anybody's."""

    def __init__(self, incoming, outgoing):
        self._in = io.BufferedReader(io.FileIO(incoming, "rb", closefd=False), SMALL)
        self._out = outgoing
        self._lock = threading.Lock()
        self._spare = None
        for descriptor in (incoming, outgoing):
            _widen(descriptor)

    def read(self, most_payload=MOST_PAYLOAD):
        """The next frame; None at the end."""
        prefix = self._in.read(PREFIX.size)
        if not prefix:
            return None
        if len(prefix) < PREFIX.size:
            raise BrokenFrame("the input ends within a frame")
        header_size, payload_size = PREFIX.unpack(prefix)
        if header_size > MOST_HEADER or payload_size > most_payload:
            raise BrokenFrame("a frame of %d + %d bytes is too large" % (header_size, payload_size))
        header = self._in.read(header_size)
        payload = self._memory(payload_size)
        if len(header) < header_size or (payload_size and self._in.readinto(payload) < payload_size):
            raise BrokenFrame("the input ends within a frame")
        return decode(header, memoryview(payload))

    def _memory(self, size):
        """Memory for a payload: that of an earlier one, where nothing refers to it any more (which only an interpreter with a lock can tell)."""
        if SMALL < size <= MOST_SPARE and HAS_LOCK:
            if self._spare is None or len(self._spare) != size or sys.getrefcount(self._spare) != 2:
                self._spare = bytearray(size)
            return self._spare
        return bytearray(size)

    def write(self, frame):
        """Writes a frame whole."""
        parts = encode(frame)
        if sum(len(part) for part in parts) <= SMALL:
            parts = [b"".join(parts)]
        with self._lock:
            _write_all(self._out, [memoryview(part) for part in parts if len(part)])


def _write_all(descriptor, parts):
    while parts:
        count = os.writev(descriptor, parts[:MOST_PARTS])
        while parts and count >= parts[0].nbytes:
            count -= parts.pop(0).nbytes
        if parts:
            parts[0] = parts[0][count:]


def _widen(descriptor):
    """A pipe four times as wide takes a tensor in fewer turns, and still lies in the processor's cache; where there is none, or no more room for the user, it stays as it is."""
    try:
        import fcntl

        fcntl.fcntl(descriptor, 1031, 256 * 1024)
    except (ImportError, OSError):
        pass
