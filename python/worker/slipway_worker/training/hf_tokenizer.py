"""A tokenizer of a local Hugging Face folder. Text never becomes a special token: those are asked for by name."""
import hashlib
import inspect
import json
import re

from ..errors import BadInput, ModelUnusable


class HuggingFaceTokenizer:
    kind = "huggingface"

    def __init__(self, path):
        from .hf_base import LOCAL, offline_transformers

        try:
            self._inner = offline_transformers().AutoTokenizer.from_pretrained(path, **LOCAL)
        except (OSError, ValueError, KeyError) as error:
            raise ModelUnusable("transformers cannot load a tokenizer from %s: %s" % (path, error)) from error
        inner = self._inner
        self.vocab_size = len(inner)
        self.specials = {text: inner.convert_tokens_to_ids(text) for text in inner.all_special_tokens}
        self.specials.update(inner.get_added_vocab())
        self.bos, self.eos = inner.bos_token_id, inner.eos_token_id
        self.sha256 = hashlib.sha256(json.dumps([sorted(inner.get_vocab().items()), sorted(self.specials.items())]).encode()).hexdigest()
        self._special_ids = set(self.specials.values())
        words = sorted((text for text in self.specials if len(text) > 1), key=len, reverse=True)
        self._words = re.compile("|".join(map(re.escape, words)) or r"(?!)")
        # Older tokenizers do not know the option; what it does is checked below anyway.
        self._options = {"add_special_tokens": False}
        if "split_special_tokens" in _parameters(type(inner)):
            self._options["split_special_tokens"] = True

    def encode(self, text):
        """The tokens of plain text. A special token's name in it is cut in two, since some are found in text in spite of all options."""
        pieces, start = [], 0
        for found in self._words.finditer(text):
            pieces.append(text[start:found.start() + 1])
            start = found.start() + 1
        tokens = self._pieces(pieces + [text[start:]])
        if self._special_ids.intersection(tokens):
            tokens = self._pieces(text)
            if self._special_ids.intersection(tokens):
                raise BadInput("a text has a character that the tokenizer takes as a special token")
        return tokens

    def _pieces(self, pieces):
        return [token for piece in pieces if piece for token in self._inner.encode(piece, **self._options)]

    def special(self, text):
        """The token of a special text."""
        if text not in self.specials:
            raise BadInput("the tokenizer has no special token %s" % text)
        return self.specials[text]

    def decode(self, tokens):
        """The text of tokens, with the special ones as they are written."""
        return self._inner.decode(list(tokens), skip_special_tokens=False, clean_up_tokenization_spaces=False)


def _parameters(kind):
    """The names of parameters that any method of encoding has, through all base classes."""
    names = set()
    for name in ("_batch_encode_plus", "_encode_plus", "tokenize"):
        method = getattr(kind, name, None)
        if method is not None:
            names.update(inspect.signature(method).parameters)
    return names
