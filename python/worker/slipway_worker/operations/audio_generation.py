"""Sound from words, as a WAV file of 16-bit samples.

Arguments: backend (synthesis, stable_audio), prompt, duration (seconds), num_inference_steps, guidance_scale, seed, device, model_path,
inference_settings (the same, where they are not given). Gives duration_seconds, sample_rate, channels, seed_used, model_ref, and the file: the
tensor `audio`, or audio_path in the scratch directory.
"""
import array
import io
import sys
import wave

from .. import arguments
from ..errors import BadInput
from ..registry import operation

NAMES = ("backend", "prompt", "duration", "num_inference_steps", "guidance_scale", "seed", "device", "model_path")
LONGEST = 600.0


@operation("audio_generation")
def audio_generation(call):
    values = arguments.settings(call.args, *NAMES)
    backend = arguments.read(values, "backend", "text", "synthesis" if values.get("model_path") is None else "stable_audio")
    prompt = arguments.read(values, "prompt", "text", required=True)
    duration = arguments.between("duration", arguments.read(values, "duration", "number"), 0.05, LONGEST)
    seed = arguments.seed(values)
    if backend == "synthesis":
        from .synthesis import RATE as rate, synthesise

        channels, samples = 1, synthesise(call, prompt, 5.0 if duration is None else duration, seed)
        reference = {"path": None, "kind": "synthesis", "device": "cpu"}
    elif backend == "stable_audio":
        from .stable_audio import generate

        rate, channels, samples, reference = generate(call, values, prompt, duration, seed % 2 ** 32)
        seed %= 2 ** 32
    else:
        raise BadInput("backend is %s, and must be one of synthesis, stable_audio" % backend)
    answer = {"duration_seconds": len(samples) / channels / rate, "sample_rate": rate, "channels": channels, "seed_used": seed, "model_ref": reference}
    tensors = {}
    call.file("audio.wav", wav(samples, channels, rate), answer, tensors)
    return answer, tensors


def wav(samples, channels, rate):
    """A WAV file of 16-bit samples, those of one moment beside each other."""
    if sys.byteorder == "big":
        samples = array.array("h", samples)
        samples.byteswap()
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    return target.getvalue()
