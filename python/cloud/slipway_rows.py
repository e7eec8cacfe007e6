"""Rows of a dataset as what is learned: pieces of text, each with whether the loss is taken over it. The standard library alone."""
import json

from slipway_job import JobError, local_or_named


def load(params):
    """The rows: of a file that came along (JSON Lines), else of the hub."""
    path = local_or_named(params["dataset"])
    if path != params["dataset"]:
        rows = list(read_lines(path))
    else:
        import datasets

        rows = datasets.load_dataset(path, params.get("dataset_config"), split=params["split"])
    count = params.get("max_rows")
    rows = rows if count is None else [rows[i] for i in range(min(count, len(rows)))]
    if len(rows) == 0:
        raise JobError("The dataset %s has no rows" % params["dataset"])
    return rows


def read_lines(path):
    try:
        with open(path, encoding="utf-8-sig") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    row = json.loads(line)
                    if not isinstance(row, dict):
                        raise JobError("%s, line %d: no object" % (path, number))
                    yield row
    except OSError as error:
        raise JobError("%s cannot be read: %s" % (path, error))
    except ValueError as error:
        raise JobError("%s is no JSON Lines: %s" % (path, error))


def pieces(row, number, params, render):
    """(text, is learned) of one row.

    `render(messages, opens)` writes a conversation with the model's own template, `opens` with the beginning of an answer; None where the model has none.
    """
    if params.get("messages_column"):
        return of_messages(messages(row, number, params["messages_column"]), number, render)
    if params.get("prompt_column"):
        prompt, completion = text(row, number, params["prompt_column"]), text(row, number, params["completion_column"])
        if render is None or not params.get("chat_template", True):
            return [(prompt, False), (completion, True)]
        return [(render([{"role": "user", "content": prompt}], True), False), (completion, True)]
    return [(text(row, number, params["text_column"]), True)]


def of_messages(talk, number, render):
    """Each answer of the assistant is learned, and nothing else."""
    if render is None:
        raise JobError("The model has no chat template, so rows of messages cannot be written for it; take a model with one, or columns of prompt and completion")
    made, at = [], 0
    whole = render(talk, False)
    for index, message in enumerate(talk):
        if message["role"] != "assistant":
            continue
        before, after = render(talk[:index], True), render(talk[:index + 1], False)
        if not (whole.startswith(before) and whole.startswith(after) and len(before) <= len(after) and len(before) >= at):
            # A template that writes earlier turns in another way once later ones are there: only the last answer can be told apart.
            return last_answer(talk, number, render)
        made += [(whole[at:len(before)], False), (whole[len(before):len(after)], True)]
        at = len(after)
    if not made:
        raise JobError("Row %d has no message of the assistant" % number)
    return [piece for piece in made + [(whole[at:], False)] if piece[0]]


def last_answer(talk, number, render):
    last = max(index for index, message in enumerate(talk) if message["role"] == "assistant")
    before, after = render(talk[:last], True), render(talk[:last + 1], False)
    if not after.startswith(before):
        raise JobError("Row %d: the model's chat template does not write an answer after its question, so it cannot be told what is learned" % number)
    return [(before, False), (after[len(before):], True)]


def messages(row, number, column):
    talk = need(row, number, column)
    if not isinstance(talk, list) or not talk or not all(isinstance(one, dict) and isinstance(one.get("role"), str) and isinstance(one.get("content"), str) for one in talk):
        raise JobError("Row %d: %s is no list of messages with role and content" % (number, column))
    return talk


def text(row, number, column):
    value = need(row, number, column)
    if not isinstance(value, str):
        raise JobError("Row %d: %s is no text" % (number, column))
    return value


def need(row, number, column):
    if column not in row:
        raise JobError("Row %d has no column %s; it has %s" % (number, column, ", ".join(sorted(map(str, row)))))
    return row[column]


def encode(parts, to_ids, first, last, most):
    """Token ids and labels (-100 where nothing is learned), cut at `most`; None where nothing that is learned is left."""
    ids, labels = ([first], [-100]) if first is not None else ([], [])
    for part, learned in parts:
        found = to_ids(part)
        ids += found
        labels += found if learned else [-100] * len(found)
    if last is not None and (not ids or ids[-1] != last):
        ids.append(last)
        labels.append(last if parts[-1][1] else -100)
    ids, labels = ids[:most], labels[:most]
    return (ids, labels) if any(label != -100 for label in labels[1:]) else None


def order(count, seed, epoch):
    """The order of rows in an epoch: the same for the same seed, also after a resume."""
    import random

    numbers = list(range(count))
    random.Random("%d/%d" % (seed, epoch)).shuffle(numbers)
    return numbers


def batches(count, size, seed, start):
    """The numbers of the rows of each batch without end, from batch `start` on; the last rows of an epoch that fill no batch begin the next."""
    epoch, position = divmod(start * size, count)
    numbers = order(count, seed, epoch)
    while True:
        batch = []
        while len(batch) < size:
            if position == count:
                epoch, position = epoch + 1, 0
                numbers = order(count, seed, epoch)
            batch.append(numbers[position])
            position += 1
        yield batch
