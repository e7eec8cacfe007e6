"""A process of one thread that has sympy, and forks itself for each task: `python -I -X utf8 forkserver.py`, a JSON object a line in and out.

A power like 9^(9^9) is computed in C, where no signal handler and no thread of Python comes in between. So each task runs in a child with its own
limits of time and memory, which is killed when its time is over. The worker itself has threads, and a fork of such a process may wait for ever for a
lock that nobody holds any more: that is why it is not the one that forks. The end of the input is the end, so a worker that is killed leaves nothing.
"""
import json
import os
import resource
import select
import signal
import sys
import time

MOST_SECONDS = 1.0
MOST_BYTES = 1024 * 1024 * 1024
MOST_ANSWER = 64 * 1024


def child(request, outgoing):
    """Does one task and writes how it went; nothing that fails here reaches anybody but the one who asked."""
    from slipway_worker.mathematics.expressions import NotMathematics
    from slipway_worker.mathematics.tasks import TASKS

    # A parent that was killed kills no child: this limit does.
    for kind, most in ((resource.RLIMIT_CPU, 2), (resource.RLIMIT_AS, MOST_BYTES), (resource.RLIMIT_CORE, 0)):
        try:
            resource.setrlimit(kind, (most, most))
        except (OSError, ValueError):
            # There is a lower one already; or, on macOS, none of memory.
            pass
    try:
        answer = {"ok": TASKS[request["task"]](*request["arguments"])}
    except NotMathematics as error:
        answer = {"error": "this is no expression that is known here: %s" % error}
    except MemoryError:
        answer = {"error": "it needs more memory than one answer may take"}
    except RecursionError:
        answer = {"error": "it is nested too deeply"}
    except Exception as error:
        answer = {"error": "%s: %s" % (type(error).__name__, str(error)[:500])}
    with open(outgoing, "wb", closefd=False) as file:
        file.write(json.dumps(answer).encode()[:MOST_ANSWER])


def wait(incoming, end):
    """All that a child writes until it ends, or None when its time is over."""
    parts = []
    while True:
        left = end - time.monotonic()
        if left <= 0 or not select.select([incoming], [], [], left)[0]:
            return None
        part = os.read(incoming, MOST_ANSWER)
        if not part:
            return b"".join(parts)
        parts.append(part)


def run(request):
    """Runs a task in a child."""
    end = time.monotonic() + MOST_SECONDS
    incoming, outgoing = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            os.close(0)
            child(request, outgoing)
        finally:
            os._exit(0)
    os.close(outgoing)
    try:
        text = wait(incoming, end)
    finally:
        os.close(incoming)
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    if text is None:
        return {"error": "it takes longer than %g s" % MOST_SECONDS, "is_late": True}
    try:
        return json.loads(text)
    except ValueError:
        return {"error": "it took all the time or memory that one answer may take"}


def main():
    try:
        import sympy

        version = sympy.__version__
    except ImportError:
        version = None
    print(json.dumps({"sympy": version}), flush=True)
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), flush=True)


if __name__ == "__main__":
    sys.path.append(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    main()
