"""Makes the model of this sample: how often one byte follows another in a text, as a TorchScript module. It takes a second and no download.

    slipway run --backend system --with 'torch>=1.13.0a0' make_model.py
"""
import pathlib

import torch

TEXT = b"the shipwright ships the ship, and the ship slips down the slipway to the sea.\0" * 4


class Bigrams(torch.nn.Module):
    def __init__(self):
        super().__init__()
        counts = torch.full((256, 256), 1e-3)
        for one, other in zip(TEXT, TEXT[1:]):
            counts[one, other] += 1
        self.scores = torch.nn.Parameter(counts.log(), requires_grad=False)

    def forward(self, tokens):
        return self.scores[tokens]


folder = pathlib.Path(__file__).parent / "models" / "bigrams"
folder.mkdir(parents=True, exist_ok=True)
torch.jit.save(torch.jit.script(Bigrams()), str(folder / "model.pt"))
print("made", folder / "model.pt")
