"""Checkpoints: directories that are there whole or not at all, whose files are known by their digests.

`adapter_model.safetensors` and `adapter_config.json` are what PEFT loads; `optimizer.safetensors` has Adam's moments; `state.json`
has the rest, the digests of the other files, and a seal, which is the digest of itself without the seal.
"""
import base64
import hashlib
import json
import os
import shutil
import tempfile

import torch

from ..errors import BadInput
from . import safetensors_file
from .adapters import compare
from .failures import CheckpointDamaged, CheckpointMismatch

FORMAT = 1
ADAPTER, CONFIG, OPTIMIZER, STATE = "adapter_model.safetensors", "adapter_config.json", "optimizer.safetensors", "state.json"


def make_directory(path, fill):
    """Makes a directory beside its place, has it on the disk, and moves it there. Gives its size in bytes."""
    parent = os.path.dirname(path)
    os.makedirs(parent, exist_ok=True)
    temporary = tempfile.mkdtemp(dir=parent, prefix=".making-")
    try:
        fill(temporary)
        size = sum(_sync(os.path.join(folder, file)) for folder, _, files in os.walk(temporary) for file in files)
        os.chmod(temporary, 0o755)
        _sync(temporary)
        if os.path.lexists(path):
            raise BadInput("path names %s, which exists" % path)
        os.rename(temporary, path)
        _sync(parent)
        return size
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def _sync(path):
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
        return os.fstat(handle).st_size
    finally:
        os.close(handle)


def write_json(folder, name, value):
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        json.dump(value, file, indent=2, sort_keys=True, ensure_ascii=False, allow_nan=False)
        file.write("\n")


def write_adapter(folder, base, adapter):
    """The two files that PEFT loads."""
    safetensors_file.write(os.path.join(folder, ADAPTER), adapter.parameters(), {"format": "pt"})
    write_json(folder, CONFIG, adapter.peft(base))


def save(path, model, with_optimizer, extra):
    """Writes a checkpoint of a model."""
    found = {}

    def fill(folder):
        write_adapter(folder, model.base, model.adapter)
        if with_optimizer:
            safetensors_file.write(os.path.join(folder, OPTIMIZER), _moments(model.adam))
        state = {
            "format": FORMAT, "base_model": model.base.name, "base_sha256": model.base.sha256, "lora": model.config,
            "step": model.adam.step, "with_optimizer": with_optimizer, "rng": _rng(), "extra": extra,
            "files": {name: _digest(os.path.join(folder, name)) for name in sorted(os.listdir(folder))},
        }
        write_json(folder, STATE, dict(state, seal=_seal(state)))
        found["sha256"] = _digest(os.path.join(folder, STATE))

    size = make_directory(path, fill)
    return {"path": path, "sha256": found["sha256"], "bytes": size}


def _moments(adam):
    return {"%s.%s" % (kind, name): value for kind in ("first", "second") for name, value in getattr(adam, kind).items()}


def _rng():
    states = {"cpu": torch.get_rng_state()}
    if torch.cuda.is_available():
        states.update({"cuda:%d" % index: state for index, state in enumerate(torch.cuda.get_rng_state_all())})
    return {name: base64.b64encode(bytes(state.tolist())).decode() for name, state in states.items()}


def _restore_rng(states):
    for name, state in states.items():
        value = torch.tensor(list(base64.b64decode(state)), dtype=torch.uint8)
        if name == "cpu":
            torch.set_rng_state(value)
        elif torch.cuda.is_available() and int(name[5:]) < torch.cuda.device_count():
            torch.cuda.set_rng_state(value, int(name[5:]))


def _digest(path):
    with open(path, "rb") as file:
        return hashlib.sha256(file.read()).hexdigest()


def _seal(state):
    return hashlib.sha256(json.dumps(state, sort_keys=True).encode()).hexdigest()


class Checkpoint:
    """A checkpoint whose state was read and is whole."""

    def __init__(self, path):
        self._path = path
        try:
            self.state = json.loads(self._read(STATE))
            seal = self.state.pop("seal")
        except (ValueError, KeyError, AttributeError, TypeError, RecursionError) as error:
            raise CheckpointDamaged("%s is damaged: it is no state of a checkpoint" % self._name(STATE)) from error
        if seal != _seal(self.state):
            raise CheckpointDamaged("%s is damaged: it is not what was written" % self._name(STATE))
        if self.state["format"] != FORMAT:
            raise CheckpointMismatch("%s has the format %s, and %d is known here" % (self._name(STATE), self.state["format"], FORMAT))

    def check(self, base, config=None):
        """Refuses another base, and another adapter where settings are given."""
        state = self.state
        if state["base_sha256"] != base.sha256:
            raise CheckpointMismatch("%s: base_model is %s (%s), and the model's is %s (%s)" % (
                self._path, state["base_model"], state["base_sha256"][:12], base.name, base.sha256[:12]))
        for key in ("rank", "alpha", "train_mlp", "train_attn", "train_unembed") if config else ():
            if state["lora"][key] != config[key]:
                raise CheckpointMismatch("%s: lora %s is %s, and the model's is %s" % (self._path, key, state["lora"][key], config[key]))

    def weights(self):
        """The adapter's matrices by name."""
        return self._tensors(ADAPTER)

    def restore(self, model, with_optimizer):
        """Makes a new model what the saved one was. Nothing is changed before all was checked."""
        self.check(model.base, model.config)
        weights, moments = self.weights(), None
        compare(model.adapter.parameters(), weights, ADAPTER)
        if with_optimizer:
            if not self.state["with_optimizer"]:
                raise CheckpointMismatch("%s has no state of the optimiser: it was saved without, so load it with with_optimizer false" % self._path)
            moments = self._tensors(OPTIMIZER)
            compare(_moments(model.adam), moments, OPTIMIZER)
        model.adapter.fill(weights)
        if moments is not None:
            for name, value in _moments(model.adam).items():
                value.copy_(moments[name])
            model.adam.step = self.state["step"]
        _restore_rng(self.state["rng"])

    def _tensors(self, name):
        content = self._read(name)
        if self.state["files"].get(name) != hashlib.sha256(content).hexdigest():
            raise CheckpointDamaged("%s is damaged: its digest is not that of what was written" % self._name(name))
        try:
            return safetensors_file.parse(bytearray(content))[0]
        except safetensors_file.NoSafetensors as error:
            raise CheckpointDamaged("%s is damaged: %s" % (self._name(name), error)) from error

    def _read(self, name):
        try:
            with open(self._name(name), "rb") as file:
                return file.read()
        except OSError as error:
            raise CheckpointDamaged("%s cannot be read: %s" % (self._name(name), error.strerror)) from error

    def _name(self, name):
        return os.path.join(self._path, name)
