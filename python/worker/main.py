"""Starts a worker: `python -I -X utf8 main.py`. Standard input and output carry frames, and standard error is for people.

What user code prints must never come among the frames, so both descriptors are moved away before anything else happens:
standard input is empty from then on, and standard output is standard error.
"""
import os
import sys


def take_channel():
    """Moves the frames to descriptors that nothing inherits."""
    incoming, outgoing = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    return incoming, outgoing


if __name__ == "__main__":
    channel = take_channel()
    sys.stdout.reconfigure(line_buffering=True)
    # Behind everything else: nothing of ours may hide a module of the environment.
    sys.path.append(os.path.dirname(os.path.abspath(__file__)))
    from slipway_worker.runtime import serve

    serve(*channel)
