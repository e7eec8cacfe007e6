"""Draws continuations. A row's draws are its own seed's, whatever rows are drawn beside it."""
import random

import torch

from .. import arguments
from ..errors import BadInput
from . import inputs
from .failures import NotFinite
from .scoring import budget, scores, with_less_memory

_NAMES = ("sampler_id", "num_samples", "max_tokens", "temperature", "top_k", "top_p", "seeds", "stop_tokens", "stop_strings",
          "prompt_logprobs", "topk_prompt_logprobs")
_MOST_CACHED = {"cpu": 2 ** 16, "cuda": 2 ** 17}
# A token more than a stop string has bytes can be needed where the first one stands for a part of a character, or loses its space.
_SPARE = 8


class Sampler:
    """An adapter that does not change any more (None: the base itself) on a base. `wish` is what the caller asked for."""

    def __init__(self, base, adapter, wish=None):
        self.base, self.adapter, self.wish = base, adapter, wish


class Options:
    """What is to be drawn, and for which prompts."""

    def __init__(self, call, base):
        args = call.args
        inputs.allow(args, *_NAMES)
        self.prompts = inputs.rows(call, "prompts", "prompt_lengths", base.vocab_size)
        self.samples = arguments.between("num_samples", arguments.read(args, "num_samples", "whole", 1), 1, 100_000)
        self.most = arguments.between("max_tokens", arguments.read(args, "max_tokens", "whole", required=True), 0, 10_000_000)
        self.temperature = arguments.between("temperature", arguments.read(args, "temperature", "number", 1.0), 0, 1000)
        self.top_k = arguments.between("top_k", arguments.read(args, "top_k", "whole", -1), -1, 2 ** 31)
        self.top_p = arguments.between("top_p", arguments.read(args, "top_p", "number", 1.0), 1e-9, 1)
        self.stop_tokens = set(inputs.whole_list(args, "stop_tokens", []))
        self.stop_strings = inputs.text_list(args, "stop_strings")
        self.window = max((len(text.encode("utf-8", "replace")) for text in self.stop_strings), default=0) + _SPARE
        self.prompt_logprobs = arguments.read(args, "prompt_logprobs", "flag", False)
        self.topk = arguments.between("topk_prompt_logprobs", arguments.read(args, "topk_prompt_logprobs", "whole", 0), 0, base.vocab_size)
        self._check(base)
        self.seeds = self._seeds(args)

    def _check(self, base):
        longest = max(map(len, self.prompts))
        if longest > base.context:
            raise BadInput("tensor prompt_lengths has %d, and the context of %s is %d tokens" % (longest, base.name, base.context))
        if self.top_k == 0:
            raise BadInput("top_k is 0, and must be -1 (all) or at least 1")
        if self.most == 0 and not self.prompt_logprobs and not self.topk:
            raise BadInput("max_tokens is 0, and no prompt_logprobs are wanted either")

    def _seeds(self, args):
        seeds = inputs.whole_list(args, "seeds")
        if seeds is None:
            return [random.SystemRandom().randrange(2 ** 31) for _ in self.prompts]
        if len(seeds) != len(self.prompts):
            raise BadInput("seeds has %d numbers, and there are %d prompts" % (len(seeds), len(self.prompts)))
        if min(seeds) < 0:
            raise BadInput("seeds has %d, and must not be below 0" % min(seeds))
        return seeds


class Row:
    """One continuation in the making."""

    def __init__(self, prompt, seed, options, base):
        self.prompt, self.tokens, self.logprobs, self.reason = prompt, [], [], None
        self.random = random.Random(seed)
        # The last token needs no place of its own: nothing is asked after it.
        self.room = min(options.most, base.context - len(prompt) + 1)

    def add(self, token, logprob, options, tokenizer):
        self.tokens.append(token)
        self.logprobs.append(logprob)
        if token in options.stop_tokens or self._says(options, tokenizer):
            self.reason = "stop"
        elif len(self.tokens) >= self.room:
            self.reason = "length"

    def _says(self, options, tokenizer):
        if not options.stop_strings:
            return False
        tail = tokenizer.decode(self.tokens[-options.window:])
        return any(text in tail for text in options.stop_strings)


@torch.no_grad()
def sample(call, sampler):
    """The answer of training_sample."""
    options = Options(call, sampler.base)
    rows = _draw_all(call, sampler, options)
    tensors = {
        "tokens": torch.tensor([token for row in rows for token in row.tokens], dtype=torch.int64),
        "token_lengths": torch.tensor([len(row.tokens) for row in rows], dtype=torch.int64),
        "logprobs": torch.tensor([value for row in rows for value in row.logprobs], dtype=torch.float32),
    }
    if options.prompt_logprobs or options.topk:
        tensors.update(_prompts(call, sampler, options))
    return {"stop_reasons": [row.reason or "length" for row in rows], "seeds_used": options.seeds}, tensors


def _draw_all(call, sampler, options):
    """As many rows together as their caches leave room for; all from their beginning when memory ran out in the middle."""

    def rows():
        return [Row(prompt, seed + number, options, sampler.base) for prompt, seed in zip(options.prompts, options.seeds) for number in range(options.samples)]

    def draw(most):
        made, count = rows(), max(1, most // cost)
        for start in range(0, len(made), count):
            _draw(call, sampler, made[start:start + count], options)
        return made

    if options.most == 0:
        return rows()
    cost = max(len(row.prompt) + row.room for row in rows())
    return with_less_memory(_MOST_CACHED["cpu" if sampler.base.device == "cpu" else "cuda"], cost, draw)


def _draw(call, sampler, rows, options):
    base = sampler.base
    base.sites.show(sampler.adapter)
    longest = max(len(row.prompt) for row in rows)
    tokens, mask = torch.zeros(len(rows), longest, dtype=torch.int64), torch.zeros(len(rows), longest, dtype=torch.bool)
    for place, row in enumerate(rows):
        tokens[place, longest - len(row.prompt):] = row.prompt
        mask[place, longest - len(row.prompt):] = True
    tokens, mask, cache = tokens.to(base.device), mask.to(base.device), None
    positions = (mask.long().cumsum(-1) - 1).clamp_(min=0)
    while True:
        call.check()
        answer, cache = base.run(tokens, mask, positions, cache, keep=True, last=True)
        chosen = _step(answer[:, -1].float(), rows, options, base.tokenizer)
        if all(row.reason for row in rows):
            return
        tokens = chosen[:, None]
        mask = torch.cat([mask, torch.ones_like(mask[:, :1])], 1)
        # A row that has ended only goes on as company; it may not leave the context.
        positions = (positions[:, -1:] + 1).clamp_(max=base.context - 1)


def _step(answer, rows, options, tokenizer):
    """Draws a token for each row, and gives it to those that have not ended."""
    logs = (answer / options.temperature if options.temperature > 0 else answer).log_softmax(-1)
    if options.temperature > 0:
        chances = torch.tensor([row.random.random() for row in rows], dtype=torch.float64, device=logs.device)
        chosen = choose(logs, chances, options.top_k, options.top_p)
    else:
        chosen = logs.argmax(-1)
    values = logs.gather(-1, chosen[:, None])[:, 0].tolist()
    if any(value != value for value in values):
        raise NotFinite("the model's scores are no numbers")
    for row, token, value in zip(rows, chosen.tolist(), values):
        if row.reason is None:
            row.add(token, value, options, tokenizer)
    return chosen


def choose(logs, chances, top_k, top_p):
    """The token of each row at which the sum of probabilities passes a number of [0, 1); of the most probable tokens only, where that is wanted."""
    weights, order = logs.double().exp(), None
    if top_k > 0 or top_p < 1:
        weights, order = weights.sort(dim=-1, descending=True, stable=True)
        if top_k > 0:
            weights[:, top_k:] = 0
        before = weights.cumsum(-1) - weights
        weights = torch.where(before < top_p * weights.sum(-1, keepdim=True), weights, torch.zeros_like(weights))
    heights = weights.cumsum(-1).contiguous()
    places = torch.searchsorted(heights, chances[:, None] * heights[:, -1:], right=True).clamp_(max=heights.shape[1] - 1)
    return (places if order is None else order.gather(-1, places))[:, 0]


def _prompts(call, sampler, options):
    """Log-probabilities of the prompts' own tokens, and the most probable ones in their place; the first token of each has none."""
    rows, targets = [prompt[:-1] for prompt in options.prompts if len(prompt) > 1], [prompt[1:] for prompt in options.prompts]
    targets, width = torch.cat(targets), max(options.topk, 1)
    count = len(targets)
    found, top, best = torch.zeros(count), torch.zeros(count, width), torch.zeros(count, width, dtype=torch.int64)

    def score(most):
        for places, logs in scores(call, sampler.base, sampler.adapter, rows, most):
            found[places] = logs.gather(-1, targets[places].to(logs.device)[:, None])[:, 0].cpu()
            values, tokens = logs.topk(width, -1)
            top[places], best[places] = values.cpu(), tokens.cpu()

    with_less_memory(budget(sampler.base), max(map(len, options.prompts)), score)
    firsts = _firsts(options.prompts)
    tensors = {"prompt_logprobs": _spread(found, firsts, float("nan"))} if options.prompt_logprobs else {}
    if options.topk:
        tensors.update(topk_tokens=_spread(best, firsts, -1), topk_logprobs=_spread(top, firsts, float("nan")))
    return tensors


def _firsts(prompts):
    """For each token of all prompts, whether it is the first of its prompt."""
    firsts = torch.zeros(sum(map(len, prompts)), dtype=torch.bool)
    start = 0
    for prompt in prompts:
        firsts[start] = True
        start += len(prompt)
    return firsts


def _spread(values, firsts, nothing):
    wide = torch.full((len(firsts),) + tuple(values.shape[1:]), nothing, dtype=values.dtype)
    wide[~firsts] = values
    return wide
