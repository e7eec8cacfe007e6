"""Exports: a folder that PEFT loads, or the whole weights with the adapter in them."""
import glob
import json
import os
import shutil

import torch

from .. import arguments
from ..errors import BadInput
from . import inputs, safetensors_file
from .checkpoint import make_directory, write_adapter, write_json

_COMPANIONS = ("generation_config.json", "tokenizer*", "special_tokens_map.json", "added_tokens.json", "vocab*", "merges.txt", "*.model", "chat_template*")


@torch.no_grad()
def export(call, sampler):
    """The answer of training_export."""
    inputs.allow(call.args, "sampler_id", "path", "merge", "extra")
    path, merge = inputs.new_directory(call.args), arguments.read(call.args, "merge", "flag", required=True)
    base, adapter, extra = sampler.base, sampler.adapter, arguments.read(call.args, "extra", "object", {})
    if adapter is None and not merge:
        raise BadInput("merge is false, and the sampler is the base itself: there is no adapter to export")

    def fill(folder):
        if merge:
            _merged(folder, base, adapter)
        else:
            write_adapter(folder, base, adapter)
        write_json(folder, "slipway.json", {"base_model": base.name, "base_sha256": base.sha256, "merged": merge, "extra": extra})

    return {"path": path, "bytes": make_directory(path, fill)}


def _merged(folder, base, adapter):
    weights, pairs = dict(base.module.state_dict()), adapter.pairs if adapter else {}
    head = base.unembed and base.unembed + ".weight"
    unties = base.tied and base.unembed in pairs
    if base.tied and not unties:
        # As the library itself writes it: the weight is there once, under the name of the embeddings.
        weights.pop(head, None)
    for name in pairs:
        # Of the layer, not of the list: embeddings that share its memory stay as they are.
        weight = base.sites.layer(name).weight
        weights[name + ".weight"] = (weight.float() + adapter.change(name)).to(weight.dtype)
    safetensors_file.write(os.path.join(folder, "model.safetensors"), weights, {"format": "pt"})
    if base.folder is None:
        from . import tiny_model

        write_json(folder, "config.json", {"model_type": "slipway-tiny-byte", "width": tiny_model.WIDTH, "heads": tiny_model.HEADS, "inner": tiny_model.INNER,
                                           "layers": tiny_model.LAYERS, "context": tiny_model.CONTEXT, "vocab_size": base.vocab_size})
        return
    with open(os.path.join(base.folder, "config.json"), encoding="utf-8") as file:
        config = json.load(file)
    config.update({"tie_word_embeddings": False} if unties else {})
    # Both names: which of them is read depends on the library's version.
    config.update({name: str(base.dtype).partition(".")[2] for name in ("dtype", "torch_dtype") if name in config})
    write_json(folder, "config.json", config)
    for pattern in _COMPANIONS:
        for file in glob.glob(os.path.join(glob.escape(base.folder), pattern)):
            if os.path.isfile(file) and not file.endswith((".py", ".safetensors")):
                shutil.copyfile(file, os.path.join(folder, os.path.basename(file)))
