"""A model that learns: an adapter on a base, its optimiser, the gradients that were gathered, and the order of its calls."""
import math

import torch

from .. import arguments
from ..errors import BadInput
from . import inputs, losses
from .adam import Adam
from .adam import settings as adam_settings
from .adapters import Adapter
from .failures import NotFinite, OutOfOrder
from .scoring import budget, scores, with_less_memory

_PASS = ("model_id", "seq_id", "loss_fn", "loss_fn_config", "columns", "compute_loss", "token_budget")


class Model:
    """`wish` is what the caller asked for; `answer` is that of the last call with a number, by which a call that came twice is known."""

    def __init__(self, base, config, checkpointing, wish):
        self.base, self.config, self.checkpointing, self.wish = base, config, checkpointing, wish
        self.adapter = Adapter.new(base.sites, config, base.device).train()
        self.adam = Adam(self.adapter.parameters())
        self.gradients, self.touched = None, False
        self.last, self.answer = 0, (None, None)

    def in_order(self, call, action):
        """Does what a call wants, once: its number is the next one, or it is the last call again. A call that failed has no number."""
        number = arguments.read(call.args, "seq_id", "whole")
        if number is not None and number == self.last and self.answer[0] == call.name:
            return self.answer[1]
        if number is not None and number != self.last + 1:
            raise OutOfOrder("seq_id is %d, and the next call of the model has %d" % (number, self.last + 1))
        answer = action(call, self)
        self.touched = True
        if number is not None:
            self.last, self.answer = number, (call.name, answer)
        return answer

    def forward(self, call):
        """Log-probabilities of targets, and the loss where it is wanted; gradients are as they were."""
        inputs.allow(call.args, *_PASS)
        job = Pass(call, self.base, arguments.read(call.args, "compute_loss", "flag", False))
        with torch.no_grad():
            found, loss = job.run(call, self, False)
        return job.answer(found, loss)

    def forward_backward(self, call):
        """The same, and the gradients of the loss are added to those that were gathered: at the end, when all of them are numbers."""
        inputs.allow(call.args, *_PASS)
        if not arguments.read(call.args, "compute_loss", "flag", True):
            raise BadInput("compute_loss is false, and there is nothing to learn without a loss")
        job = Pass(call, self.base, True)
        parameters = self.adapter.parameters()
        try:
            with torch.enable_grad():
                found, loss = job.run(call, self, True)
            fresh = {name: torch.zeros_like(value) if value.grad is None else value.grad for name, value in parameters.items()}
        finally:
            self.forget_pass()
        _finite(loss, fresh.values())
        self._gather(fresh)
        return job.answer(found, loss)

    def forget_pass(self):
        """What one pass left at the parameters is no one else's."""
        for value in self.adapter.parameters().values():
            value.grad = None

    def _gather(self, fresh):
        if self.gradients is None:
            self.gradients = fresh
            return
        for name, value in fresh.items():
            self.gradients[name] += value

    def optim_step(self, call):
        """A step of Adam, which uses the gradients up."""
        inputs.allow(call.args, "model_id", "seq_id", "adam")
        values = adam_settings(arguments.read(call.args, "adam", "object", {}))
        if self.gradients is None:
            raise BadInput("no gradient was gathered since the last step: call training_forward_backward first")
        gradient, update = self.adam.apply(self.adapter.parameters(), self.gradients, values)
        self.gradients = None
        return {"step": self.adam.step, "grad_norm": gradient, "update_norm": update}


def _finite(loss, gradients):
    if not math.isfinite(loss):
        raise NotFinite("the loss is %s; the gathered gradients are as before" % loss)
    # Asked together, for a GPU is waited for at each question.
    if gradients and not bool(torch.stack([torch.isfinite(value).all() for value in gradients]).all()):
        raise NotFinite("a gradient is no number, though the loss is %s; the gathered gradients are as before" % loss)


class Pass:
    """One pass: rows of tokens, their targets, and what the loss takes beside them."""

    def __init__(self, call, base, with_loss):
        args = call.args
        self.rows = inputs.rows(call, "tokens", "lengths", base.vocab_size)
        longest, self.count = max(map(len, self.rows)), sum(map(len, self.rows))
        if longest > base.context:
            raise BadInput("tensor lengths has %d, and the context of %s is %d tokens" % (longest, base.name, base.context))
        self.columns = arguments.between("columns", arguments.read(args, "columns", "whole"), 1, base.vocab_size)
        self.loss, self.with_loss, self.longest = arguments.read(args, "loss_fn", "text", "cross_entropy"), with_loss, longest
        unknown = sorted(set(call.tensors) - {"tokens", "lengths", "target_tokens", *losses.INPUTS})
        if unknown:
            raise BadInput("tensor %s is not known here" % unknown[0])
        given = [name for name in losses.INPUTS if name in call.tensors]
        self.config = losses.check(self.loss, arguments.read(args, "loss_fn_config", "object", {}), given, with_loss)
        if self.columns is not None and self.loss != "cross_entropy":
            raise BadInput("columns is given, and only cross_entropy takes several targets for a token")
        total = self.count * (self.columns or 1)
        self.targets = self._shaped(inputs.row(call, "target_tokens", count=total))
        inputs.within("target_tokens", self.targets, base.vocab_size)
        self.inputs = {name: self._shaped(inputs.row(call, name, "f32", total)) for name in given}
        self.most = arguments.between("token_budget", arguments.read(args, "token_budget", "whole", budget(base)), 1, 2 ** 31)

    def _shaped(self, value):
        return value if self.columns is None else value.reshape(-1, self.columns)

    def run(self, call, model, backward):
        """The log-probabilities of the targets and the loss, with as many tokens at once as the memory lets through."""

        def once(most):
            model.forget_pass()
            return self._once(call, model, most, backward)

        return with_less_memory(self.most, min(self.most, self.longest), once)

    def _once(self, call, model, most, backward):
        found, loss = torch.zeros(self.targets.shape), 0.0
        for places, logs in scores(call, model.base, model.adapter, self.rows, most, model.checkpointing and backward):
            targets = self.targets[places].to(logs.device)
            lp = logs.gather(-1, targets if self.columns else targets[:, None])
            lp = lp if self.columns else lp[:, 0]
            found[places] = lp.detach().cpu()
            if self.with_loss:
                part = losses.total(self.loss, lp, {name: value[places].to(lp.device) for name, value in self.inputs.items()}, self.config)
                loss += float(part.detach())
                if backward and math.isfinite(loss):
                    part.backward()
            # The next batch needs the room.
            del logs
        return found, loss

    def answer(self, found, loss):
        if self.with_loss:
            _finite(loss, ())
        return {"metrics": {"loss:sum": loss} if self.with_loss else {}, "tokens": self.count}, {"logprobs": found.reshape(-1)}
