"""The losses, over rows of numbers per token: lp the log-probabilities now, q those of the sampler, A the advantages, r = exp(lp - q).

Each is a sum over all tokens; nothing is divided by a length or a batch. A token with weight 0 or advantage 0 is left out, not
multiplied by 0: so 0 x infinity cannot come in.

    cross_entropy        -w lp
    importance_sampling  -r A
    ppo                  -min(r A, clip(r, low, high) A)       Schulman et al. 2017, with bounds of the ratio itself
    cispo                -constant(clip(r, low, high)) lp A    MiniMax-M1, 2025
    dro                  -(lp A - beta/2 (lp - q)^2)           Richemond et al. 2024
"""
import torch

from ..errors import BadInput

LOW, HIGH = "clip_low_threshold", "clip_high_threshold"
_POLICY = ("logprobs", "advantages")
_TAKES = {
    "cross_entropy": ((), ("weights",), ()),
    "importance_sampling": (_POLICY, (), ()),
    "ppo": (_POLICY, (LOW, HIGH), (LOW, HIGH)),
    "cispo": (_POLICY, (LOW, HIGH), (LOW, HIGH)),
    "dro": (_POLICY, (), ("beta",)),
}
# Only ppo has bounds that everyone means when none are said.
_DEFAULTS = {"ppo": {LOW: 0.8, HIGH: 1.2}}
INPUTS = ("weights", "logprobs", "advantages", LOW, HIGH)


def check(name, config, given, complete=True):
    """Refuses a loss, a setting or an input that is not known, and (where `complete`) one that is missing. Gives the settings."""
    if name not in _TAKES:
        raise BadInput("loss_fn is %s, and must be one of %s" % (name, ", ".join(_TAKES)))
    needed, optional, keys = _TAKES[name]
    for key, value in config.items():
        if key not in keys:
            raise BadInput("loss_fn_config: %s is not known to %s; there are %s" % (key, name, ", ".join(keys) or "none"))
        if type(value) not in (int, float):
            raise BadInput("loss_fn_config: %s is no number" % key)
    for key in given:
        if key not in needed + optional:
            raise BadInput("tensor %s is not taken by %s" % (key, name))
    settings = {**_DEFAULTS.get(name, {}), **config}
    if complete:
        for key in needed:
            if key not in given:
                raise BadInput("tensor %s is missing, and %s needs it" % (key, name))
        for key in keys:
            if key not in settings and key not in given:
                raise BadInput("loss_fn_config: %s is missing, and %s needs it" % (key, name))
    return settings


def total(name, lp, inputs, config):
    """The loss, a float64 number that can be differentiated by `lp`. All rows of `inputs` have the form of `lp`."""
    if name == "cross_entropy":
        weights = inputs.get("weights")
        if weights is None:
            return -lp.double().sum()
        counts = weights != 0
        return -(weights[counts] * lp[counts]).double().sum()
    counts = inputs["advantages"] != 0
    lp, kept = lp[counts], {key: value[counts] for key, value in inputs.items()}
    terms = {"importance_sampling": _importance, "ppo": _ppo, "cispo": _cispo, "dro": _dro}[name](lp, kept, config)
    return terms.double().sum()


def _importance(lp, inputs, config):
    return -(lp - inputs["logprobs"]).exp() * inputs["advantages"]


def _ppo(lp, inputs, config):
    ratio = (lp - inputs["logprobs"]).exp()
    free, clipped = ratio * inputs["advantages"], _clip(ratio.detach(), inputs, config) * inputs["advantages"]
    # A tie is the free branch's: within the bounds both are the same number, and it learns.
    return -torch.where(free <= clipped, free, torch.where(free.isnan(), free, clipped))


def _cispo(lp, inputs, config):
    return -_clip((lp.detach() - inputs["logprobs"]).exp(), inputs, config) * lp * inputs["advantages"]


def _dro(lp, inputs, config):
    return -(lp * inputs["advantages"] - 0.5 * config["beta"] * (lp - inputs["logprobs"]) ** 2)


def _clip(ratio, inputs, config):
    low, high = (inputs[key] if key in inputs else torch.full_like(ratio, config[key]) for key in (LOW, HIGH))
    return torch.minimum(torch.maximum(ratio, low), high)
