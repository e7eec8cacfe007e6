# /// script
# requires-python = ">=3.9"
# dependencies = ["slipway-barchart>=1.0"]
#
# [tool.slipway]
# find-links = ["packages"]
# ///
"""Counts the words of this script and draws them: the first thing to run with Slipway."""
import collections
import pathlib
import re
import sys

import slipway_barchart

path = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else __file__)
words = re.findall(r"[a-z]{4,}", path.read_text(encoding="utf-8").lower())
print(f"The words of {path.name}, on Python {sys.version.split()[0]} with slipway-barchart {slipway_barchart.__version__}:\n")
for line in slipway_barchart.bars(dict(collections.Counter(words).most_common(8))):
    print(line)
