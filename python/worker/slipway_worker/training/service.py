"""What the operations act on: the models that learn and the samplers, by the names that the caller gave them."""
from .. import arguments
from ..errors import BadInput
from . import adapters, bases, inputs
from .checkpoint import Checkpoint, save
from .learning import Model
from .sampling import Sampler

MODELS, SAMPLERS = {}, {}


def _find(call, kind, known):
    name = arguments.read(call.args, kind, "text", required=True)
    if name not in known:
        raise BadInput("%s is %s, and there is none of that name" % (kind, name))
    return known[name]


def model(call):
    return _find(call, "model_id", MODELS)


def sampler(call):
    return _find(call, "sampler_id", SAMPLERS)


def _new(call, kind, known, why):
    """The name of something to be made, and what was made of the same wish before, if anything."""
    name = arguments.read(call.args, kind, "text", required=True)
    if name in known and known[name].wish != why:
        raise BadInput("%s is %s, and there is another of that name" % (kind, name))
    if getattr(known.get(name), "touched", False):
        raise BadInput("%s is %s, and the one of that name is in use" % (kind, name))
    return name, known.get(name)


def create_model(call):
    """A new model, whose adapter changes nothing yet."""
    args = call.args
    inputs.allow(args, "model_id", "base_model", "base_path", "cache_directory", "lora", "device", "gradient_checkpointing")
    name, made = _new(call, "model_id", MODELS, args)
    if made is None:
        config = adapters.settings(arguments.read(args, "lora", "object", {}))
        made = Model(bases.load(args), config, arguments.read(args, "gradient_checkpointing", "flag", False), args)
        MODELS[name] = made
    base = made.base
    return {
        "model_id": name, "base_model": base.name, "base_sha256": base.sha256, "vocab_size": base.vocab_size,
        "parameters": sum(value.numel() for value in base.module.parameters()),
        "trainable": sum(value.numel() for value in made.adapter.parameters().values()),
        "context": base.context, "device": str(base.device), "dtype": str(base.dtype).partition(".")[2],
    }


def save_model(call, model):
    inputs.allow(call.args, "model_id", "seq_id", "path", "with_optimizer", "extra")
    extra = arguments.read(call.args, "extra", "object", {})
    return save(inputs.new_directory(call.args), model, arguments.read(call.args, "with_optimizer", "flag", True), extra)


def load_model(call, model):
    inputs.allow(call.args, "model_id", "seq_id", "path", "with_optimizer")
    if model.touched:
        raise BadInput("a checkpoint is loaded by a model's first call, and this model has had others")
    checkpoint = Checkpoint(_checkpoint_path(call, required=True))
    checkpoint.restore(model, arguments.read(call.args, "with_optimizer", "flag", True))
    return {"step": checkpoint.state["step"], "extra": checkpoint.state["extra"]}


def _checkpoint_path(call, required):
    path = inputs.directory(call.args)
    if path is None and required:
        raise BadInput("path is missing")
    return path


def snapshot(call, model):
    """A sampler of what the model is now."""
    inputs.allow(call.args, "model_id", "seq_id", "sampler_id")
    name = arguments.read(call.args, "sampler_id", "text", required=True)
    if name in SAMPLERS:
        raise BadInput("sampler_id is %s, and there is another of that name" % name)
    SAMPLERS[name] = Sampler(model.base, model.adapter.copy())
    return {"sampler_id": name}


def load_sampler(call):
    """A sampler of a checkpoint, or of a base itself."""
    args = call.args
    inputs.allow(args, "sampler_id", "base_model", "base_path", "cache_directory", "path", "device")
    name, made = _new(call, "sampler_id", SAMPLERS, args)
    if made is None:
        path, base = _checkpoint_path(call, required=False), bases.load(args)
        made = Sampler(base, _adapter_of(path, base) if path else None, args)
        SAMPLERS[name] = made
    return {"sampler_id": name, "base_model": made.base.name, "base_sha256": made.base.sha256, "vocab_size": made.base.vocab_size, "context": made.base.context}


def _adapter_of(path, base):
    checkpoint = Checkpoint(path)
    checkpoint.check(base)
    adapter = adapters.Adapter.new(base.sites, checkpoint.state["lora"], base.device)
    adapter.fill(checkpoint.weights())
    return adapter


def drop(call):
    """Forgets a model or a sampler, and the bases that nothing stands on any more."""
    import torch

    inputs.allow(call.args, "model_id", "sampler_id")
    given = [kind for kind in ("model_id", "sampler_id") if call.args.get(kind) is not None]
    if len(given) != 1:
        raise BadInput("either model_id or sampler_id must be given")
    known = MODELS if given[0] == "model_id" else SAMPLERS
    _find(call, given[0], known)
    del known[call.args[given[0]]]
    bases.keep_only([one.base for one in (*MODELS.values(), *SAMPLERS.values())])
    if torch.cuda.is_available():
        torch.cuda.empty_cache()
    return {}
