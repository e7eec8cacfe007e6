"""Checks the entries of the templates `lora` and `full` with the real transformers and PEFT, by hand: `python python/checks/cloud_templates.py` where they are, best with a card.

Makes a small random model in a temporary folder, so nothing is downloaded. Each entry trains 20 steps, is ended after some by TERM, and goes on. Prints a line
for each thing that holds, and ends with 1 at the first that does not. Where something is missing it says so, and ends with 0.
"""
import importlib.util
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ENTRIES = os.path.join(HERE, "..", "cloud")
PARAMETERS = {
    "model": "./model", "dataset": "./rows.jsonl", "dataset_config": None, "split": "train", "text_column": None, "prompt_column": "q", "completion_column": "a", "messages_column": None,
    "chat_template": True, "max_rows": None, "max_steps": 20, "epochs": 1.0, "max_seq_length": 64, "batch_size": 4, "gradient_accumulation": 2, "learning_rate": 0.005, "warmup_steps": 2,
    "weight_decay": 0.0, "max_grad_norm": 1.0, "seed": 42, "save_every": 5, "resume": True, "precision": "bf16", "gradient_checkpointing": True, "processes": None,
    "lora_r": 8, "lora_alpha": 16.0, "lora_dropout": 0.0,
}


def holds(what, is_so, told=""):
    print("%s %s %s" % ("ok  " if is_so else "FAIL", what, told), flush=True)
    if not is_so:
        sys.exit(1)


def make_model(folder):
    import transformers
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers

    alphabet = {text: index for index, text in enumerate(sorted(pre_tokenizers.ByteLevel.alphabet()))}
    inner = Tokenizer(models.BPE(vocab=alphabet, merges=[]))
    inner.pre_tokenizer, inner.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=inner, bos_token="<s>", eos_token="</s>")
    tokenizer.chat_template = "{% for m in messages %}[{{ m['role'] }}]{{ m['content'] }}{% endfor %}{% if add_generation_prompt %}[assistant]{% endif %}"
    transformers.set_seed(0)
    model = transformers.LlamaForCausalLM(transformers.LlamaConfig(
        vocab_size=288, hidden_size=64, intermediate_size=128, num_hidden_layers=2, num_attention_heads=4, num_key_value_heads=2, max_position_embeddings=256))
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)


def package(entry, model):
    folder = tempfile.mkdtemp()
    for name in os.listdir(ENTRIES):
        if name.endswith(".py"):
            shutil.copy(os.path.join(ENTRIES, name), os.path.join(folder, "entry.py" if name == entry else name))
    shutil.copytree(model, os.path.join(folder, "files", "model"))
    with open(os.path.join(folder, "files", "rows.jsonl"), "w", encoding="utf-8") as file:
        file.writelines(json.dumps({"q": "what is %d" % (n % 5), "a": "it is %d" % (n % 5)}) + "\n" for n in range(40))
    with open(os.path.join(folder, "params.json"), "w", encoding="utf-8") as file:
        json.dump(PARAMETERS, file)
    return folder


def train(folder, until=None):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SLIPWAY_")}
    process = subprocess.Popen([sys.executable, "entry.py"], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=dict(environment, HF_HUB_OFFLINE="1"))
    said = ""
    for line in process.stdout:
        said += line
        if until and line.startswith(until):
            process.send_signal(signal.SIGTERM)
    return process.wait(), said


def losses(folder):
    with open(os.path.join(folder, "out", "metrics.jsonl"), encoding="utf-8") as file:
        return [json.loads(line)["loss"] for line in file]


def check(name, result, weights, model):
    whole, halved = package("entry_%s.py" % name, model), package("entry_%s.py" % name, model)
    code, said = train(whole)
    holds("%s trains" % name, code == 0, said if code else "")
    found = losses(whole)
    holds("%s learns" % name, found[-1] < found[0] * 0.9, "%.3f -> %.3f" % (found[0], found[-1]))
    holds("%s is saved" % name, os.path.exists(os.path.join(whole, "out", result, weights)))
    code, said = train(halved, until="step 7 ")
    holds("%s ends with a checkpoint on TERM" % name, code == 143 and "with a checkpoint of step" in said, said if code != 143 else "")
    code, said = train(halved)
    holds("%s goes on" % name, code == 0 and "resumed from step" in said, said if code else "")
    apart = max(abs(one - other) for one, other in zip(found, losses(halved)))
    holds("%s takes the steps of a run that was not ended" % name, len(losses(halved)) == len(found) and apart < 0.05, "at most %.5f apart" % apart)


def main():
    missing = [name for name in ("torch", "transformers", "peft", "safetensors", "jinja2") if importlib.util.find_spec(name) is None]
    if missing:
        print("skipped: there is no %s" % ", ".join(missing))
        return
    model = os.path.join(tempfile.mkdtemp(), "model")
    make_model(model)
    check("lora", "adapter", "adapter_model.safetensors", model)
    check("full", "model", "model.safetensors", model)


if __name__ == "__main__":
    main()
