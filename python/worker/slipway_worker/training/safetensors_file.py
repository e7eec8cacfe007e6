"""Files of tensors in the safetensors format: u64 header length, a JSON header, raw little-endian bytes. Nothing in them can run."""
import json
import os
import struct

import torch

from ..tensors import Tensor

_NAMES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "I64": torch.int64,
          "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "U8": torch.uint8, "BOOL": torch.bool}
_TYPES = {kind: name for name, kind in _NAMES.items()}
_LENGTH = struct.Struct("<Q")
MOST_HEADER = 100 * 1024 * 1024


class NoSafetensors(Exception):
    """The file is not in the format."""


def write(path, tensors, metadata=None):
    """Writes tensors by name, one after the other, and has them on the disk."""
    header, offset = {}, 0
    if metadata:
        header["__metadata__"] = metadata
    for name, tensor in tensors.items():
        size = tensor.numel() * tensor.element_size()
        header[name] = {"dtype": _TYPES[tensor.dtype], "shape": list(tensor.shape), "data_offsets": [offset, offset + size]}
        offset += size
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(_LENGTH.pack(len(text)) + text)
        for name, tensor in tensors.items():
            # Kept until it is written: of a tensor on a GPU, or one that is not contiguous, this is a copy that the bytes do not hold.
            held = Tensor.of(name, tensor)
            file.write(held.data)
        file.flush()
        os.fsync(file.fileno())


def read(path):
    """The tensors of a file by name, and its metadata."""
    with open(path, "rb") as file:
        content = bytearray(file.read())
    return parse(content)


def parse(content):
    """The tensors of a file's bytes (a bytearray, whose memory they share)."""
    header, start = _header(content)
    metadata, tensors = header.pop("__metadata__", {}), {}
    for name, entry in header.items():
        try:
            kind, shape, (begin, end) = _NAMES[entry["dtype"]], [int(size) for size in entry["shape"]], entry["data_offsets"]
            data = memoryview(content)[start + begin:start + end]
            if min(begin, end - begin, *shape, 0) < 0 or len(data) != end - begin:
                raise ValueError("its bytes are not in the file")
            flat = torch.frombuffer(data, dtype=kind) if len(data) else torch.empty(0, dtype=kind)
            tensors[name] = flat.reshape(shape)
        except (KeyError, ValueError, TypeError, RuntimeError) as error:
            raise NoSafetensors("tensor %s: %s" % (name, error)) from error
    return tensors, metadata


def _header(content):
    if len(content) < _LENGTH.size:
        raise NoSafetensors("it has %d bytes" % len(content))
    length = _LENGTH.unpack_from(content)[0]
    if length > min(MOST_HEADER, len(content) - _LENGTH.size):
        raise NoSafetensors("its header reaches beyond its end")
    try:
        header = json.loads(bytes(content[_LENGTH.size:_LENGTH.size + length]))
    except ValueError as error:
        raise NoSafetensors("its header is no JSON") from error
    if type(header) is not dict or type(header.get("__metadata__", {})) is not dict:
        raise NoSafetensors("its header is no object")
    return header, _LENGTH.size + length
