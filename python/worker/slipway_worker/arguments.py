"""Reads the arguments of operations; what is wrong is told with the argument's name."""
import math
import os
import random

from .errors import BadInput

_KINDS = {"text": str, "flag": bool, "object": dict}


def read(args, name, kind, default=None, required=False):
    """An argument of a kind: text, flag, object, number, whole. An absent or null one is the default."""
    value = args.get(name)
    if value is None:
        if required:
            raise BadInput("%s is missing" % name)
        return default
    if kind in _KINDS:
        if type(value) is not _KINDS[kind]:
            raise BadInput("%s is no %s" % (name, kind))
        return value
    if type(value) is bool or not isinstance(value, (int, float)) or not math.isfinite(value):
        raise BadInput("%s is no number" % name)
    if kind == "whole":
        if value != int(value):
            raise BadInput("%s is no whole number" % name)
        return int(value)
    return float(value)


def between(name, value, low, high):
    """The value, which must lie between two bounds; None passes."""
    if value is not None and not low <= value <= high:
        raise BadInput("%s is %s, and must lie between %s and %s" % (name, value, low, high))
    return value


def model_path(args):
    """The path of a model, which is there."""
    path = read(args, "model_path", "text", required=True)
    if not os.path.isabs(path):
        raise BadInput("model_path is %s, which is not absolute" % path)
    if not os.path.exists(path):
        raise BadInput("model_path names %s, and there is nothing" % path)
    return path


def settings(args, *names):
    """The arguments, with `inference_settings` for those that are absent."""
    merged = dict(read(args, "inference_settings", "object", {}))
    merged.update({name: value for name, value in args.items() if value is not None})
    unknown = sorted(set(merged) - set(names) - {"inference_settings", "scratch_directory"})
    if unknown:
        raise BadInput("%s is not known here; there are %s" % (unknown[0], ", ".join(sorted(names))))
    return merged


def seed(args):
    """The seed that was given, else a new one: what was used is always told."""
    given = read(args, "seed", "whole")
    return random.SystemRandom().randrange(2 ** 31) if given is None or given < 0 else between("seed", given, 0, 2 ** 63 - 1)


def device(args):
    """A torch device: cpu, cuda, cuda:N, or auto, which is cuda where there is one."""
    import torch

    name = read(args, "device", "text", "auto")
    if name == "auto":
        return "cuda" if torch.cuda.is_available() else "cpu"
    kind, _, index = name.partition(":")
    if kind not in ("cpu", "cuda") or (index and not (kind == "cuda" and index.isascii() and index.isdigit())):
        raise BadInput("device is %s, and must be auto, cpu, cuda or cuda:N" % name)
    if kind == "cuda" and not torch.cuda.is_available():
        raise BadInput("device is %s, and torch %s sees no GPU here" % (name, torch.__version__))
    if index and int(index) >= torch.cuda.device_count():
        raise BadInput("device is %s, and there are %d GPUs" % (name, torch.cuda.device_count()))
    return name
