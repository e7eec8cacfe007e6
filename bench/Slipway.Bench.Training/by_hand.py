"""The training loop that bench/training compares with: PyTorch as one writes it by hand, on the same weights, rows and settings.

    by_hand.py CACHE ROWS STEPS...     a line `go` on standard input does STEPS steps and answers with seconds and the loss a token of the last

The frozen model and the first values of the adapter come from the worker's modules; batches, layers, loss, loop and optimiser do not.
"""
import json
import pathlib
import sys
import time

import torch
from torch.nn import functional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "python" / "worker"))
from slipway_worker.training.adapters import Adapter, Sites, settings  # noqa: E402
from slipway_worker.training.tiny_base import TinyBase  # noqa: E402


class Lora(torch.nn.Module):
    def __init__(self, layer, a, b, scale):
        super().__init__()
        self.layer, self.scale = layer, scale
        self.a, self.b = torch.nn.Parameter(a.clone()), torch.nn.Parameter(b.clone())

    def forward(self, x):
        return self.layer(x) + functional.linear(functional.linear(x, self.a), self.b) * self.scale


def adapted(base, rank):
    """The model with its linear layers replaced by adapted ones."""
    adapter = Adapter.new(Sites(base), settings({"rank": rank, "seed": 1}), "cpu")
    for name, (a, b) in adapter.pairs.items():
        parent, _, child = name.rpartition(".")
        parent = base.module.get_submodule(parent)
        setattr(parent, child, Lora(getattr(parent, child), a, b, adapter.scale))
    return base.module


def collate(rows):
    longest = max(len(row) for row in rows) - 1
    tokens = torch.zeros(len(rows), longest, dtype=torch.int64)
    targets = torch.full((len(rows), longest), -100)
    mask = torch.zeros(len(rows), longest, dtype=torch.bool)
    for place, row in enumerate(rows):
        values = torch.tensor(row)
        tokens[place, :len(row) - 1], targets[place, :len(row) - 1] = values[:-1], values[1:]
        mask[place, :len(row) - 1] = True
    return tokens, targets, mask


def main():
    cache, rows, steps = sys.argv[1], json.loads(sys.argv[2]), int(sys.argv[3])
    rows = [list(row.encode()) for row in rows]
    model = adapted(TinyBase("tiny-byte", cache, "cpu"), 8)
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], 5e-3, (0.9, 0.95), 1e-8, 0)
    print("ready", flush=True)
    for _ in sys.stdin:
        begun = time.perf_counter()
        for _ in range(steps):
            tokens, targets, mask = collate(rows)
            scores, _ = model(tokens, mask, torch.arange(tokens.shape[1]).expand(tokens.shape))
            loss = functional.cross_entropy(scores.flatten(0, 1), targets.flatten(), reduction="sum")
            loss.backward()
            optimizer.step()
            optimizer.zero_grad()
            told = loss.item() / int(mask.sum())
        print(time.perf_counter() - begun, told, flush=True)


if __name__ == "__main__":
    main()
