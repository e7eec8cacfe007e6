# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Rewards of answers to "What comes after 4?": 1 for the right digit in a box, a little for any digit in a box."""
import re


def reward(row, response):
    """`row` is the row of the dataset; what is given beside `reward` becomes metrics of the run."""
    boxed = re.search(r"\\boxed\{(\d)\}", response)
    right = boxed is not None and boxed.group(1) == row["answer"]
    return {"reward": 1.0 if right else 0.1 if boxed else 0.0, "boxed": float(boxed is not None)}
