"""A model that transformers loads from a local directory: offline, weights from safetensors only, and no code of the directory."""
import os

from .. import arguments
from ..errors import BadInput, ModelUnusable
from .torchscript_model import _flat

MOST_TOKENS = 256
LOCAL = {"local_files_only": True, "trust_remote_code": False}


class TransformersModel:
    """Loads what the first call needs: a text generator for a prompt, a recogniser of speech for audio, else the bare model."""

    def __init__(self, path, device):
        # Before the import: the library reads them once.
        os.environ["HF_HUB_OFFLINE"] = os.environ["TRANSFORMERS_OFFLINE"] = "1"
        if not os.path.isdir(path):
            raise ModelUnusable("%s is no directory, as models of transformers are" % path)
        import transformers

        self._transformers, self._path, self._device, self._parts = transformers, path, device, {}

    def run(self, call, values):
        if "audio" in call.tensors:
            return self._hear(call, values), {}
        if call.tensors:
            model = self._part("AutoModel", weights=True)
            answer = model(**{name: tensor.torch().to(self._device) for name, tensor in call.tensors.items()})
            return None, dict(_flat("output", dict(answer.items()) if hasattr(answer, "items") else answer))
        return self._write(call, values), {}

    def _part(self, name, weights=False):
        if name not in self._parts:
            try:
                options = dict(LOCAL, use_safetensors=True) if weights else LOCAL
                part = getattr(self._transformers, name).from_pretrained(self._path, **options)
            except (OSError, ValueError, KeyError) as error:
                raise ModelUnusable("transformers cannot load %s as %s: %s" % (self._path, name, error)) from error
            self._parts[name] = part.to(self._device).eval() if weights else part
        return self._parts[name]

    def _write(self, call, values):
        tokenizer, model = self._part("AutoTokenizer"), self._part("AutoModelForCausalLM", weights=True)
        inputs = self._inputs(tokenizer, values)
        inputs = {name: tensor.to(self._device) for name, tensor in inputs.items()}
        temperature = arguments.read(values, "temperature", "number", 0.0)
        options = {"max_new_tokens": arguments.read(values, "max_tokens", "whole", MOST_TOKENS), "do_sample": temperature > 0}
        if temperature > 0:
            options["temperature"] = temperature
        output = model.generate(**inputs, **options, streamer=self._streamer(call, tokenizer, arguments.read(values, "stream", "flag", False)))
        return tokenizer.decode(output[0][inputs["input_ids"].shape[1]:], skip_special_tokens=True)

    @staticmethod
    def _inputs(tokenizer, values):
        if not getattr(tokenizer, "chat_template", None):
            return tokenizer((values.get("system_prompt") or "") + values["prompt"], return_tensors="pt")
        messages = [{"role": "system", "content": values["system_prompt"]}] if values.get("system_prompt") else []
        messages.append({"role": "user", "content": values["prompt"]})
        text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
        return tokenizer(text, return_tensors="pt", add_special_tokens=False)

    def _streamer(self, call, tokenizer, stream):
        """Sees every token, so that a cancelled call ends at the next one."""

        class Streamer(self._transformers.TextStreamer):
            def put(self, value):
                call.check()
                super().put(value)

            def on_finalized_text(self, text, stream_end=False):
                if stream and text:
                    call.event("token", {"text": text})

        return Streamer(tokenizer, skip_prompt=True, skip_special_tokens=True)

    def _hear(self, call, values):
        rate = arguments.read(values, "sample_rate", "whole", required=True)
        sound = call.tensors["audio"].torch()
        if sound.dim() != 1 or not sound.is_floating_point():
            raise BadInput("the tensor audio is no row of floating-point samples")
        processor, model = self._part("AutoProcessor"), self._part("AutoModelForSpeechSeq2Seq", weights=True)
        inputs = processor(sound.float().tolist(), sampling_rate=rate, return_tensors="pt")
        inputs = {name: tensor.to(self._device) for name, tensor in inputs.items()}
        options = {"max_new_tokens": values["max_tokens"]} if values.get("max_tokens") is not None else {}
        return processor.batch_decode(model.generate(**inputs, **options), skip_special_tokens=True)[0]
