"""Calls functions of users' own Python files: a file is imported by its path, once, and told by its name and line when it fails."""
import asyncio
import importlib.util
import inspect
import json
import math
import os
import sys
import traceback

from slipway_worker import BadInput, operation

_FILES, _ROWS = {}, {}
_PAGE_BYTES = 8 * 1024 * 1024


class Told(Exception):
    """What is told of the user's code: a kind, a sentence, and a line where one is known."""

    def __init__(self, kind, message, line=0, trace=None):
        super().__init__(message)
        self.body = {"kind": kind, "message": message, "line": line, "traceback": trace}


def _failure(path, error):
    """What an exception of the user's code says, with the last line of the file that it came through."""
    line = error.lineno or 0 if isinstance(error, SyntaxError) and error.filename == path else 0
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename == path:
            line = frame.lineno
    trace = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return Told("failed", "%s: %s" % (type(error).__name__, error), line, trace[-4096:])


def _guard(path, action):
    try:
        return action()
    except Told:
        raise
    except (Exception, SystemExit) as error:
        raise _failure(path, error) from error


def _function(path, name):
    if path not in _FILES:
        spec = importlib.util.spec_from_file_location("slipway_user_%d" % len(_FILES), path)
        module = importlib.util.module_from_spec(spec)
        # What lies beside the file can be imported, as when it is run.
        if os.path.dirname(path) not in sys.path:
            sys.path.insert(0, os.path.dirname(path))
        sys.modules[spec.name] = module
        _guard(path, lambda: spec.loader.exec_module(module))
        _FILES[path] = module
    function = getattr(_FILES[path], name, None)
    if not callable(function):
        raise Told("failed", "there is no function %s" % name)
    return function


def _call(path, function, *args):
    answer = _guard(path, lambda: function(*args))
    return _guard(path, lambda: asyncio.run(answer)) if inspect.iscoroutine(answer) else answer


def _number(value, what):
    if hasattr(value, "item") and not isinstance(value, (int, float)):
        value = value.item()
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        raise Told("answer", "%s is %.80r, and must be a finite number" % (what, value))
    return float(value)


def _reward(answer):
    if not isinstance(answer, dict):
        return {"reward": _number(answer, "the reward"), "metrics": {}}
    if "reward" not in answer:
        raise Told("answer", "the answer has no reward; it must be a number or have one named reward")
    given = {name: value for name, value in answer.items() if name not in ("reward", "metrics")}
    given.update(answer.get("metrics") or {})
    return {"reward": _number(answer["reward"], "the reward"), "metrics": {str(name): _number(value, "metric %s" % name) for name, value in given.items()}}


def _environment(answer):
    if not isinstance(answer, dict) or not isinstance(answer.get("done"), bool):
        raise Told("answer", "the answer must be an object with reward, done (true or false) and messages")
    messages = answer.get("messages", [])
    if not isinstance(messages, list) or any(not isinstance(message, dict) or not isinstance(message.get("role"), str) for message in messages):
        raise Told("answer", "messages must be a list of objects with role and content")
    return {"reward": _number(answer.get("reward"), "the reward"), "done": answer["done"], "messages": messages}


_KINDS = {"reward": (_reward, ("row", "response")), "environment": (_environment, ("row", "messages"))}


def _json(value, what):
    try:
        return json.dumps(value, allow_nan=False, ensure_ascii=False).encode("utf-8", "surrogatepass").decode("utf-8", "replace").encode()
    except (TypeError, ValueError) as error:
        raise Told("answer", "%s cannot be written as JSON: %s" % (what, error)) from None


@operation("user_code_call")
def user_code_call(call):
    """Calls a function for each item, in order; the first that fails ends it."""
    path, name = call.args["path"], call.args["function"]
    if name not in _KINDS:
        raise BadInput("function is %s, and must be reward or environment" % name)
    read, fields = _KINDS[name]
    answers, number = [], None
    try:
        function = _function(path, name)
        for number, item in enumerate(json.loads(bytes(call.tensors["items"].data))):
            call.check()
            answers.append(_json(read(_call(path, function, *(item[field] for field in fields))), "the answer"))
    except Told as told:
        return {"error": dict(told.body, item=number)}
    return {}, {"answers": b"[" + b",".join(answers) + b"]"}


@operation("user_code_dataset")
def user_code_dataset(call):
    """A page of the rows that `dataset` gives; the first call begins anew."""
    path, split, rows, size = call.args["path"], call.args["split"], [], 0
    number = call.args["start"]
    try:
        if number == 0:
            function = _function(path, "dataset")
            answer = _call(path, function, split)
            _ROWS[path, split] = _guard(path, lambda: iter(answer))
        source, end = _ROWS[path, split], object()
        while size < _PAGE_BYTES:
            call.check()
            row = _guard(path, lambda: next(source, end))
            if row is end:
                del _ROWS[path, split]
                return {"done": True}, {"rows": b"\n".join(rows)}
            if not isinstance(row, dict):
                raise Told("answer", "the row is %.80r, and must be a dict" % (row,))
            rows.append(_json(row, "the row"))
            size += len(rows[-1])
            number += 1
    except Told as told:
        _ROWS.pop((path, split), None)
        return {"error": dict(told.body, item=number)}
    return {"done": False}, {"rows": b"\n".join(rows)}
