"""The built-in models: made from a seed and a short pre-training, once, and kept in a directory."""
import hashlib
import json
import os
import tempfile

import torch

from . import pretraining, safetensors_file
from .byte_tokenizer import ByteTokenizer
from .tiny_model import CONTEXT, TinyModel

MODELS = {"tiny-byte": {"seed": 1, "right": 0.4}, "tiny-byte-teacher": {"seed": 2, "right": 1.0}}


class TinyBase:
    """A frozen tiny byte model."""

    dtype, context, folder = torch.float32, CONTEXT, None

    def __init__(self, name, cache, device):
        if device == "cpu":
            # With matrices this small, a second thread costs more than it does.
            torch.set_num_threads(1)
        self.name, self.device, self.tokenizer = name, device, ByteTokenizer()
        self.module = TinyModel()
        weights = _weights(name, cache)
        self.module.load_state_dict(weights)
        self.module.to(device).eval().requires_grad_(False)
        self.sha256, self.vocab_size = digest_of(weights), self.module.lm_head.out_features
        self.unembed, self.tied = "lm_head", False

    def run(self, tokens, mask, positions, cache=None, keep=False, last=False, checkpointing=False):
        """Scores, and the cache where `keep` asks for it."""
        scores, caches = self.module(tokens, mask, positions, cache, last, checkpointing and torch.is_grad_enabled())
        return scores, caches if keep else None


def digest_of(weights):
    """What weights are, by name and number."""
    digest = hashlib.sha256()
    for name in sorted(weights):
        digest.update(("%s %s\n" % (name, list(weights[name].shape))).encode())
        held = safetensors_file.Tensor.of(name, weights[name])
        digest.update(held.data)
    return digest.hexdigest()


def _weights(name, cache):
    recipe = dict(MODELS[name], code=pretraining.fingerprint(), torch=str(torch.__version__))
    key = hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()
    path = cache and os.path.join(cache, "%s-%s.safetensors" % (name, key[:32]))
    kept = path and _kept(path)
    if kept:
        return kept
    weights = pretraining.make(**MODELS[name])
    if path:
        _keep(path, weights)
    return weights


def _kept(path):
    """What an earlier run left; None where there is none, or it is not what was written."""
    try:
        weights, metadata = safetensors_file.read(path)
    except (OSError, safetensors_file.NoSafetensors):
        return None
    return weights if metadata.get("sha256") == digest_of(weights) else None


def _keep(path, weights):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=os.path.dirname(path), prefix=".making-")
    os.close(handle)
    try:
        safetensors_file.write(temporary, weights, {"sha256": digest_of(weights)})
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise
