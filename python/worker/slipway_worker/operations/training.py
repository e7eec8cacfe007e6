"""Training of low-rank adapters and sampling from them, here, on a CPU or a GPU. src/Slipway.Workers/TRAINING.md has the arguments."""
import functools
import platform
import sys

from ..errors import BadInput
from ..registry import operation

_COUNTS = {}


def _counted(name):
    """An operation whose calls that went well are counted."""

    def register(function):
        @operation(name)
        @functools.wraps(function)
        def run(call):
            answer = function(call)
            _COUNTS[name] = _COUNTS.get(name, 0) + 1
            return answer

        return run

    return register


def _service():
    from ..training import service

    return service


@_counted("training_describe")
def training_describe(call):
    import torch

    from ..training import bases

    cuda = torch.cuda.is_available()
    return {
        "python": platform.python_version(), "torch": str(torch.__version__), "device": "cuda" if cuda else "cpu",
        "cuda": torch.cuda.get_device_name(0) if cuda else None, "threads": torch.get_num_threads(),
        "transformers": _version("transformers"), "peft": _version("peft"), "models": list(bases.BUILT_IN),
    }


def _version(package):
    import importlib.metadata

    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


@_counted("training_create_model")
def training_create_model(call):
    return _service().create_model(call)


def _of_model(name, action):
    """An operation on a model, in the order of its numbers."""

    @_counted(name)
    def run(call):
        model = _service().model(call)
        return model.in_order(call, action)


_of_model("training_forward", lambda call, model: model.forward(call))
_of_model("training_forward_backward", lambda call, model: model.forward_backward(call))
_of_model("training_optim_step", lambda call, model: model.optim_step(call))
_of_model("training_save", lambda call, model: _service().save_model(call, model))
_of_model("training_load", lambda call, model: _service().load_model(call, model))
_of_model("training_snapshot", lambda call, model: _service().snapshot(call, model))


@_counted("training_load_sampler")
def training_load_sampler(call):
    return _service().load_sampler(call)


@_counted("training_drop")
def training_drop(call):
    return _service().drop(call)


@_counted("training_sample")
def training_sample(call):
    from ..training.sampling import sample

    return sample(call, _service().sampler(call))


@_counted("training_export")
def training_export(call):
    from ..training.export import export

    return export(call, _service().sampler(call))


def _tokenizer(call, *names):
    from ..training import bases, inputs

    inputs.allow(call.args, "base_model", "base_path", *names)
    return bases.tokenizer(call.args)


@_counted("training_tokenizer")
def training_tokenizer(call):
    tokenizer = _tokenizer(call)
    return {name: getattr(tokenizer, name) for name in ("kind", "vocab_size", "specials", "bos", "eos", "sha256")}


@_counted("training_encode")
def training_encode(call):
    import array

    tokenizer, texts = _tokenizer(call, "chunks"), call.args.get("chunks")
    if type(texts) is not list or any(type(chunks) is not list for chunks in texts):
        raise BadInput("chunks is no list of lists")
    rows = [[token for chunk in chunks for token in _chunk(tokenizer, chunk)] for chunks in texts]
    return {}, {"tokens": _whole(array.array("q", [token for row in rows for token in row])), "lengths": _whole(array.array("q", map(len, rows)))}


def _chunk(tokenizer, chunk):
    if type(chunk) is str:
        return tokenizer.encode(chunk)
    if type(chunk) is dict and list(chunk) == ["special"] and type(chunk["special"]) is str:
        return [tokenizer.special(chunk["special"])]
    raise BadInput("chunks has something that is neither a text nor an object with a text named special")


def _whole(numbers):
    from ..tensors import Tensor

    return Tensor("", "i64", (len(numbers),), numbers.tobytes())


@_counted("training_decode")
def training_decode(call):
    from ..training import inputs

    tokenizer = _tokenizer(call)
    lengths = inputs.numbers(call, "lengths")
    tokens = inputs.numbers(call, "tokens")
    if any(length < 0 for length in lengths) or sum(lengths) != len(tokens) or any(token < 0 for token in tokens):
        raise BadInput("tensor lengths does not add up to tensor tokens, or one of them has a number below 0")
    texts, start = [], 0
    for length in lengths:
        texts.append(tokenizer.decode(tokens[start:start + length]))
        start += length
    return {"texts": texts}


@_counted("training_stats")
def training_stats(call):
    memory = {"rss_peak_bytes": _peak(), "gpu_peak_bytes": None}
    torch = sys.modules.get("torch")
    if torch is not None and torch.cuda.is_available():
        memory["gpu_peak_bytes"] = torch.cuda.max_memory_allocated()
    service = sys.modules.get("slipway_worker.training.service")
    return {
        "memory": memory, "operations": dict(_COUNTS),
        "models": sorted(service.MODELS) if service else [], "samplers": sorted(service.SAMPLERS) if service else [],
    }


def _peak():
    import resource

    # The system counts in KiB on Linux, and in bytes on macOS.
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
