"""The life of a worker. One thread reads frames and answers what must be answered at any time (hello, ping, cancel); the main thread runs
the operations, one after the other in the order of their arrival. The end of the input is the end of the worker."""
import os
import queue
import signal
import sys
import threading

from . import errors, frames, registry
from .tensors import Tensor

# How long a call has to end by itself once nobody waits for it any more.
LAST_WORDS = 2.0


class Call:
    """What an operation gets: its arguments and tensors, and the ways to speak to the caller meanwhile."""

    def __init__(self, channel, frame):
        self._channel, self._frame = channel, frame
        self._cancelled = threading.Event()
        self.args = frame.body
        self.tensors = {tensor.name: tensor for tensor in frame.tensors}

    @property
    def id(self):
        return self._frame.id

    @property
    def name(self):
        return self._frame.name

    @property
    def cancelled(self):
        """Whether the caller wants it to end."""
        return self._cancelled.is_set()

    def cancel(self):
        self._cancelled.set()

    def check(self):
        """Ends the operation when the caller wants that; long operations call it between their steps."""
        if self.cancelled:
            raise errors.Cancelled

    def event(self, name, data=None, tensors=None):
        """Tells the caller something on the way."""
        self._channel.write(frames.Frame(self.id, "event", name, data or {}, _tensors(tensors)))

    def file(self, name, content, values, tensors):
        """Gives the caller a file: in the scratch directory where there is one, as a path in `values`; else as bytes in `tensors`."""
        folder = self.args.get("scratch_directory")
        if folder is None:
            tensors[name.partition(".")[0]] = content
            return
        path = os.path.join(folder, "%d-%s" % (self.id, name))
        with open(path, "wb") as file:
            file.write(content)
        values[name.partition(".")[0] + "_path"] = path


def _tensors(values):
    return [Tensor.of(name, value) for name, value in (values or {}).items()]


class Worker:
    def __init__(self, channel):
        self._channel = channel
        self._queue = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._calls = {}

    def run(self):
        threading.Thread(target=self._read, name="frames", daemon=True).start()
        while True:
            call = self._queue.get()
            if call is None:
                return
            self._answer(call)
            # Its tensors' memory is free for the next one.
            del call

    def _answer(self, call):
        try:
            call.check()
            answer = registry.find(call.name)(call)
            values, tensors = answer if isinstance(answer, tuple) else (answer, None)
            frame = frames.Frame(call.id, "ok", "", values or {}, _tensors(tensors))
            self._forget(call)
            self._channel.write(frame)
        except BrokenPipeError:
            raise
        except (Exception, SystemExit, errors.Cancelled) as error:
            self._forget(call)
            self._channel.write(frames.Frame(call.id, "error", "", errors.describe(error)))

    def _forget(self, call):
        with self._lock:
            self._calls.pop(call.id, None)

    def _read(self):
        try:
            while True:
                frame = self._channel.read()
                if frame is None:
                    break
                if frame.kind != "op":
                    raise frames.BrokenFrame("only calls are expected here")
                self._take(frame)
                del frame
        except BaseException as error:
            print("worker: %s: %s" % (type(error).__name__, error), file=sys.stderr, flush=True)
        self._end()

    def _take(self, frame):
        if frame.name == "cancel":
            with self._lock:
                call = self._calls.get(frame.body.get("call"))
            if call is not None:
                call.cancel()
        elif frame.name == "ping":
            self._channel.write(frames.Frame(frame.id, "ok", "", {"busy": bool(self._calls), "memory_bytes": _memory()}))
        elif frame.name == "hello":
            self._hello(frame)
        else:
            call = Call(self._channel, frame)
            with self._lock:
                self._calls[call.id] = call
            self._queue.put(call)

    def _hello(self, frame):
        try:
            os.environ.update(frame.body.get("variables", {}))
            for module in frame.body.get("modules", []):
                registry.add_module(module["name"], module["source"])
            body = {"version": frames.VERSION, "pid": os.getpid(), "python": sys.version.split()[0], "executable": sys.executable, "operations": registry.names()}
            self._channel.write(frames.Frame(frame.id, "ok", "", body))
        except Exception as error:
            self._channel.write(frames.Frame(frame.id, "error", "", errors.describe(error)))

    def _end(self):
        """Nobody is there any more: what runs is asked to end, and is ended when it does not."""
        with self._lock:
            calls = list(self._calls.values())
        for call in calls:
            call.cancel()
        self._queue.put(None)
        threading.Timer(LAST_WORDS if calls else LAST_WORDS / 2, _kill).start()


def _memory():
    """The bytes of this process that lie in memory now; null where that cannot be read."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def _kill():
    sys.stderr.flush()
    if os.getpgrp() == os.getpid():
        os.killpg(0, signal.SIGKILL)
    os._exit(1)


def serve(incoming, outgoing):
    """Serves until the input ends; does not return."""
    code = 0
    try:
        Worker(frames.Channel(incoming, outgoing)).run()
    except BrokenPipeError:
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads that a library left behind must not keep the process.
    os._exit(code)
