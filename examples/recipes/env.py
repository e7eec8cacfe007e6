"""A conversation of two turns: who answers wrongly is told so, and may answer once more for half of the reward."""
import re


def environment(row, messages):
    """`messages` are all that were said so far, the model's last; what is given as `messages` comes after it."""
    boxed = re.search(r"\\boxed\{(\d)\}", messages[-1]["content"])
    right = boxed is not None and boxed.group(1) == row["answer"]
    first = sum(message["role"] == "assistant" for message in messages) == 1
    if right:
        return {"reward": 1.0 if first else 0.5, "done": True, "messages": []}
    if not first:
        return {"reward": 0.0, "done": True, "messages": []}
    return {"reward": 0.0, "done": False, "messages": [{"role": "user", "content": "Wrong."}]}
