"""A model that was saved by torch.jit.save: the file holds its own program, which is no Python."""
import codecs
import os

from .. import arguments
from ..errors import ModelUnusable

BYTES = 256
MOST_TOKENS = 128


class TorchScriptModel:
    """Takes tensors in the order in which they came; a prompt without tensors goes in as bytes, and the model says what follows them."""

    def __init__(self, path, device):
        import torch

        file = os.path.join(path, "model.pt") if os.path.isdir(path) else path
        try:
            self._model = torch.jit.load(file, map_location=device).eval()
        except (RuntimeError, ValueError, OSError) as error:
            raise ModelUnusable("%s is no TorchScript model that torch %s can load" % (file, torch.__version__)) from error
        self._device = device

    def run(self, call, values):
        if not call.tensors:
            return self._write(call, values), {}
        answer = self._model(*[tensor.torch().to(self._device) for tensor in call.tensors.values()])
        return None, dict(_flat("output", answer))

    def _write(self, call, values):
        """One byte after the other. The model maps numbers [1, n] to scores [1, n, 256]."""
        import torch

        temperature = arguments.read(values, "temperature", "number", 0.0)
        stream, text = arguments.read(values, "stream", "flag", False), []
        given = list(((values.get("system_prompt") or "") + values["prompt"]).encode())
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        tokens = torch.tensor([given], dtype=torch.int64, device=self._device)
        for _ in range(arguments.read(values, "max_tokens", "whole", MOST_TOKENS)):
            call.check()
            scores = self._model(tokens)[0, -1].float()
            if scores.numel() != BYTES:
                raise ModelUnusable("the model gives %d scores for a byte, not %d" % (scores.numel(), BYTES))
            token = scores.argmax() if temperature == 0 else torch.multinomial((scores / temperature).softmax(0), 1)[0]
            if int(token) == 0:
                break
            tokens = torch.cat([tokens, token.reshape(1, 1)], 1)
            self._say(call, stream, text, decoder.decode(bytes([int(token)])))
        self._say(call, stream, text, decoder.decode(b"", True))
        return "".join(text)

    @staticmethod
    def _say(call, stream, text, piece):
        if piece:
            text.append(piece)
            if stream:
                call.event("token", {"text": piece})


def _flat(name, answer):
    """The tensors of an answer: one, several in a row, or by name."""
    if isinstance(answer, dict):
        for key, value in answer.items():
            yield from _flat(str(key), value)
    elif isinstance(answer, (tuple, list)):
        for index, value in enumerate(answer):
            yield from _flat("%s_%d" % (name, index), value)
    elif hasattr(answer, "detach"):
        yield name, answer
