using Slipway.Workers.Connections;

namespace Slipway.Workers.Tests.Support;

/// <summary>
/// Stand-ins of libraries that a machine of tests does not have. They have the names and take the options of the real ones, and
/// none else: a call that the real library would not take fails.
/// </summary>
internal static class StandIns
{
    public static WorkerModule Transformers { get; } = new("transformers", """
        import os
        import torch


        class Batch(dict):
            pass


        class Loader:
            @classmethod
            def from_pretrained(cls, pretrained_model_name_or_path, *, local_files_only=False, trust_remote_code=None, use_safetensors=None):
                assert os.environ["HF_HUB_OFFLINE"] == os.environ["TRANSFORMERS_OFFLINE"] == "1"
                assert local_files_only is True and trust_remote_code is False, "it could run code or go to the network"
                assert use_safetensors is (True if cls.weights else None)
                if not os.path.exists(os.path.join(pretrained_model_name_or_path, "config.json")):
                    raise OSError("no config.json in " + pretrained_model_name_or_path)
                return cls()

            weights = False


        class AutoTokenizer(Loader):
            chat_template = None

            def __call__(self, text, return_tensors=None, add_special_tokens=True):
                assert return_tensors == "pt"
                ids = torch.tensor([list(text.encode())])
                return Batch(input_ids=ids, attention_mask=torch.ones_like(ids))

            def decode(self, token_ids, skip_special_tokens=False):
                return bytes(int(token) for token in token_ids).decode()


        class Model(Loader):
            weights = True

            def to(self, device):
                return self

            def eval(self):
                return self


        class AutoModelForCausalLM(Model):
            def generate(self, input_ids=None, attention_mask=None, *, streamer=None, max_new_tokens=None, do_sample=None, temperature=None):
                assert not torch.is_grad_enabled()
                streamer.put(input_ids)
                for step in range(max_new_tokens):
                    token = (input_ids[0, -1] + (1 if not do_sample else torch.randint(1, 5, ()))) % 128
                    input_ids = torch.cat([input_ids, token.reshape(1, 1)], 1)
                    streamer.put(token.reshape(1))
                streamer.end()
                return input_ids


        class AutoModel(Model):
            def __call__(self, **inputs):
                return Batch(last_hidden_state=inputs["input_ids"].float() * 2)


        class AutoProcessor(Loader):
            def __call__(self, audio, *, sampling_rate=None, return_tensors=None):
                return Batch(input_features=torch.tensor([audio]) * sampling_rate)

            def batch_decode(self, sequences, skip_special_tokens=False):
                return ["heard %d samples" % sequences.shape[1]]


        class AutoModelForSpeechSeq2Seq(Model):
            def generate(self, input_features=None, *, max_new_tokens=None):
                return input_features


        class TextStreamer:
            def __init__(self, tokenizer, skip_prompt=False, **decode_kwargs):
                assert decode_kwargs == {"skip_special_tokens": True} and skip_prompt
                self.tokenizer, self.prompt = tokenizer, True

            def put(self, value):
                if self.prompt:
                    self.prompt = False
                    return
                self.on_finalized_text(self.tokenizer.decode(value))

            def end(self):
                self.on_finalized_text("", stream_end=True)

            def on_finalized_text(self, text, stream_end=False):
                print(text, end="")
        """);

    public static IReadOnlyList<WorkerModule> StableAudio { get; } =
    [
        new("stable_audio_tools", "__path__ = []"),
        new("stable_audio_tools.models", "__path__ = []"),
        new("stable_audio_tools.inference", "__path__ = []"),
        new("stable_audio_tools.models.factory", """
            import torch


            class Diffusion(torch.nn.Module):
                def __init__(self, channels):
                    super().__init__()
                    self.gain = torch.nn.Parameter(torch.zeros(channels, 1))


            def create_model_from_config(model_config):
                assert model_config["model_type"] == "diffusion_cond"
                return Diffusion(model_config["audio_channels"])
            """),
        new("stable_audio_tools.models.utils", """
            import torch


            def load_ckpt_state_dict(ckpt_path):
                assert ckpt_path.endswith(".safetensors")
                with open(ckpt_path) as file:
                    return {"gain": torch.tensor([[float(line)] for line in file])}
            """),
        new("stable_audio_tools.inference.generation", """
            import torch


            def generate_diffusion_cond(model, steps=250, cfg_scale=6, conditioning=None, conditioning_tensors=None, negative_conditioning=None,
                    negative_conditioning_tensors=None, batch_size=1, sample_size=2097152, sample_rate=48000, seed=-1, device="cuda",
                    init_audio=None, init_noise_level=1.0, return_latents=False, **sampler_kwargs):
                assert set(conditioning[0]) == {"prompt", "seconds_start", "seconds_total"} and not sampler_kwargs
                print(seed)
                torch.manual_seed(seed)
                return model.gain * torch.randn([batch_size, model.gain.shape[0], sample_size], device=device) * cfg_scale / steps
            """),
    ];
}
