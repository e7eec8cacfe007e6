"""What every fixed entry of a rented run shares: parameters, metrics, checkpoints, and an end that saves. The standard library alone.

Parameters come from params.json beside the entry. Metrics go to $SLIPWAY_METRICS, results to $SLIPWAY_OUTPUT, and checkpoints to
$SLIPWAY_CHECKPOINTS (a bucket or volume that outlives the machine), else below the results.
"""
import json
import math
import os
import re
import shutil
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
TERMINATED = 128 + signal.SIGTERM
STEP = re.compile(r"step-([0-9]{8})\Z")
STATE = "state.json"


class JobError(Exception):
    """Something that the person who started the run can mend; it is said without a traceback."""


def parameters(path=None):
    """The parameters, as Slipway checked them."""
    path = path or os.path.join(HERE, "params.json")
    try:
        with open(path, encoding="utf-8") as file:
            values = json.load(file)
    except (OSError, ValueError) as error:
        raise JobError("%s cannot be read: %s" % (path, error))
    if not isinstance(values, dict):
        raise JobError("%s holds no object" % path)
    return values


def local_or_named(text):
    """What begins with ./ came along with the run and lies below files/; anything else is a name of the hub."""
    return os.path.join(HERE, "files", text[2:]) if text.startswith("./") else text


def output_folder():
    return os.environ.get("SLIPWAY_OUTPUT") or os.path.join(HERE, "out")


def checkpoint_folder():
    return os.environ.get("SLIPWAY_CHECKPOINTS") or os.path.join(output_folder(), "checkpoints")


class Metrics:
    """Lines {"step", "time", key: number or null}; a number that JSON has no word for is null."""

    def __init__(self, path=None, clock=time.time):
        self._path = path or os.environ.get("SLIPWAY_METRICS") or os.path.join(output_folder(), "metrics.jsonl")
        self._clock = clock
        os.makedirs(os.path.dirname(os.path.abspath(self._path)), exist_ok=True)

    def write(self, step, **values):
        line = {"step": step, "time": self._clock()}
        for key, value in values.items():
            value = None if value is None else float(value)
            line[key] = value if value is not None and math.isfinite(value) else None
        with open(self._path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")


class Checkpoints:
    """Folders step-00000050: written aside and renamed, so that what has the name is whole. The two newest are kept."""

    KEPT = 2

    def __init__(self, folder=None):
        self.folder = folder or checkpoint_folder()

    def all(self):
        """Steps and paths, the oldest first."""
        try:
            names = os.listdir(self.folder)
        except FileNotFoundError:
            return []
        found = ((STEP.match(name), name) for name in names)
        return sorted((int(match.group(1)), os.path.join(self.folder, name)) for match, name in found if match and os.path.isfile(os.path.join(self.folder, name, STATE)))

    def newest(self, facts):
        """The newest one, (state, path), or None; of another model or method it is refused, for its weights would not fit."""
        for _, path in reversed(self.all()):
            with open(os.path.join(path, STATE), encoding="utf-8") as file:
                state = json.load(file)
            if state.get("facts") != facts:
                changed = sorted(key for key in set(facts) | set(state.get("facts") or {}) if facts.get(key) != (state.get("facts") or {}).get(key))
                raise JobError("The checkpoint %s is of another run: %s differ. Set resume to false, or name another place for checkpoints." % (path, ", ".join(changed)))
            return state, path
        return None

    def save(self, step, facts, write):
        """Writes one: `write` gets a folder to fill."""
        os.makedirs(self.folder, exist_ok=True)
        made = os.path.join(self.folder, "step-%08d" % step)
        aside = made + ".part"
        shutil.rmtree(aside, ignore_errors=True)
        os.makedirs(aside)
        write(aside)
        with open(os.path.join(aside, STATE), "w", encoding="utf-8") as file:
            json.dump({"step": step, "facts": facts}, file)
        shutil.rmtree(made, ignore_errors=True)
        os.rename(aside, made)
        for _, old in self.all()[:-self.KEPT]:
            shutil.rmtree(old, ignore_errors=True)
        return made


class Ending:
    """Whether the run was asked to end: it ends after the step that it is in, with a checkpoint."""

    def __init__(self):
        self.asked = False
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def _ask(self, number, frame):
        self.asked = True


def spread(count, command, environment=None):
    """Runs a command once for each card, and ends as the first that fails does; the standard launcher of torch hides the code of its workers."""
    base = dict(os.environ if environment is None else environment)
    meeting = os.path.join(output_folder(), ".meeting-%d" % os.getpid())
    os.makedirs(output_folder(), exist_ok=True)
    asked = Ending()
    workers = [subprocess.Popen(command, env=dict(base, SLIPWAY_RANK=str(rank), SLIPWAY_WORLD=str(count), SLIPWAY_MEETING=meeting)) for rank in range(count)]
    code, told = 0, False
    while None in [worker.poll() for worker in workers]:
        ended = [worker.returncode for worker in workers if worker.returncode not in (None, 0)]
        code = code or (ended[0] if ended else 0)
        # One that failed leaves the others waiting for it for ever.
        if (code or asked.asked) and not told:
            told = True
            for worker in workers:
                if worker.poll() is None:
                    worker.send_signal(signal.SIGKILL if code and not asked.asked else signal.SIGTERM)
        time.sleep(0.05)
    code = code or next((worker.returncode for worker in workers if worker.returncode), 0)
    if os.path.exists(meeting):
        os.remove(meeting)
    return 128 - code if code < 0 else code


def run(main):
    """Runs an entry's main with the parameters; its number is the exit code."""
    try:
        sys.exit(main(parameters()))
    except JobError as error:
        print("slipway: %s" % error, file=sys.stderr, flush=True)
        sys.exit(1)
