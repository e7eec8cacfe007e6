"""The runtime of Slipway's workers. Standard library only; an operation imports what it needs when it is called."""
from .errors import BadInput, ModelUnusable, ModuleMissing, OperationError
from .registry import operation
from .tensors import Tensor

__all__ = ["BadInput", "ModelUnusable", "ModuleMissing", "OperationError", "Tensor", "operation"]
