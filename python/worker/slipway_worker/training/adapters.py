"""Low-rank adapters (Hu et al. 2021) on the linear layers of a frozen base: y += (alpha / rank) B (A x).

They hang on the layers as hooks, so the base keeps its modules and the names of its weights, and any number of adapters can share it.
"""
import hashlib
import math

import torch
from torch.nn import functional

from .. import arguments
from ..errors import BadInput
from .failures import CheckpointMismatch

_ATTENTION = {"q_proj", "k_proj", "v_proj", "o_proj", "out_proj", "qkv_proj", "query_key_value"}
_MLP = {"gate_proj", "up_proj", "down_proj", "gate_up_proj", "fc1", "fc2", "fc_in", "fc_out", "dense_h_to_4h", "dense_4h_to_h"}
_PREFIX = "base_model.model."
MOST_RANK = 4096
_FLAGS = ("train_mlp", "train_attn", "train_unembed")


def settings(given):
    """The settings of an adapter, complete and checked."""
    unknown = sorted(set(given) - {"rank", "alpha", "seed", *_FLAGS})
    if unknown:
        raise BadInput("lora: %s is not known; there are rank, alpha, seed, %s" % (unknown[0], ", ".join(_FLAGS)))
    values = {
        "rank": arguments.between("lora: rank", arguments.read(given, "rank", "whole", 32), 1, MOST_RANK),
        "alpha": arguments.read(given, "alpha", "number", 32.0),
        "seed": arguments.between("lora: seed", arguments.read(given, "seed", "whole", 0), 0, 2 ** 63 - 1),
    }
    values.update({flag: arguments.read(given, flag, "flag", True) for flag in _FLAGS})
    if not any(values[flag] for flag in _FLAGS):
        raise BadInput("lora: train_mlp, train_attn and train_unembed are all false, so there would be nothing to train")
    return values


class Sites:
    """The layers of a base at which adapters can be, and the one that is there now."""

    def __init__(self, base):
        self._layers, self._groups, self._adapter = {}, {}, None
        for name, module in base.module.named_modules():
            last = name.rpartition(".")[2]
            group = ("train_unembed" if name == base.unembed else "train_attn" if last in _ATTENTION
                     else "train_mlp" if last in _MLP else None)
            if group and isinstance(module, torch.nn.Linear):
                self._layers[name], self._groups[name] = module, group
                module.register_forward_hook(self._hook(name))

    def wanted(self, config):
        """The layers by name that the settings train."""
        return {name: layer for name, layer in self._layers.items() if config[self._groups[name]]}

    def layer(self, name):
        return self._layers[name]

    def show(self, adapter):
        """From now on the base answers with this adapter; None is the base itself."""
        self._adapter = adapter

    def _hook(self, name):
        def add(module, given, output):
            pair = self._adapter and self._adapter.pairs.get(name)
            if pair is None:
                return None
            x = given[0]
            # Scaled where there are few numbers.
            low = functional.linear(x, pair[0].to(x.dtype)) * self._adapter.scale
            return output + functional.linear(low, pair[1].to(x.dtype))

        return add


class Adapter:
    """The matrices A and B by the name of their layer, in float32."""

    def __init__(self, config, pairs):
        self.config, self.pairs = config, pairs
        self.scale = config["alpha"] / config["rank"]

    @staticmethod
    def new(sites, config, device):
        """A uniform as Kaiming has it, from the seed and the layer's name alone; B zero."""
        pairs = {}
        for name, layer in sites.wanted(config).items():
            digest = hashlib.sha256(("%d %s" % (config["seed"], name)).encode()).digest()
            generator = torch.Generator().manual_seed(int.from_bytes(digest[:8], "little") >> 1)
            bound = 1 / math.sqrt(layer.in_features)
            a = (torch.rand(config["rank"], layer.in_features, generator=generator) * 2 - 1) * bound
            pairs[name] = (a.to(device), torch.zeros(layer.out_features, config["rank"], device=device))
        if not pairs:
            raise BadInput("lora: the model has no layer of those that are to be trained")
        return Adapter(config, pairs)

    def parameters(self):
        """All matrices by the names that PEFT gives them."""
        values = {}
        for name, (a, b) in self.pairs.items():
            values["%s%s.lora_A.weight" % (_PREFIX, name)] = a
            values["%s%s.lora_B.weight" % (_PREFIX, name)] = b
        return values

    def train(self):
        for parameter in self.parameters().values():
            parameter.requires_grad_(True)
        return self

    def copy(self):
        """The matrices as they are now, for ever."""
        return Adapter(self.config, {name: tuple(part.detach().clone() for part in pair) for name, pair in self.pairs.items()})

    @torch.no_grad()
    def fill(self, weights):
        """Takes the weights of a checkpoint, whose names and shapes must be these."""
        compare(self.parameters(), weights, "adapter_model.safetensors")
        for name, parameter in self.parameters().items():
            parameter.copy_(weights[name])

    def change(self, name):
        """What the adapter adds to the weight of a layer."""
        a, b = self.pairs[name]
        return (b @ a) * self.scale

    def peft(self, base):
        """The settings as PEFT reads them."""
        return {
            "peft_type": "LORA", "task_type": "CAUSAL_LM", "base_model_name_or_path": base.folder or base.name,
            "r": self.config["rank"], "lora_alpha": self.config["alpha"], "lora_dropout": 0.0, "bias": "none",
            "fan_in_fan_out": False, "inference_mode": True, "init_lora_weights": True, "modules_to_save": None,
            "target_modules": sorted({name.rpartition(".")[2] for name in self.pairs}),
        }


def compare(wanted, given, file):
    """Refuses weights that have other names or shapes than is wanted."""
    for name in sorted(set(wanted) ^ set(given)):
        raise CheckpointMismatch("%s: %s is %s" % (file, name, "missing" if name in wanted else "of a layer that is not trained here"))
    for name, value in wanted.items():
        if value.shape != given[name].shape:
            raise CheckpointMismatch("%s: %s has the shape %s, and the model's has %s" % (file, name, list(given[name].shape), list(value.shape)))
