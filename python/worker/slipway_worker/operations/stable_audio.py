"""Sound by stable-audio-tools, from a local directory with model_config.json and model.safetensors.

The library's get_pretrained_model asks the hub for both files; its parts are called here with files that are there. A checkpoint that is a
pickle is not taken: loading it would run what it says.
"""
import array
import json
import os

from .. import arguments
from ..errors import BadInput, ModelUnusable

_LOADED = {}


def generate(call, values, prompt, duration, seed):
    """The sample rate, the number of channels, the samples, and what made them."""
    path = arguments.model_path(values)
    steps = arguments.between("num_inference_steps", arguments.read(values, "num_inference_steps", "whole", 100), 1, 10_000)
    scale = arguments.between("guidance_scale", arguments.read(values, "guidance_scale", "number", 7.0), 0, 1000)
    files = [os.path.join(path, name) for name in ("model_config.json", "model.safetensors")]
    missing = [os.path.basename(file) for file in files if not os.path.isfile(file)]
    if missing:
        raise ModelUnusable("%s has no %s" % (path, " and no ".join(missing)))
    import torch

    os.environ["HF_HUB_OFFLINE"] = "1"
    from stable_audio_tools.inference.generation import generate_diffusion_cond

    device = arguments.device(values)
    model, config = _load(files, device)
    rate, longest = config["sample_rate"], config["sample_size"] / config["sample_rate"]
    duration = longest if duration is None else duration
    if duration > longest:
        raise BadInput("duration is %g, and the model makes %g seconds at most" % (duration, longest))
    # The model knows only one length: what it made beyond the time that was asked for is cut off.
    output = generate_diffusion_cond(
        model, steps=steps, cfg_scale=scale, conditioning=[{"prompt": prompt, "seconds_start": 0, "seconds_total": duration}],
        sample_size=config["sample_size"], seed=seed, device=device)
    call.check()
    sound = output[0, :, :round(duration * rate)].to(torch.float32)
    sound = (sound / sound.abs().max().clamp(min=1e-9)).clamp(-1, 1).mul(32767).to(torch.int16).cpu()
    return rate, sound.shape[0], array.array("h", sound.t().reshape(-1).tolist()), {"path": path, "kind": "stable_audio", "device": device}


def _load(files, device):
    key = (tuple(files), device, tuple(os.stat(file).st_mtime_ns for file in files))
    if key not in _LOADED:
        from stable_audio_tools.models.factory import create_model_from_config
        from stable_audio_tools.models.utils import load_ckpt_state_dict

        try:
            with open(files[0], encoding="utf-8") as file:
                config = json.load(file)
            if type(config["sample_rate"]) is not int or type(config["sample_size"]) is not int:
                raise ValueError("sample_rate and sample_size are no numbers")
        except (ValueError, KeyError, TypeError) as error:
            raise ModelUnusable("%s is no configuration of a model: %s" % (files[0], error)) from error
        model = create_model_from_config(config)
        model.load_state_dict(load_ckpt_state_dict(files[1]))
        _LOADED.clear()
        _LOADED[key] = (model.to(device).eval().requires_grad_(False), config)
    return _LOADED[key]
