"""The tiny byte model: a decoder of two layers for machines without a GPU. Its parts have the names that decoders usually have."""
import math

import torch
from torch import nn
from torch.nn import functional
from torch.utils.checkpoint import checkpoint

from .byte_tokenizer import PADDED, ByteTokenizer

WIDTH, HEADS, INNER, LAYERS, CONTEXT = 48, 4, 96, 2, 128


class Norm(nn.Module):
    """Root mean square, learnt scale."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(WIDTH))

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.weight


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.q_proj, self.k_proj, self.v_proj, self.o_proj = (nn.Linear(WIDTH, WIDTH, bias=False) for _ in range(4))

    def forward(self, x, hidden, past):
        rows, count, _ = x.shape
        q, k, v = (part(x).view(rows, count, HEADS, -1).transpose(1, 2) for part in (self.q_proj, self.k_proj, self.v_proj))
        if past is not None:
            k, v = torch.cat([past[0], k], 2), torch.cat([past[1], v], 2)
        scores = (q @ k.transpose(2, 3)) / math.sqrt(WIDTH // HEADS)
        # A large finite number: a padding row that sees nothing must stay a number.
        weights = scores.masked_fill(hidden, -1e9).softmax(-1)
        return self.o_proj((weights @ v).transpose(1, 2).reshape(rows, count, WIDTH)), (k, v)


class Mlp(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate_proj, self.up_proj = nn.Linear(WIDTH, INNER, bias=False), nn.Linear(WIDTH, INNER, bias=False)
        self.down_proj = nn.Linear(INNER, WIDTH, bias=False)

    def forward(self, x):
        return self.down_proj(functional.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self):
        super().__init__()
        self.input_layernorm, self.self_attn = Norm(), Attention()
        self.post_attention_layernorm, self.mlp = Norm(), Mlp()

    def forward(self, x, hidden, past=None):
        seen, cache = self.self_attn(self.input_layernorm(x), hidden, past)
        x = x + seen
        return x + self.mlp(self.post_attention_layernorm(x)), cache


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.embed_tokens, self.embed_positions = nn.Embedding(PADDED, WIDTH), nn.Embedding(CONTEXT, WIDTH)
        self.layers, self.norm = nn.ModuleList(Layer() for _ in range(LAYERS)), Norm()


class TinyModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.model, self.lm_head = Decoder(), nn.Linear(WIDTH, PADDED, bias=False)
        # What only fills the vocabulary up is never likely.
        self.register_buffer("unused", torch.zeros(PADDED), persistent=False)
        self.unused[ByteTokenizer.vocab_size:] = -1e4

    def initialise(self, seed):
        """Fills all matrices from a seed, whatever else used random numbers."""
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for _, parameter in sorted(self.named_parameters()):
                if parameter.dim() > 1:
                    parameter.normal_(0, 0.08, generator=generator)

    def forward(self, tokens, mask, positions, cache=None, last=False, checkpointing=False):
        """Scores [rows, tokens, PADDED] and the cache; `mask` [rows, cached and new tokens] is false where there is padding."""
        x = self.model.embed_tokens(tokens) + self.model.embed_positions(positions)
        hidden, caches = self._hidden(tokens, mask), []
        for index, layer in enumerate(self.model.layers):
            if checkpointing:
                x, kept = checkpoint(layer, x, hidden, use_reentrant=False)
            else:
                x, kept = layer(x, hidden, cache[index] if cache is not None else None)
            caches.append(kept)
        return self.lm_head(self.model.norm(x[:, -1:] if last else x)) + self.unused, caches

    @staticmethod
    def _hidden(tokens, mask):
        new, total = tokens.shape[1], mask.shape[1]
        future = torch.ones(new, total, dtype=torch.bool, device=mask.device).triu(total - new + 1)
        return (future | ~mask[:, None, :])[:, None]
