# /// script
# requires-python = ">=3.10,<3.14"
# dependencies = [
#   "unsloth>=2025.3.19",
#   "datasets>=3,<5",
#   "safetensors>=0.4,<1",
#   "jinja2>=3.1,<4",
# ]
# ///
"""Trains an adapter of low rank on a model in 4 bits (QLoRA), with Unsloth, on one card."""
import os

import slipway_job
import slipway_train


class Unsloth:
    SPREADS, RESULT = False, "adapter"

    def load(self, params, device):
        # Logits are asked for: the loop takes the loss itself. Unsloth changes transformers as it is imported, so it comes first.
        os.environ["UNSLOTH_RETURN_LOGITS"] = "1"
        import unsloth
        import torch

        base, tokenizer = unsloth.FastLanguageModel.from_pretrained(
            slipway_job.local_or_named(params["model"]), max_seq_length=params["max_seq_length"], dtype=slipway_train.dtype_of(torch, params, device),
            load_in_4bit=True, trust_remote_code=False)
        model = unsloth.FastLanguageModel.get_peft_model(
            base, r=params["lora_r"], lora_alpha=params["lora_alpha"], lora_dropout=params["lora_dropout"], random_state=params["seed"],
            target_modules=["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"],
            use_gradient_checkpointing="unsloth" if params["gradient_checkpointing"] else False)
        # Of a model that also sees, the text tokenizer is within its processor.
        return model, getattr(tokenizer, "tokenizer", tokenizer)

    def save(self, model, folder):
        model.save_pretrained(folder, safe_serialization=True)

    def restore(self, model, folder):
        import peft
        import safetensors.torch

        peft.set_peft_model_state_dict(model, safetensors.torch.load_file(os.path.join(folder, "adapter_model.safetensors")))


if __name__ == "__main__":
    slipway_job.run(lambda params: slipway_train.main(params, Unsloth()))
