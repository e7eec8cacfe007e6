"""Reads what operations of training get; what is wrong is told with its name."""
import os

from .. import arguments
from ..errors import BadInput

_KINDS = {"i64": "whole numbers (i64)", "f32": "numbers (f32)"}


def allow(args, *names):
    """Refuses an argument of another name."""
    for name in args:
        if name not in names:
            raise BadInput("%s is not known here; there are %s" % (name, ", ".join(names) or "no arguments"))


def row(call, name, kind="i64", count=None):
    """A tensor as one row of numbers; `count` is how many there must be."""
    if name not in call.tensors:
        raise BadInput("tensor %s is missing" % name)
    tensor = call.tensors[name]
    if tensor.dtype != kind:
        raise BadInput("tensor %s has the type %s, and must have %s" % (name, tensor.dtype, _KINDS[kind]))
    value = tensor.torch().reshape(-1)
    if count is not None and value.numel() != count:
        raise BadInput("tensor %s has %d numbers, and must have %d" % (name, value.numel(), count))
    return value


def rows(call, name, lengths_name, vocab_size):
    """Rows of tokens [tensor, ...], which lie one behind the other in a tensor; none of them is empty."""
    lengths = row(call, lengths_name).tolist()
    if not lengths or min(lengths) < 1:
        raise BadInput("tensor %s is empty, or has a length below 1" % lengths_name)
    tokens = row(call, name, count=sum(lengths))
    within(name, tokens, vocab_size)
    return list(tokens.split(lengths))


def within(name, tokens, vocab_size):
    """Refuses a token that the model does not have."""
    if tokens.numel() and not 0 <= int(tokens.min()) <= int(tokens.max()) < vocab_size:
        raise BadInput("tensor %s has a token outside 0..%d" % (name, vocab_size - 1))


def whole_list(args, name, default=None):
    """A list of whole numbers."""
    value = args.get(name)
    if value is None:
        return default
    if type(value) is not list or any(type(item) is not int for item in value):
        raise BadInput("%s is no list of whole numbers" % name)
    return value


def text_list(args, name):
    """A list of texts, none of them empty."""
    value = args.get(name) or []
    if type(value) is not list or any(type(item) is not str or not item for item in value):
        raise BadInput("%s is no list of texts" % name)
    return value


def new_directory(args, name="path"):
    """The path of a directory that is yet to be made."""
    path = arguments.read(args, name, "text", required=True)
    if not os.path.isabs(path):
        raise BadInput("%s is %s, which is not absolute" % (name, path))
    if os.path.lexists(path):
        raise BadInput("%s names %s, which exists" % (name, path))
    return path


def directory(args, name="path"):
    """The path of a directory that is there; None where none is given."""
    path = arguments.read(args, name, "text")
    if path is not None and not (os.path.isabs(path) and os.path.isdir(path)):
        raise BadInput("%s is %s, which is no absolute path of a directory" % (name, path))
    return path


def numbers(call, name):
    """A tensor of whole numbers as a list, for which no torch is needed."""
    tensor = call.tensors.get(name)
    if tensor is None or tensor.dtype != "i64":
        raise BadInput("tensor %s is missing, or has another type than i64" % name)
    return memoryview(tensor.data).cast("q").tolist()
