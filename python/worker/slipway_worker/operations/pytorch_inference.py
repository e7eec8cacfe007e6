"""Inference with a local model. No code of a model's folder is ever run, and nothing is downloaded.

Arguments: model_path, kind (torchscript, transformers), prompt, system_prompt, max_tokens, temperature, seed, device, stream,
sample_rate (of the tensor `audio`), inference_settings (the same, where they are not given). Tensors are the model's inputs.
Gives response (text, or null), seed_used, device, model_ref, and the tensors that the model gave.
"""
import os

from .. import arguments
from ..errors import BadInput
from ..registry import operation

KINDS = ("torchscript", "transformers")
NAMES = ("model_path", "kind", "prompt", "system_prompt", "max_tokens", "temperature", "seed", "device", "stream", "sample_rate")
_LOADED = {}


@operation("pytorch_inference")
def pytorch_inference(call):
    values = arguments.settings(call.args, *NAMES)
    path, kind = arguments.model_path(values), arguments.read(values, "kind", "text", _guess(values))
    if kind not in KINDS:
        raise BadInput("kind is %s, and must be one of %s" % (kind, ", ".join(KINDS)))
    arguments.read(values, "prompt", "text")
    arguments.read(values, "system_prompt", "text")
    arguments.between("max_tokens", arguments.read(values, "max_tokens", "whole"), 1, 1_000_000)
    arguments.between("temperature", arguments.read(values, "temperature", "number"), 0, 100)
    if values.get("prompt") is None and not call.tensors:
        raise BadInput("prompt is missing, and there is no tensor either")
    import torch

    device, seed = arguments.device(values), arguments.seed(values)
    torch.manual_seed(seed)
    model = _load(path, kind, device)
    call.check()
    with torch.no_grad():
        response, tensors = model.run(call, values)
    return {"response": response, "seed_used": seed, "device": device, "model_ref": {"path": path, "kind": kind, "device": device}}, tensors


def _guess(values):
    path = values.get("model_path")
    return "transformers" if isinstance(path, str) and os.path.exists(os.path.join(path, "config.json")) else "torchscript"


def _load(path, kind, device):
    """The model, loaded once; again when its file is another one."""
    status = os.stat(path)
    key, stamp = (path, kind, device), (status.st_mtime_ns, status.st_size, status.st_ino)
    if key not in _LOADED or _LOADED[key][0] != stamp:
        # One at a time: the old one's memory is given back first.
        _LOADED.clear()
        _LOADED[key] = (stamp, _open(path, kind, device))
    return _LOADED[key][1]


def _open(path, kind, device):
    if kind == "torchscript":
        from .torchscript_model import TorchScriptModel

        return TorchScriptModel(path, device)
    from .transformers_model import TransformersModel

    return TransformersModel(path, device)
