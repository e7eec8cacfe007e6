"""The bases that are loaded: each once, for all models and samplers that stand on it."""
import os

from .. import arguments
from ..errors import BadInput

BUILT_IN = ("tiny-byte", "tiny-byte-teacher")
_LOADED = {}
_TOKENIZERS = {}


def place(args):
    """The name and the folder (None for a built-in one) of a base."""
    name = arguments.read(args, "base_model", "text", required=True)
    path = arguments.read(args, "base_path", "text")
    if name in BUILT_IN:
        if path is not None:
            raise BadInput("base_path is given, and %s is built in" % name)
        return name, None
    if path is None:
        raise BadInput("base_model is %s, which is not built in (%s are), and base_path is missing" % (name, ", ".join(BUILT_IN)))
    if not os.path.isabs(path):
        raise BadInput("base_path is %s, which is not absolute" % path)
    return name, os.path.realpath(path)


def load(args):
    """The base that arguments name, on the device that they name."""
    name, path = place(args)
    device = arguments.device(args)
    key = (name, path, device)
    if key not in _LOADED:
        from .adapters import Sites

        base = _open(name, path, device, arguments.read(args, "cache_directory", "text"))
        base.sites = Sites(base)
        _LOADED[key] = base
    return _LOADED[key]


def _open(name, path, device, cache):
    if path is None:
        from .tiny_base import TinyBase

        if cache is not None and not os.path.isabs(cache):
            raise BadInput("cache_directory is %s, which is not absolute" % cache)
        return TinyBase(name, cache, device)
    from .hf_base import HuggingFaceBase

    return HuggingFaceBase(name, path, device)


def keep_only(used):
    """Forgets the bases that nothing stands on."""
    for key in [key for key, base in _LOADED.items() if not any(base is other for other in used)]:
        del _LOADED[key]


def tokenizer(args):
    """The tokenizer of a base, for which its weights are not needed."""
    _, path = place(args)
    if path not in _TOKENIZERS:
        if path is None:
            from .byte_tokenizer import ByteTokenizer

            _TOKENIZERS[path] = ByteTokenizer()
        else:
            from .hf_tokenizer import HuggingFaceTokenizer

            _TOKENIZERS[path] = HuggingFaceTokenizer(path)
    return _TOKENIZERS[path]
