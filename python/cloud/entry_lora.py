# /// script
# requires-python = ">=3.10,<3.14"
# dependencies = [
#   "torch>=2.4,<3",
#   "transformers>=4.46,<5",
#   "peft>=0.14,<1",
#   "accelerate>=1,<2",
#   "datasets>=3,<5",
#   "safetensors>=0.4,<1",
#   "jinja2>=3.1,<4",
# ]
# ///
"""Trains an adapter of low rank (LoRA) on a model in 16 bits, with transformers and PEFT, on one card or several."""
import os

import slipway_job
import slipway_train


class Lora:
    SPREADS, RESULT = True, "adapter"

    def load(self, params, device):
        import peft
        import torch
        import transformers

        base = transformers.AutoModelForCausalLM.from_pretrained(
            slipway_job.local_or_named(params["model"]), torch_dtype=slipway_train.dtype_of(torch, params, device), trust_remote_code=False)
        base.config.use_cache = False
        if params["gradient_checkpointing"]:
            base.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
            base.enable_input_require_grads()
        settings = peft.LoraConfig(
            r=params["lora_r"], lora_alpha=params["lora_alpha"], lora_dropout=params["lora_dropout"], target_modules="all-linear", task_type="CAUSAL_LM")
        model = peft.get_peft_model(base, settings)
        for one in model.parameters():
            if one.requires_grad:
                one.data = one.data.float()
        return model.to(device), slipway_train.tokenizer_of(params)

    def save(self, model, folder):
        model.save_pretrained(folder, safe_serialization=True)

    def restore(self, model, folder):
        import peft
        import safetensors.torch

        peft.set_peft_model_state_dict(model, safetensors.torch.load_file(os.path.join(folder, "adapter_model.safetensors")))


if __name__ == "__main__":
    slipway_job.run(lambda params: slipway_train.main(params, Lora()))
