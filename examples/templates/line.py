# /// script
# requires-python = ">=3.9"
# dependencies = []
# ///
"""Fits y = a x + b to points.csv: the shape of every entry (parameters, metrics, checkpoints, an end that saves)."""
import csv
import json
import os

import slipway_job


def main(params):
    with open(os.path.join(slipway_job.HERE, "files", "points.csv"), encoding="utf-8") as file:
        points = [(float(row["x"]), float(row["y"])) for row in csv.DictReader(file)]
    ending, metrics, checkpoints = slipway_job.Ending(), slipway_job.Metrics(), slipway_job.Checkpoints()
    step, line, facts = 0, {"a": 0.0, "b": 0.0}, {"learning_rate": params["learning_rate"]}
    found = checkpoints.newest(facts)
    if found:
        step, line = found[0]["step"], read(os.path.join(found[1], "line.json"))
        print("resumed from step %d" % step, flush=True)
    while step < params["max_steps"]:
        errors = [(line["a"] * x + line["b"] - y, x) for x, y in points]
        line["a"] -= params["learning_rate"] * sum(error * x for error, x in errors) / len(points)
        line["b"] -= params["learning_rate"] * sum(error for error, _ in errors) / len(points)
        step += 1
        metrics.write(step, loss=sum(error * error for error, _ in errors) / len(points))
        if step % params["save_every"] == 0 or ending.asked:
            checkpoints.save(step, facts, lambda folder: write(os.path.join(folder, "line.json"), line))
            print("saved step %d" % step, flush=True)
        if ending.asked:
            return slipway_job.TERMINATED
    write(os.path.join(slipway_job.output_folder(), "line.json"), line)
    print("y = %.2f x + %.2f%s" % (line["a"], line["b"], "" if params["note"] is None else " (%s)" % params["note"]), flush=True)
    return 0


def read(path):
    with open(path, encoding="utf-8") as file:
        return json.load(file)


def write(path, value):
    with open(path, "w", encoding="utf-8") as file:
        json.dump(value, file)


slipway_job.run(main)
