"""The training loop of the entries lora, full and unsloth: gradient descent with AdamW on rows, one process for each card."""
import contextlib
import math
import os
import sys
import time

import slipway_rows
from slipway_job import TERMINATED, Checkpoints, Ending, JobError, Metrics, local_or_named, output_folder, spread


def main(params, method):
    """Trains by a method (`load(params, device) -> model, tokenizer`, `save(model, folder)`, `restore(model, folder)`); the exit code."""
    import torch

    cards = torch.cuda.device_count()
    count = params.get("processes") or max(1, cards)
    if count > 1 and not method.SPREADS:
        print("slipway: %d cards, and this method uses one" % count, flush=True)
        count = 1
    if count > 1 and "SLIPWAY_RANK" not in os.environ:
        return spread(count, [sys.executable, os.path.abspath(sys.argv[0])])
    return Trainer(params, method, World(torch, count, cards)).run()


class World:
    """The processes of a run."""

    def __init__(self, torch, count, cards):
        self.torch, self.count = torch, count
        self.rank = int(os.environ.get("SLIPWAY_RANK", "0"))
        self.device = torch.device("cuda", self.rank) if cards > self.rank else torch.device("cpu")
        if self.device.type == "cuda":
            torch.cuda.set_device(self.device)
        if count > 1:
            torch.distributed.init_process_group(
                "nccl" if self.device.type == "cuda" else "gloo", init_method="file://" + os.environ["SLIPWAY_MEETING"], rank=self.rank, world_size=count)

    def total(self, *values):
        """Sums over all processes."""
        made = self.torch.tensor(values, dtype=self.torch.float64, device=self.device)
        if self.count > 1:
            self.torch.distributed.all_reduce(made)
        return made.tolist()

    def wait(self):
        if self.count > 1:
            self.torch.distributed.barrier()

    def spread(self, model):
        if self.count == 1:
            return model
        return self.torch.nn.parallel.DistributedDataParallel(model, device_ids=[self.rank] if self.device.type == "cuda" else None)


class Trainer:
    def __init__(self, params, method, world):
        self.params, self.method, self.world, self.torch = params, method, world, world.torch
        self.ending, self.checkpoints = Ending(), Checkpoints()
        self.metrics = Metrics() if world.rank == 0 else None
        self.torch.manual_seed(params["seed"])
        self.model, self.tokenizer = method.load(params, world.device)
        self.examples = self.encode()
        self.size = params["batch_size"] * world.count * params["gradient_accumulation"]
        self.steps = params.get("max_steps") or max(1, math.ceil(params["epochs"] * len(self.examples) / self.size))
        self.optimizer = self.torch.optim.AdamW(
            [one for one in self.model.parameters() if one.requires_grad], lr=params["learning_rate"], weight_decay=params["weight_decay"])
        self.step = 0

    @property
    def facts(self):
        """What a checkpoint must have been made with."""
        return {key: self.params.get(key) for key in ("model", "lora_r", "lora_alpha", "seed", "dataset")} | {"batch": self.size}

    def encode(self):
        tokenizer, render = self.tokenizer, None
        if getattr(tokenizer, "chat_template", None):
            def render(messages, opens):
                return tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=opens)

        chats = render is not None and (self.params.get("messages_column") or self.params.get("prompt_column") and self.params.get("chat_template", True))
        made = []
        for number, row in enumerate(slipway_rows.load(self.params), 1):
            found = slipway_rows.encode(
                slipway_rows.pieces(row, number, self.params, render), lambda text: tokenizer(text, add_special_tokens=False)["input_ids"],
                None if chats else tokenizer.bos_token_id, None if self.params.get("messages_column") else tokenizer.eos_token_id, self.params["max_seq_length"])
            if found:
                made.append(found)
        if not made:
            raise JobError("No row has anything to learn within max_seq_length %d" % self.params["max_seq_length"])
        self.say("%d rows to learn from" % len(made))
        return made

    def run(self):
        self.resume()
        trained = self.world.spread(self.model)
        self.model.train()
        numbers = slipway_rows.batches(len(self.examples), self.size, self.params["seed"], self.step)
        while self.step < self.steps:
            begun = time.monotonic()
            loss, tokens = self.learn(trained, next(numbers))
            self.step += 1
            if self.metrics:
                self.metrics.write(self.step, loss=loss, learning_rate=self.rate(self.step), tokens=tokens, seconds=time.monotonic() - begun)
            self.say("step %d of %d, loss %.4f" % (self.step, self.steps, loss))
            # All processes end after the same step, whichever of them was told.
            if self.world.total(1.0 if self.ending.asked else 0.0)[0] > 0:
                self.keep()
                self.say("ended early, with a checkpoint of step %d" % self.step)
                return TERMINATED
            if self.step % self.params["save_every"] == 0 and self.step < self.steps:
                self.keep()
        return self.finish()

    def learn(self, trained, rows):
        """One step: the mean loss of its tokens, over all processes."""
        per = self.params["batch_size"]
        mine = rows[self.world.rank * per * self.params["gradient_accumulation"]:][:per * self.params["gradient_accumulation"]]
        counted = self.world.total(sum(sum(1 for label in self.examples[row][1][1:] if label != -100) for row in mine))[0]
        for group in self.optimizer.param_groups:
            group["lr"] = self.rate(self.step + 1)
        summed, parts = 0.0, [mine[at:at + per] for at in range(0, len(mine), per)]
        for index, part in enumerate(parts):
            waits = self.world.count > 1 and index < len(parts) - 1
            with trained.no_sync() if waits else contextlib.nullcontext():
                loss = self.loss(trained, part)
                # Processes average their gradients; the sum over all tokens is what is wanted.
                (loss * (self.world.count / counted)).backward()
            summed += float(loss.detach())
        self.torch.nn.utils.clip_grad_norm_([one for one in self.model.parameters() if one.requires_grad], self.params["max_grad_norm"])
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return self.world.total(summed)[0] / counted, counted

    def loss(self, trained, rows):
        """The summed loss of a batch, padded on the right."""
        torch, device = self.torch, self.world.device
        found = [self.examples[row] for row in rows]
        longest = max(len(ids) for ids, _ in found)
        pad = self.tokenizer.pad_token_id if self.tokenizer.pad_token_id is not None else 0
        ids = torch.tensor([one + [pad] * (longest - len(one)) for one, _ in found], device=device)
        labels = torch.tensor([one + [-100] * (longest - len(one)) for _, one in found], device=device)
        mask = torch.tensor([[1] * len(one) + [0] * (longest - len(one)) for one, _ in found], device=device)
        mixed = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(self.params["precision"])
        with torch.autocast(device.type, dtype=mixed) if mixed and device.type == "cuda" else contextlib.nullcontext():
            logits = trained(input_ids=ids, attention_mask=mask).logits
        return torch.nn.functional.cross_entropy(logits[:, :-1].float().flatten(0, 1), labels[:, 1:].flatten(), ignore_index=-100, reduction="sum")

    def rate(self, step):
        """Up to the learning rate in the warm-up, then down along half a cosine."""
        warm, top = self.params["warmup_steps"], self.params["learning_rate"]
        if step <= warm:
            return top * step / warm
        return top * 0.5 * (1 + math.cos(math.pi * (step - warm - 1) / max(1, self.steps - warm)))

    def keep(self):
        if self.world.rank == 0:
            self.checkpoints.save(self.step, self.facts, self.write)
        self.world.wait()

    def write(self, folder):
        self.method.save(self.model, folder)
        # Tensors alone: rates and the like are those of the parameters.
        state = self.optimizer.state_dict()["state"]
        self.torch.save({at: {key: self.torch.as_tensor(value) for key, value in one.items()} for at, one in state.items()}, os.path.join(folder, "optimizer.pt"))

    def resume(self):
        found = self.checkpoints.newest(self.facts) if self.params["resume"] else None
        if found:
            state, folder = found
            self.method.restore(self.model, folder)
            # weights_only: a checkpoint is data, and no program.
            moments = self.torch.load(os.path.join(folder, "optimizer.pt"), map_location=self.world.device, weights_only=True)
            self.optimizer.load_state_dict(dict(self.optimizer.state_dict(), state=moments))
            self.step = state["step"]
            self.say("resumed from step %d" % self.step)

    def finish(self):
        self.keep()
        if self.world.rank == 0:
            target = os.path.join(output_folder(), self.method.RESULT)
            self.method.save(self.model, target)
            self.tokenizer.save_pretrained(target)
            self.say("saved the %s after step %d" % (self.method.RESULT, self.step))
        self.world.wait()
        return 0

    def say(self, text):
        if self.world.rank == 0:
            print(text, flush=True)


def dtype_of(torch, params, device):
    """The type of frozen weights: a CPU computes in 32 bits."""
    return torch.float32 if device.type == "cpu" else {"bf16": torch.bfloat16, "fp16": torch.float16}.get(params["precision"], torch.float32)


def tokenizer_of(params):
    import transformers

    return transformers.AutoTokenizer.from_pretrained(local_or_named(params["model"]), trust_remote_code=False)
