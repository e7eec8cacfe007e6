"""Tests of the entries of rented runs: `python test_cloud.py FOLDER_OF_ENTRIES`. Those that train need torch; transformers and PEFT are stood in for."""
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
ENTRIES = sys.argv.pop(1)
sys.path.insert(0, ENTRIES)
import slipway_job  # noqa: E402
import slipway_rows  # noqa: E402

BASE = {
    "model": "owner/tiny", "dataset": "./rows.jsonl", "dataset_config": None, "split": "train", "text_column": "text", "prompt_column": None, "completion_column": None, "messages_column": None,
    "chat_template": True, "max_rows": None, "max_steps": 20, "epochs": 1.0, "max_seq_length": 64, "batch_size": 2, "gradient_accumulation": 2, "learning_rate": 0.05, "warmup_steps": 2,
    "weight_decay": 0.0, "max_grad_norm": 1.0, "seed": 42, "save_every": 5, "resume": True, "precision": "bf16", "gradient_checkpointing": True, "processes": None,
    "lora_r": 4, "lora_alpha": 8.0, "lora_dropout": 0.0,
}


def render(messages, opens):
    return "".join("<%s>%s</>" % (one["role"], one["content"]) for one in messages) + ("<assistant>" if opens else "")


def talk(*pairs):
    return [{"role": role, "content": content} for role, content in pairs]


class Rows(unittest.TestCase):
    def test_text_is_learned_whole(self):
        self.assertEqual([("a", True)], slipway_rows.pieces({"text": "a"}, 1, BASE, render))

    def test_only_the_completion_is_learned(self):
        params = dict(BASE, text_column=None, prompt_column="q", completion_column="a")
        self.assertEqual([("<user>x</><assistant>", False), ("y", True)], slipway_rows.pieces({"q": "x", "a": "y"}, 1, params, render))
        self.assertEqual([("x", False), ("y", True)], slipway_rows.pieces({"q": "x", "a": "y"}, 1, params, None))
        self.assertEqual([("x", False), ("y", True)], slipway_rows.pieces({"q": "x", "a": "y"}, 1, dict(params, chat_template=False), render))

    def test_each_answer_of_a_conversation_is_learned(self):
        rows = {"m": talk(("system", "s"), ("user", "u"), ("assistant", "a"), ("user", "v"), ("assistant", "b"))}
        found = slipway_rows.pieces(rows, 1, dict(BASE, messages_column="m"), render)
        self.assertEqual([("<system>s</><user>u</><assistant>", False), ("a</>", True), ("<user>v</><assistant>", False), ("b</>", True)], found)

    def test_a_template_that_rewrites_earlier_turns_learns_the_last_answer(self):
        def forgets(messages, opens):
            return render([one if at == len(messages) - 1 or one["role"] == "user" else dict(one, content=one["content"].upper()) for at, one in enumerate(messages)], opens)

        rows = {"m": talk(("user", "u"), ("assistant", "a"), ("user", "v"), ("assistant", "b"))}
        self.assertEqual([("<user>u</><assistant>A</><user>v</><assistant>", False), ("b</>", True)], slipway_rows.pieces(rows, 1, dict(BASE, messages_column="m"), forgets))

    def test_what_is_wrong_names_the_row(self):
        for row, params, words in (
                ({"b": "x"}, BASE, "Row 3 has no column text; it has b"), ({"text": 1}, BASE, "Row 3: text is no text"),
                ({"m": "x"}, dict(BASE, messages_column="m"), "Row 3: m is no list"), ({"m": talk(("user", "u"))}, dict(BASE, messages_column="m"), "Row 3 has no message of the assistant")):
            with self.assertRaisesRegex(slipway_job.JobError, words):
                slipway_rows.pieces(row, 3, params, render)
        with self.assertRaisesRegex(slipway_job.JobError, "no chat template"):
            slipway_rows.pieces({"m": talk(("user", "u"), ("assistant", "a"))}, 1, dict(BASE, messages_column="m"), None)

    def test_labels_cover_what_is_learned_and_the_end(self):
        def to_ids(text):
            return list(text.encode())

        self.assertEqual(([1, 97, 98, 2], [-100, -100, 98, 2]), slipway_rows.encode([("a", False), ("b", True)], to_ids, 1, 2, 10))
        self.assertEqual(([97, 98], [-100, 98]), slipway_rows.encode([("a", False), ("b", True)], to_ids, None, 2, 2))
        self.assertIsNone(slipway_rows.encode([("aaa", False), ("b", True)], to_ids, None, 2, 3))

    def test_batches_go_on_where_they_were(self):
        first, second = slipway_rows.batches(7, 3, 1, 0), slipway_rows.batches(7, 3, 1, 4)
        begun = [next(first) for _ in range(10)]
        self.assertEqual(begun[4:8], [next(second) for _ in range(4)])
        self.assertEqual(sorted(sum(begun, [])[:7]), list(range(7)))
        self.assertEqual(begun[0], next(slipway_rows.batches(7, 3, 1, 0)))
        self.assertEqual(20, len(next(slipway_rows.batches(3, 20, 1, 0))))


class Job(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()

    def test_metrics_are_lines_and_no_number_is_null(self):
        path = os.path.join(self.folder, "deep", "m.jsonl")
        metrics = slipway_job.Metrics(path, clock=lambda: 5.0)
        metrics.write(1, loss=float("nan"), rate=0.5, none=None)
        metrics.write(2, loss=1)
        with open(path, encoding="utf-8") as file:
            self.assertEqual([{"step": 1, "time": 5.0, "loss": None, "rate": 0.5, "none": None}, {"step": 2, "time": 5.0, "loss": 1.0}], [json.loads(line) for line in file])

    def test_the_newest_whole_checkpoint_is_taken_and_two_are_kept(self):
        checkpoints = slipway_job.Checkpoints(self.folder)
        self.assertIsNone(checkpoints.newest({"a": 1}))
        for step in (5, 10, 100):
            checkpoints.save(step, {"a": 1}, lambda folder: open(os.path.join(folder, "w"), "w").close())
        os.makedirs(os.path.join(self.folder, "step-00000200.part"))
        os.makedirs(os.path.join(self.folder, "step-00000300"))
        self.assertEqual([10, 100], [step for step, _ in checkpoints.all()])
        self.assertEqual(100, checkpoints.newest({"a": 1})[0]["step"])
        with self.assertRaisesRegex(slipway_job.JobError, "a, b differ"):
            checkpoints.newest({"a": 2, "b": 3})

    def test_a_write_that_fails_leaves_no_checkpoint(self):
        checkpoints = slipway_job.Checkpoints(self.folder)
        with self.assertRaises(ZeroDivisionError):
            checkpoints.save(5, {}, lambda folder: 1 // 0)
        self.assertEqual([], checkpoints.all())

    def test_parameters_that_cannot_be_read_are_said(self):
        path = os.path.join(self.folder, "p.json")
        for content, words in ((None, "cannot be read"), ("{", "cannot be read"), ("[]", "holds no object")):
            if content is not None:
                with open(path, "w", encoding="utf-8") as file:
                    file.write(content)
            with self.assertRaisesRegex(slipway_job.JobError, words):
                slipway_job.parameters(path)

    def test_processes_end_as_the_first_that_fails(self):
        os.environ["SLIPWAY_OUTPUT"] = self.folder
        code = "import os, sys, time\nif os.environ['SLIPWAY_RANK'] == '1': sys.exit(7)\ntime.sleep(60)"
        begun = time.monotonic()
        self.assertEqual(7, slipway_job.spread(2, [sys.executable, "-c", code]))
        self.assertLess(time.monotonic() - begun, 30)
        self.assertEqual(0, slipway_job.spread(2, [sys.executable, "-c", "import os; assert os.environ['SLIPWAY_WORLD'] == '2'"]))


@unittest.skipUnless(importlib.util.find_spec("torch"), "no torch for this Python")
class Training(unittest.TestCase):
    def package(self, entry, **changes):
        folder = tempfile.mkdtemp()
        for name in os.listdir(ENTRIES):
            if name.endswith(".py"):
                with open(os.path.join(ENTRIES, name), encoding="utf-8") as source, open(os.path.join(folder, "entry.py" if name == entry else name), "w", encoding="utf-8") as target:
                    target.write(source.read())
        os.makedirs(os.path.join(folder, "files"))
        rows = changes.pop("rows", None) or [{"text": "the cat sat on the mat %d" % (n % 3)} for n in range(30)]
        with open(os.path.join(folder, "files", "rows.jsonl"), "w", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
        self.change(folder, **changes)
        return folder

    def change(self, folder, **changes):
        with open(os.path.join(folder, "params.json"), "w", encoding="utf-8") as file:
            json.dump(dict(BASE, **changes), file)

    def start(self, folder):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SLIPWAY_")}
        environment.update(PYTHONPATH=os.path.join(HERE, "standin"), PYTHONUNBUFFERED="1", OMP_NUM_THREADS="1", PYTHONDONTWRITEBYTECODE="1")
        return subprocess.Popen([sys.executable, "entry.py"], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def train(self, folder):
        process = self.start(folder)
        said = process.communicate(timeout=120)[0]
        return process.returncode, said

    def losses(self, folder):
        with open(os.path.join(folder, "out", "metrics.jsonl"), encoding="utf-8") as file:
            return [json.loads(line)["loss"] for line in file]

    def test_lora_learns_and_a_resumed_run_takes_the_same_steps(self):
        whole = self.package("entry_lora.py")
        self.assertEqual(0, self.train(whole)[0])
        self.assertLess(self.losses(whole)[-1], self.losses(whole)[0] * 0.9)
        self.assertTrue(os.path.exists(os.path.join(whole, "out", "adapter", "adapter_model.safetensors")))
        halved = self.package("entry_lora.py")
        process = self.start(halved)
        for line in process.stdout:
            if line.startswith("step 7 "):
                process.send_signal(signal.SIGTERM)
                break
        said = process.communicate(timeout=120)[0]
        self.assertEqual(143, process.returncode, said)
        self.assertIn("ended early, with a checkpoint of step", said)
        self.assertLess(len(self.losses(halved)), 20)
        code, said = self.train(halved)
        self.assertEqual(0, code, said)
        self.assertIn("resumed from step", said)
        self.assertEqual(len(self.losses(whole)), len(self.losses(halved)))
        for one, other in zip(self.losses(whole), self.losses(halved)):
            self.assertAlmostEqual(one, other, places=5)
        self.change(halved, model="owner/other")
        code, said = self.train(halved)
        self.assertEqual((1, True), (code, "model differ" in said), said)

    def test_full_on_two_processes_takes_the_steps_of_one(self):
        one, two = self.package("entry_full.py", max_steps=4, gradient_accumulation=4), self.package("entry_full.py", max_steps=4, gradient_accumulation=2, processes=2)
        self.assertEqual(0, self.train(one)[0])
        code, said = self.train(two)
        self.assertEqual(0, code, said)
        for first, second in zip(self.losses(one), self.losses(two)):
            self.assertAlmostEqual(first, second, places=4)
        self.assertEqual(4, len(self.losses(two)))

    def test_conversations_learn_and_a_wrong_column_is_said(self):
        rows = [{"m": talk(("user", "what is %d" % (n % 3)), ("assistant", "it is %d" % (n % 3)))} for n in range(12)]
        folder = self.package("entry_full.py", rows=rows, max_steps=8, text_column=None, messages_column="m", model="owner/chat")
        self.assertEqual(0, self.train(folder)[0])
        self.assertLess(self.losses(folder)[-1], self.losses(folder)[0])
        self.change(folder, text_column="absent")
        code, said = self.train(folder)
        self.assertEqual((1, True), (code, "has no column absent" in said), said)
        self.assertNotIn("Traceback", said)


if __name__ == "__main__":
    unittest.main()
