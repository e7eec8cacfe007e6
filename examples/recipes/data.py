"""Rows of one's own: what comes after a digit, and what comes before it."""


def dataset(split):
    """Gives dicts, one after the other; `question` and `answer` for rewards, `messages` for supervised learning."""
    for digit in range(1, 9) if split == "train" else range(3, 6):
        for word, answer in (("after", digit + 1), ("before", digit - 1)):
            question = "What comes %s %d?" % (word, digit)
            reply = "\\boxed{%d}" % answer
            yield {
                "question": question,
                "answer": str(answer),
                "messages": [{"role": "user", "content": question}, {"role": "assistant", "content": reply}],
            }
