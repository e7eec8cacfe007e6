"""What goes wrong in an operation, as the caller is told: a code, one sentence, and the end of the traceback."""
import traceback

MOST_TRACEBACK = 4096


class OperationError(Exception):
    """An expected failure of an operation."""

    code = "failed"


class BadInput(OperationError):
    """An argument or a tensor is not what the operation takes."""

    code = "bad_input"


class ModelUnusable(OperationError):
    """A model's files are not there, or cannot be read."""

    code = "model_unusable"


class ModuleMissing(OperationError):
    """The environment lacks a module."""

    code = "module_missing"

    def __init__(self, module):
        super().__init__("the environment has no module %s" % module)
        self.module = module


class UnknownOperation(OperationError):
    """Nobody registered an operation of that name."""

    code = "unknown_operation"


class Cancelled(BaseException):
    """The caller wants the call to end; no `except Exception` of user code keeps it."""


def describe(error):
    """The body of an error frame."""
    if isinstance(error, Cancelled):
        return {"code": "cancelled", "message": "The call was cancelled."}
    body = {"code": "failed", "message": "%s: %s" % (type(error).__name__, error)}
    if isinstance(error, OperationError):
        body = {"code": error.code, "message": str(error)}
        if isinstance(error, ModuleMissing):
            body["module"] = error.module
    elif isinstance(error, ModuleNotFoundError) and error.name:
        body = {"code": "module_missing", "message": "the environment has no module %s" % error.name, "module": error.name}
    elif isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        body["code"] = "out_of_memory"
    if body["code"] not in ("bad_input", "unknown_operation"):
        text = "".join(traceback.format_exception(type(error), error, error.__traceback__))
        body["traceback"] = text[-MOST_TRACEBACK:]
    return body
