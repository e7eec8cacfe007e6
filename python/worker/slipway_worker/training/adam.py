"""Adam with decoupled weight decay (Loshchilov and Hutter 2019) and bias correction; clipping is of the norm over all parameters."""
import math

import torch

from .. import arguments
from ..errors import BadInput

DEFAULTS = {"learning_rate": 1e-4, "beta1": 0.9, "beta2": 0.95, "eps": 1e-12, "weight_decay": 0.0, "grad_clip_norm": 0.0}


def settings(given):
    """The settings, complete and checked."""
    unknown = sorted(set(given) - set(DEFAULTS))
    if unknown:
        raise BadInput("adam: %s is not known; there are %s" % (unknown[0], ", ".join(DEFAULTS)))
    values = {name: arguments.read(given, name, "number", default) for name, default in DEFAULTS.items()}
    for name, value in values.items():
        high = 1.0 if name.startswith("beta") else math.inf
        if value < 0 or name.startswith("beta") and value >= high:
            raise BadInput("adam: %s is %s, and must be at least 0%s" % (name, value, " and below 1" if high == 1.0 else ""))
    return values


class Adam:
    """The moments of parameters by name, and how many steps were taken."""

    def __init__(self, parameters):
        self.step = 0
        self.first = {name: torch.zeros_like(value) for name, value in parameters.items()}
        self.second = {name: torch.zeros_like(value) for name, value in parameters.items()}

    @torch.no_grad()
    def apply(self, parameters, gradients, values):
        """Takes a step. Gives the norms of the gradient before clipping and of the change."""
        self.step += 1
        norm = norm_of(gradients.values())
        limit = values["grad_clip_norm"]
        scale = limit / norm if 0 < limit < norm else 1.0
        changes = [self._apply(name, parameter, gradients[name] * scale, values) for name, parameter in parameters.items()]
        return norm, norm_of(changes)

    def _apply(self, name, parameter, gradient, values):
        beta1, beta2, rate = values["beta1"], values["beta2"], values["learning_rate"]
        first = self.first[name].mul_(beta1).add_(gradient, alpha=1 - beta1)
        second = self.second[name].mul_(beta2).addcmul_(gradient, gradient, value=1 - beta2)
        before = parameter.detach().clone()
        parameter.mul_(1 - rate * values["weight_decay"])
        width = (second / (1 - beta2 ** self.step)).sqrt_().add_(values["eps"])
        # Where nothing was ever learnt and eps is 0 too, there is no direction.
        change = torch.where(first == 0, first, first / width)
        parameter.sub_(change, alpha=rate / (1 - beta1 ** self.step))
        return parameter - before


def norm_of(tensors):
    """The norm of all numbers together; a GPU is waited for once, not for each tensor."""
    return math.sqrt(sum(torch.stack([tensor.double().pow(2).sum() for tensor in tensors]).tolist()))
