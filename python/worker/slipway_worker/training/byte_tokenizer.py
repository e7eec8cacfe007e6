"""The tokenizer of the tiny byte models: bytes are tokens 0..255, and special tokens follow."""
import hashlib

from ..errors import BadInput

_BAR, _LOW = "\uff5c", "\u2581"
SPECIALS = (
    "<bos>", "<eos>", "<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>",
    "<|im_start|>", "<|im_end|>", "<think>", "</think>", "<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>",
) + tuple("<%s%s%s>" % (_BAR, name.replace(" ", _LOW), _BAR) for name in (
    "begin of sentence", "end of sentence", "User", "Assistant", "tool calls begin", "tool calls end",
    "tool call begin", "tool call end", "tool sep", "tool output begin", "tool output end"))
FIRST = 256
# A multiple of 32, for the matrices; the rest is never used.
PADDED = 288


class ByteTokenizer:
    kind = "byte"
    vocab_size = FIRST + len(SPECIALS)
    specials = {text: FIRST + index for index, text in enumerate(SPECIALS)}
    bos, eos = specials["<bos>"], specials["<eos>"]
    # Lines of the kind, the special tokens and the size of the vocabulary, as the caller's own tokenizer of bytes has them.
    sha256 = hashlib.sha256("".join(line + "\n" for line in ("byte",) + SPECIALS + (str(PADDED),)).encode()).hexdigest()

    def encode(self, text):
        """The tokens of plain text: bytes, whatever it says."""
        return list(text.encode("utf-8", "replace"))

    def special(self, text):
        """The token of a special text."""
        if text not in self.specials:
            raise BadInput("there is no special token %s; there are %s" % (text, " ".join(self.specials)))
        return self.specials[text]

    def decode(self, tokens):
        """The text of tokens, with the special ones as they are written; a padding token is nothing."""
        parts = [bytes([token]) if token < FIRST else SPECIALS[token - FIRST].encode() if token < self.vocab_size else b"" for token in tokens]
        return b"".join(parts).decode("utf-8", "replace")
