"""Runs rows of tokens through a base in batches of bounded size: rows of like length together, padded on the right."""
import torch

from .failures import OutOfMemory, is_out_of_memory

_MOST_TOKENS = {"cpu": 4096, "cuda": 16384}
_MOST_SCORES = {"cpu": 2 ** 24, "cuda": 2 ** 29}


def budget(base):
    """How many tokens go through at once: what a batch costs is mostly its scores, tokens x vocabulary, several times over."""
    kind = "cpu" if base.device == "cpu" else "cuda"
    return max(1, min(_MOST_TOKENS[kind], _MOST_SCORES[kind] // base.vocab_size))


def with_less_memory(most, least, action):
    """Does something with a budget; with half of it where the memory does not suffice, as long as that is at least `least`."""
    while True:
        try:
            return action(most)
        except Exception as error:
            if not is_out_of_memory(error):
                raise
            if most <= least:
                raise OutOfMemory("the memory does not suffice for %d tokens at once: %s" % (most, str(error).partition("\n")[0])) from None
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
        most = max(least, most // 2)


def batches(lengths, most):
    """The numbers of rows, in groups that have at most so many tokens with their padding; the longest first, which would fail first."""
    group = []
    for index in sorted(range(len(lengths)), key=lambda index: -lengths[index]):
        if group and (len(group) + 1) * lengths[group[0]] > most:
            yield group
            group = []
        group.append(index)
    if group:
        yield group


def scores(call, base, adapter, rows, most, checkpointing=False):
    """For each batch: the places of its tokens among all, and log-probabilities [tokens, vocabulary] of what follows each, float32."""
    lengths = [len(row) for row in rows]
    starts = [0]
    for length in lengths:
        starts.append(starts[-1] + length)
    for group in batches(lengths, most):
        call.check()
        longest = lengths[group[0]]
        tokens, mask = torch.zeros(len(group), longest, dtype=torch.int64), torch.zeros(len(group), longest, dtype=torch.bool)
        for place, index in enumerate(group):
            tokens[place, :lengths[index]] = rows[index]
            mask[place, :lengths[index]] = True
        places = torch.cat([torch.arange(starts[index], starts[index] + lengths[index]) for index in group])
        kept = None if lengths[group[-1]] == longest else mask.reshape(-1).nonzero()[:, 0].to(base.device)
        positions = torch.arange(longest, device=base.device).expand(len(group), longest)
        mask = mask.to(base.device)
        base.sites.show(adapter)
        # No name may hold the scores while the caller goes the way back: they are most of the memory.
        yield places, _logs(base.run(tokens.to(base.device), mask, positions, checkpointing=checkpointing)[0], kept)


def _logs(answer, kept):
    """Log-probabilities of the tokens that are no padding. To choose them by numbers costs less on the way back than to choose by a mask."""
    answer = answer.reshape(-1, answer.shape[-1])
    return (answer if kept is None else answer.index_select(0, kept)).float().log_softmax(-1)
