"""Tensors as they travel: a name, a type, a shape and raw little-endian bytes in C order. Nothing is copied where that can be avoided."""
from .errors import BadInput

SIZES = {"f16": 2, "bf16": 2, "f32": 4, "f64": 8, "i8": 1, "u8": 1, "i16": 2, "i32": 4, "i64": 8, "bool": 1}
TORCH = {"f16": "float16", "bf16": "bfloat16", "f32": "float32", "f64": "float64", "i8": "int8", "u8": "uint8", "i16": "int16", "i32": "int32", "i64": "int64", "bool": "bool"}
READ_ONLY = 0x100
NUMPY = {name: kind for name, kind in TORCH.items() if name != "bf16"}


class Tensor:
    """One tensor. `data` is a memoryview of bytes, and `owner` whatever keeps its memory alive."""

    __slots__ = ("name", "dtype", "shape", "data", "owner")

    def __init__(self, name, dtype, shape, data, owner=None):
        self.name, self.dtype, self.shape, self.data, self.owner = name, dtype, tuple(shape), memoryview(data).cast("B"), owner
        if dtype not in SIZES:
            raise ValueError("no tensor type is named %r" % (dtype,))
        if count(self.shape) * SIZES[dtype] != self.data.nbytes:
            raise ValueError("tensor %s has %d bytes, not the %d of its shape" % (name, self.data.nbytes, count(self.shape) * SIZES[dtype]))

    def torch(self):
        """A torch tensor over the same memory."""
        import torch

        kind = getattr(torch, TORCH[self.dtype])
        if self.data.nbytes == 0:
            return torch.empty(self.shape, dtype=kind)
        return torch.frombuffer(self.data, dtype=kind).reshape(self.shape)

    def numpy(self):
        """A numpy array over the same memory; numpy has no bf16."""
        import numpy

        if self.dtype not in NUMPY:
            raise BadInput("numpy has no type for the %s of tensor %s" % (self.dtype, self.name))
        return numpy.frombuffer(self.data, dtype=NUMPY[self.dtype]).reshape(self.shape)

    @staticmethod
    def of(name, value):
        """A tensor of whatever holds numbers: a Tensor, bytes, a torch tensor, a numpy array."""
        if isinstance(value, Tensor):
            return value if value.name == name else Tensor(name, value.dtype, value.shape, value.data, value.owner)
        if isinstance(value, (bytes, bytearray, memoryview)):
            return Tensor(name, "u8", (memoryview(value).nbytes,), value)
        if type(value).__module__.partition(".")[0] == "numpy":
            return _of_numpy(name, value)
        if hasattr(value, "detach"):
            return _of_torch(name, value)
        raise TypeError("%s is a %s, which is no tensor" % (name, type(value).__name__))


def count(shape):
    total = 1
    for size in shape:
        total *= size
    return total


def _short(names, kind, name):
    for short, long in names.items():
        if long == kind:
            return short
    raise TypeError("tensor %s has the type %s, which does not travel" % (name, kind))


def _of_numpy(name, value):
    import numpy

    dtype = _short(NUMPY, value.dtype.name, name)
    array = numpy.ascontiguousarray(value, dtype=value.dtype.newbyteorder("<"))
    return Tensor(name, dtype, value.shape, array.reshape(-1).view(numpy.uint8).data)


def _of_torch(name, value):
    import ctypes

    dtype = _short(TORCH, str(value.dtype).partition(".")[2], name)
    value = value.detach().cpu().contiguous()
    size = value.numel() * SIZES[dtype]
    if size == 0:
        return Tensor(name, dtype, value.shape, b"")
    # numpy is not needed for that, and it has no bf16.
    view = ctypes.pythonapi.PyMemoryView_FromMemory
    view.restype, view.argtypes = ctypes.py_object, (ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_int)
    return Tensor(name, dtype, value.shape, view(value.data_ptr(), size, READ_ONLY), value)
