# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Gives a text back in capitals, with how long it is. Inputs come on standard input; outputs go where SLIPWAY_OUTPUTS says."""
import json
import os
import sys

text = json.load(sys.stdin)["inputs"]["text"]
print("shouting", len(text), "characters")
with open(os.environ["SLIPWAY_OUTPUTS"], "w", encoding="utf-8") as outputs:
    json.dump({"outputs": {"text": text.upper() + "!", "length": len(text)}}, outputs)
