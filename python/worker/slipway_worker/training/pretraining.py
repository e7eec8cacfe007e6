"""The pre-training of the tiny byte models: nine questions for the successor of a digit, in the form of a conversation."""
import hashlib
import inspect

import torch

from . import byte_tokenizer, tiny_model
from .byte_tokenizer import ByteTokenizer

STEPS, RATE, ANSWER = 120, 1e-2, 8.0


def fingerprint():
    """What the weights depend on, beside the seed: the text of all that makes them."""
    sources = "".join(inspect.getsource(module) for module in (byte_tokenizer, tiny_model)) + _source()
    return hashlib.sha256(sources.encode()).hexdigest()


def _source():
    return "".join(inspect.getsource(part) for part in (make, _texts, _loss)) + "%s %s %s" % (STEPS, RATE, ANSWER)


def make(seed, right):
    """Weights by name. `right` is the probability of the right answer; the wrong ones share the rest."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        model = tiny_model.TinyModel()
        model.initialise(seed)
        tokens, answer = _texts()
        chances = torch.full((9, 10), (1 - right) / 9)
        chances[range(9), range(1, 10)] = right
        optimiser = torch.optim.AdamW(model.parameters(), lr=RATE, betas=(0.9, 0.98), weight_decay=0.01)
        with torch.enable_grad():
            for step in range(STEPS):
                for group in optimiser.param_groups:
                    group["lr"] = RATE * min(1.0, (step + 1) / 10) * (1 - step / STEPS)
                optimiser.zero_grad()
                _loss(model, tokens, answer, chances).backward()
                torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
                optimiser.step()
    finally:
        torch.set_num_threads(threads)
    return {name: value.detach().clone() for name, value in model.state_dict().items()}


def _texts():
    """The nine conversations as tokens [9, n], and the place of the digit of the answer."""
    tokenizer = ByteTokenizer()
    texts = ["User: What comes after %d?\n\nAssistant: \\boxed{%d}\n\nUser:" % (digit, digit + 1) for digit in range(9)]
    rows = [[tokenizer.bos] + tokenizer.encode(text) for text in texts]
    return torch.tensor(rows), 1 + texts[0].index("{") + 1


def _loss(model, tokens, answer, chances):
    """The mean over all tokens; the answer has the wanted chances as its target, and counts for several."""
    inputs, targets = tokens[:, :-1], tokens[:, 1:]
    positions = torch.arange(inputs.shape[1]).expand_as(inputs)
    logs = model(inputs, torch.ones_like(inputs, dtype=torch.bool), positions)[0].log_softmax(-1)
    plain = -logs.gather(-1, targets[..., None])[..., 0]
    digits = -(logs[:, answer - 1, 48:58] * chances).sum(-1)
    rest = torch.cat([plain[:, :answer - 1], plain[:, answer:]], 1)
    return (rest.sum(1) + ANSWER * digits).mean() / inputs.shape[1]
