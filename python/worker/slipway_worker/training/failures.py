"""What goes wrong in training, beside what goes wrong everywhere."""
from ..errors import OperationError


class NotFinite(OperationError):
    """A loss or a gradient is no number; the accumulated gradients are as before the call."""

    code = "not_finite"


class OutOfMemory(OperationError):
    """The memory did not suffice; the accumulated gradients are as before the call."""

    code = "out_of_memory"


class OutOfOrder(OperationError):
    """A call's number is not the next one."""

    code = "out_of_order"


class CheckpointDamaged(OperationError):
    """A file of a checkpoint is not as it was written."""

    code = "checkpoint_damaged"


class CheckpointMismatch(OperationError):
    """A checkpoint is of another model."""

    code = "checkpoint_mismatch"


def is_out_of_memory(error):
    """Whether an exception says that memory ran out, on a GPU or here (where torch has no type for it)."""
    words = str(error)
    return (isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError"
            or isinstance(error, RuntimeError) and ("out of memory" in words or "can't allocate memory" in words))
