#!/usr/bin/env python3
"""Measures the worker's training of a Hugging Face model against a loop written by hand. It is run by hand where there is a GPU:

    python3 bench/training-gpu.py [--rounds 5] [--steps 2]
    python3 bench/training-gpu.py --stand-in        here: the tiny model in place of one of transformers, to see the script work

Needs torch and transformers, and peft for the loop that uses it; no network. The model is a Llama of 0.6 billion parameters with random weights. The sides are
processes of their own, which train the same rows in turn:

    worker      a worker as Slipway starts it, spoken to in frames
    in-process  the same operations called as functions
    peft        transformers and peft by hand: adapters in float32 under autocast
    own         transformers with adapters of its own by hand: float32, cast where they are used

A round is some steps, each of several micro-batches and one step of AdamW. Prints a table and JSON, and writes $OUT/training-gpu.json where OUT is set.
"""
import argparse
import contextlib
import importlib.metadata
import importlib.util
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import traceback

os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "python" / "worker"))
LORA = {"rank": 16, "alpha": 32, "seed": 1, "train_unembed": False}
PARTS = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
RATE, BETAS, EPS = 1e-4, (0.9, 0.95), 1e-8


def read_arguments():
    parser = argparse.ArgumentParser(description="Measures training on a GPU.")
    for name, value, what in (
            ("rounds", 5, "rounds that are counted"), ("steps", 2, "steps a round"), ("micro", 3, "micro-batches a step"), ("rows", 8, "rows a micro-batch"),
            ("length", 2048, "tokens a row"), ("layers", 20, "of the model"), ("width", 1536, "of the model"), ("vocabulary", 32000, "of the model")):
        parser.add_argument("--" + name, type=int, default=value, help=what)
    parser.add_argument("--no-checkpointing", action="store_true", help="keep all activations, on all sides")
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--stand-in", action="store_true", help="the built-in tiny model, on a CPU")
    parser.add_argument("--side", help=argparse.SUPPRESS)
    parser.add_argument("--folder", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.stand_in:
        given.device, given.length, given.vocabulary = "cpu", min(given.length, 96), 256
    return given


def batch(given):
    """The rows of a step: tokens, and the ones that follow."""
    import torch

    tokens = torch.randint(0, given.vocabulary, (given.rows * given.micro, given.length + 1), generator=torch.Generator().manual_seed(7))
    return tokens[:, :-1].contiguous(), tokens[:, 1:].contiguous()


def make_model(given):
    """Writes a folder with a model of random weights and a tokenizer, which the worker wants to be there."""
    import torch
    import transformers
    from tokenizers import Tokenizer, models, pre_tokenizers

    alphabet = {text: index for index, text in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    inner = Tokenizer(models.BPE(vocab=alphabet, merges=[]))
    inner.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    transformers.PreTrainedTokenizerFast(tokenizer_object=inner, bos_token="<s>", eos_token="</s>").save_pretrained(given.folder)
    heads = max(1, given.width // 128)
    config = transformers.LlamaConfig(
        vocab_size=given.vocabulary, hidden_size=given.width, intermediate_size=given.width * 8 // 3 // 64 * 64, num_hidden_layers=given.layers,
        num_attention_heads=heads, num_key_value_heads=heads // 3 if heads % 3 == 0 else heads, max_position_embeddings=max(4096, given.length), tie_word_embeddings=False)
    torch.manual_seed(0)
    model = transformers.AutoModelForCausalLM.from_config(config)
    model.to(torch.bfloat16 if given.device != "cpu" else torch.float32).save_pretrained(given.folder)
    return sum(value.numel() for value in model.parameters())


# What the operations of the worker are given.

def create_arguments(given):
    where = {"base_model": "tiny-byte", "cache_directory": given.folder} if given.stand_in else {"base_model": "bench", "base_path": given.folder}
    return {"model_id": "m", "device": given.device, "lora": LORA, "gradient_checkpointing": not given.no_checkpointing, **where}


def step_arguments(given, number):
    """The arguments of the two calls that are step `number`, from 0. The budget is a micro-batch."""
    adam = {"learning_rate": RATE, "beta1": BETAS[0], "beta2": BETAS[1], "eps": EPS}
    return ({"model_id": "m", "seq_id": 2 * number + 1, "loss_fn": "cross_entropy", "token_budget": given.rows * given.length},
            {"model_id": "m", "seq_id": 2 * number + 2, "adam": adam})


def pass_tensors(given):
    import torch
    from slipway_worker.tensors import Tensor

    tokens, targets = batch(given)
    values = {"tokens": tokens.reshape(-1), "target_tokens": targets.reshape(-1), "lengths": torch.full((len(tokens),), given.length)}
    return {name: Tensor(name, "i64", value.shape, bytearray(Tensor.of(name, value).data)) for name, value in values.items()}


class Call:
    """A call as the worker makes it."""

    def __init__(self, name, args, tensors):
        self.name, self.args, self.tensors = name, args, tensors

    def check(self):
        pass


class InProcess:
    """The worker's operations as functions."""

    def __init__(self, given):
        self.given, self.done, self.tensors = given, 0, pass_tensors(given)
        self._call("create_model", create_arguments(given))

    @staticmethod
    def _call(name, args, tensors=None):
        from slipway_worker import registry

        answer = registry.find("training_" + name)(Call("training_" + name, args, tensors or {}))
        return answer[0] if isinstance(answer, tuple) else answer

    def step(self):
        forward, optimizer = step_arguments(self.given, self.done)
        loss = self._call("forward_backward", forward, self.tensors)["metrics"]["loss:sum"]
        self._call("optim_step", optimizer)
        self.done += 1
        return loss


class ByHand:
    """A loop of PyTorch. With `with_peft` the adapters are those of peft."""

    def __init__(self, given, with_peft):
        import torch

        self.given, self.mixed = given, with_peft and given.device != "cpu"
        self.tokens, self.targets = batch(given)
        model = (peft_adapters if with_peft else own_adapters)(self._model())
        self.model = model.to(given.device)
        self.model.train()
        self.optimizer = torch.optim.AdamW([value for value in model.parameters() if value.requires_grad], RATE, BETAS, EPS, weight_decay=0.0)

    def _model(self):
        import torch

        if self.given.stand_in:
            from slipway_worker.training.tiny_base import TinyBase

            return TinyBase("tiny-byte", self.given.folder, "cpu").module
        import transformers

        dtype = torch.bfloat16 if self.given.device != "cpu" else torch.float32
        version = tuple(int(part) for part in transformers.__version__.split(".")[:2])
        model = transformers.AutoModelForCausalLM.from_pretrained(self.given.folder, **{"dtype" if version >= (4, 56) else "torch_dtype": dtype})
        model.requires_grad_(False)
        if not self.given.no_checkpointing:
            model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        return model

    def _scores(self, tokens):
        import torch

        if self.given.stand_in:
            mask = torch.ones(tokens.shape, dtype=torch.bool)
            return self.model(tokens, mask, torch.arange(tokens.shape[1]).expand(tokens.shape), checkpointing=not self.given.no_checkpointing)[0]
        return self.model(input_ids=tokens, use_cache=False).logits

    def step(self):
        import torch
        from torch.nn import functional

        total, rows, device = 0.0, self.given.rows, self.given.device
        for tokens, targets in zip(self.tokens.split(rows), self.targets.split(rows)):
            tokens, targets = tokens.to(device), targets.to(device)
            with torch.autocast("cuda", torch.bfloat16) if self.mixed else contextlib.nullcontext():
                scores = self._scores(tokens)
            loss = functional.cross_entropy(scores.float().flatten(0, 1), targets.flatten(), reduction="sum")
            # Most of the memory, which the way back does not need.
            del scores
            loss.backward()
            total = total + loss.detach().double()
        self.optimizer.step()
        self.optimizer.zero_grad(set_to_none=True)
        return float(total)


def peft_adapters(model):
    import peft

    config = peft.LoraConfig(r=LORA["rank"], lora_alpha=LORA["alpha"], lora_dropout=0.0, bias="none", task_type="CAUSAL_LM", target_modules=PARTS)
    return peft.get_peft_model(model, config)


def own_adapters(model):
    """The model with its layers of attention and feed-forward replaced by adapted ones, and all else frozen."""
    import math

    import torch
    from torch.nn import functional

    class Lora(torch.nn.Module):
        def __init__(self, layer):
            super().__init__()
            self.layer, self.scale = layer, LORA["alpha"] / LORA["rank"]
            bound = 1 / math.sqrt(layer.in_features)
            self.a = torch.nn.Parameter(torch.empty(LORA["rank"], layer.in_features).uniform_(-bound, bound))
            self.b = torch.nn.Parameter(torch.zeros(layer.out_features, LORA["rank"]))

        def forward(self, x):
            return self.layer(x) + functional.linear(functional.linear(x, self.a.to(x.dtype)), self.b.to(x.dtype)) * self.scale

    torch.manual_seed(1)
    model.requires_grad_(False)
    for name, module in list(model.named_modules()):
        parent, _, child = name.rpartition(".")
        if child in PARTS:
            setattr(model.get_submodule(parent), child, Lora(module))
    return model


# The sides, each in a process.

def serve(given):
    """A side of this script: a line `go` does a round, and is answered with a line of JSON."""
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    import torch

    side = InProcess(given) if given.side == "in-process" else ByHand(given, given.side == "peft")
    wait = torch.cuda.synchronize if given.device != "cpu" else (lambda: None)
    peak = torch.cuda.max_memory_allocated if given.device != "cpu" else (lambda: 0)
    print(json.dumps({"ready": True}), file=out, flush=True)
    for _ in sys.stdin:
        wait()
        begun = time.perf_counter()
        losses = [side.step() for _ in range(given.steps)]
        wait()
        print(json.dumps({"seconds": time.perf_counter() - begun, "losses": losses, "peak": peak()}), file=out, flush=True)


class Script:
    """A side of this script, in a process."""

    def __init__(self, given, name, arguments):
        self.name = name
        self.process = subprocess.Popen(
            [sys.executable, os.path.abspath(__file__), *arguments, "--side", name, "--folder", given.folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def round(self):
        self.process.stdin.write("go\n")
        self.process.stdin.flush()
        return self._read()

    def _read(self):
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError("%s ended" % self.name)
        return json.loads(line)

    ready = _read


class RealWorker:
    """A worker as Slipway starts it. Time is taken here, from the first frame that is sent to the last that came back."""

    name = "worker"

    def __init__(self, given):
        from slipway_worker.frames import Channel

        self.given, self.done, self.next = given, 0, 1
        main = str(ROOT / "python" / "worker" / "main.py")
        self.process = subprocess.Popen([sys.executable, "-X", "utf8", main], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.channel = Channel(self.process.stdout.fileno(), self.process.stdin.fileno())
        self.tensors = list(pass_tensors(given).values())
        self._send("create_model", create_arguments(given))

    def _send(self, name, args, tensors=()):
        from slipway_worker.frames import Frame

        self.channel.write(Frame(self.next, "op", "training_" + name, args, tensors))
        self.next += 1

    def _read(self):
        frame = self.channel.read()
        if frame is None or frame.kind != "ok":
            raise RuntimeError("worker: %s" % (frame and frame.body))
        return frame.body

    ready = _read

    def _send_step(self):
        forward, optimizer = step_arguments(self.given, self.done)
        self._send("forward_backward", forward, self.tensors)
        self._send("optim_step", optimizer)
        self.done += 1

    def round(self):
        begun, losses = time.perf_counter(), []
        self._send_step()
        # As the loops of recipes do: the next step is sent before the answers to this one are read.
        for step in range(self.given.steps):
            if step + 1 < self.given.steps:
                self._send_step()
            losses.append(self._read()["metrics"]["loss:sum"])
            self._read()
        seconds = time.perf_counter() - begun
        self._send("stats", {})
        return {"seconds": seconds, "losses": losses, "peak": self._read()["memory"].get("gpu_peak_bytes") or 0}


def measure(given, sides):
    """What each side told of its rounds, after one that is not counted. A side that fails is left out, and is told of."""
    told = {}
    for number in range(-1, given.rounds):
        for side in list(sides):
            try:
                if number < 0:
                    side.ready()
                answer = side.round()
            except Exception:
                traceback.print_exc()
                print("training-gpu: %s is left out" % side.name, file=sys.stderr, flush=True)
                sides.remove(side)
                continue
            told.setdefault(side.name, {"rounds": [], "first_loss": answer["losses"][0]})["last_loss"] = answer["losses"][-1]
            told[side.name]["peak_bytes"] = answer["peak"]
            told[side.name]["rounds"] += [answer["seconds"]] if number >= 0 else []
    return {name: one for name, one in told.items() if one["rounds"]}


def report(given, told, facts):
    tokens = given.steps * given.micro * given.rows * given.length
    for one in told.values():
        one["tokens_per_second"] = tokens / statistics.median(one["rounds"])
        # Of sums over all tokens of a step.
        for loss in ("first_loss", "last_loss"):
            one[loss] /= tokens / given.steps
    result = {**facts, "sides": told, "ratios": {}}
    print("| side | tokens a second | peak memory, MiB | loss a token, first and last |\n| --- | --- | --- | --- |")
    for name, one in told.items():
        print("| %s | %.0f | %.0f | %.4f, %.4f |" % (name, one["tokens_per_second"], one["peak_bytes"] / 2 ** 20, one["first_loss"], one["last_loss"]))
    for ours in ("worker", "in-process"):
        for hand in ("peft", "own"):
            if ours in told and hand in told:
                pairs = [theirs / mine for mine, theirs in zip(told[ours]["rounds"], told[hand]["rounds"])]
                result["ratios"]["%s / %s" % (ours, hand)] = statistics.median(pairs)
    print("\nRatios of tokens a second (medians of pairs): %s" % ", ".join("%s %.3f" % pair for pair in result["ratios"].items()))
    print(json.dumps(result))
    if os.environ.get("OUT"):
        pathlib.Path(os.environ["OUT"], "training-gpu.json").write_text(json.dumps(result, indent=2) + "\n")


def main():
    given = read_arguments()
    if given.side:
        return serve(given)
    if not given.stand_in and importlib.util.find_spec("transformers") is None:
        sys.exit("training-gpu: transformers is missing; --stand-in shows the script work without it")
    has_peft = not given.stand_in and importlib.util.find_spec("peft") is not None
    if not has_peft:
        print("training-gpu: without peft; the loop by hand has adapters of its own", flush=True)
    import torch

    with tempfile.TemporaryDirectory(prefix="slg-") as given.folder:
        begun, sides, everyone = time.perf_counter(), [], []
        facts = {"torch": str(torch.__version__), "micro_batches": given.micro, "rows": given.rows, "length": given.length, "steps": given.steps,
                 "checkpointing": not given.no_checkpointing, "lora": LORA, "device": "cpu" if given.device == "cpu" else torch.cuda.get_device_name(0)}
        if not given.stand_in:
            facts["parameters"] = make_model(given)
            facts["versions"] = {package: importlib.metadata.version(package) for package in (["transformers", "peft"] if has_peft else ["transformers"])}
            print("training-gpu: a model of %.2f billion parameters after %.0f s" % (facts["parameters"] / 1e9, time.perf_counter() - begun), flush=True)
        # What hangs is ended, and the rest is told.
        ending = threading.Timer(max(30.0, 225 - (time.perf_counter() - begun)), lambda: [side.process.kill() for side in list(sides)])
        ending.daemon = True
        ending.start()
        try:
            sides.append(RealWorker(given))
            sides += [Script(given, name, sys.argv[1:]) for name in (["in-process", "peft", "own"] if has_peft else ["in-process", "own"])]
            everyone += sides
            told = measure(given, sides)
        finally:
            for side in everyone:
                side.process.kill()
                side.process.wait()
        facts["wall_seconds"] = time.perf_counter() - begun
        report(given, told, facts)


main()
