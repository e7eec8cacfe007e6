"""A causal language model of a local Hugging Face folder: weights from safetensors only, and never code of the folder."""
import glob
import hashlib
import inspect
import os

import torch

from ..errors import BadInput, ModelUnusable

LOCAL = {"local_files_only": True, "trust_remote_code": False}
_DIGESTS = {}


def offline_transformers():
    """transformers, which must not look for anything elsewhere; it reads these variables once."""
    os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
    import transformers

    return transformers


class HuggingFaceBase:
    """A frozen model: bfloat16 on a GPU that has it, else float32."""

    def __init__(self, name, path, device):
        from .hf_tokenizer import HuggingFaceTokenizer

        transformers = offline_transformers()
        self.name, self.folder, self.device = name, path, device
        self.sha256 = _digest(path)
        self.dtype = torch.bfloat16 if device != "cpu" and torch.cuda.is_bf16_supported() else torch.float32
        version = tuple(int(part) for part in transformers.__version__.split(".")[:2])
        options = {"dtype" if version >= (4, 56) else "torch_dtype": self.dtype}
        try:
            self.module = transformers.AutoModelForCausalLM.from_pretrained(path, use_safetensors=True, **options, **LOCAL)
        except (OSError, ValueError, KeyError) as error:
            raise ModelUnusable("transformers cannot load %s: %s" % (path, error)) from error
        self.module.to(device).requires_grad_(False)
        _without_dropout(self.module)
        self.module.eval()
        self.tokenizer, config = HuggingFaceTokenizer(path), self.module.config
        self.vocab_size = self.module.get_input_embeddings().num_embeddings
        self.context = int(getattr(config, "max_position_embeddings", None) or 2 ** 20)
        self._name_unembed()
        parameters = inspect.signature(self.module.forward).parameters
        self._last = next((name for name in ("logits_to_keep", "num_logits_to_keep") if name in parameters), None)
        self._checkpoints = False

    def _name_unembed(self):
        head = self.module.get_output_embeddings()
        self.unembed = next((name for name, module in self.module.named_modules() if head is not None and module is head), None)
        self.tied = head is not None and head.weight is self.module.get_input_embeddings().weight

    def run(self, tokens, mask, positions, cache=None, keep=False, last=False, checkpointing=False):
        """Scores, and the cache where `keep` asks for it."""
        checkpointing = checkpointing and torch.is_grad_enabled()
        if checkpointing and not self._checkpoints:
            self.module.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
            self._checkpoints = True
        # The library recomputes only in this mode, whose dropout was taken out.
        self.module.train(checkpointing)
        options = {"past_key_values": cache} if cache is not None else {}
        if last and self._last:
            options[self._last] = 1
        answer = self.module(input_ids=tokens, attention_mask=mask.long(), position_ids=positions, use_cache=keep, **options)
        scores = answer.logits[:, -1:] if last else answer.logits
        return scores, answer.past_key_values if keep else None


def _without_dropout(module):
    for part in module.modules():
        if isinstance(part, torch.nn.Dropout):
            part.p = 0.0
        for name in ("attention_dropout", "attn_dropout", "dropout"):
            if isinstance(getattr(part, name, None), float):
                setattr(part, name, 0.0)


def _digest(path):
    """What a folder's model is: its configuration and weights. Read once for as long as the files are the same."""
    if not os.path.isdir(path):
        raise BadInput("base_path names %s, and there is no directory" % path)
    files = sorted(glob.glob(os.path.join(glob.escape(path), "*.safetensors")))
    if not files or not os.path.exists(os.path.join(path, "config.json")):
        raise ModelUnusable("%s has no config.json, or no weights as safetensors" % path)
    files.insert(0, os.path.join(path, "config.json"))
    stamp = tuple((file, os.stat(file).st_mtime_ns, os.stat(file).st_size) for file in files)
    if stamp not in _DIGESTS:
        digest = hashlib.sha256()
        for file in files:
            digest.update(os.path.basename(file).encode() + b"\n")
            with open(file, "rb") as content:
                for block in iter(lambda: content.read(1 << 22), b""):
                    digest.update(block)
        _DIGESTS[stamp] = digest.hexdigest()
    return _DIGESTS[stamp]
