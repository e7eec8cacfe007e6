"""Which operations there are. A module is imported when the first of its operations is called."""
import importlib
import sys
import types

from .errors import UnknownOperation

_MODULES = {
    "describe": "basics",
    "echo": "basics",
    "pytorch_inference": "pytorch_inference",
    "audio_generation": "audio_generation",
    **{"training_" + name: "training" for name in (
        "describe", "create_model", "forward", "forward_backward", "optim_step", "save", "load", "snapshot", "load_sampler",
        "drop", "sample", "export", "tokenizer", "encode", "decode", "stats")},
    "verify_math_answer": "math_tools",
    "batch_verify": "math_tools",
    "grade_answer": "math_tools",
    "batch_grade": "math_tools",
    "simplify_expression": "math_tools",
    "solve_equation": "math_tools",
    "latex_to_text": "math_tools",
}
_FOUND = {}


def operation(name):
    """Makes a function an operation: it gets a Call and gives an object, or an object and tensors by name."""

    def register(function):
        _FOUND[name] = function
        return function

    return register


def names():
    """All operations, sorted."""
    return sorted({"ping", *_MODULES, *_FOUND})


def find(name):
    """The function of an operation."""
    if name not in _FOUND and name in _MODULES:
        importlib.import_module("slipway_worker.operations." + _MODULES[name])
    if name not in _FOUND:
        raise UnknownOperation("there is no operation %s; there are %s" % (name, ", ".join(names())))
    return _FOUND[name]


def add_module(name, source):
    """Runs the text of a module of the caller's, which registers operations."""
    module = types.ModuleType(name)
    module.__file__ = "<%s>" % name
    sys.modules[name] = module
    exec(compile(source, module.__file__, "exec"), module.__dict__)
