# /// script
# requires-python = ">=3.10,<3.14"
# dependencies = [
#   "torch>=2.4,<3",
#   "transformers>=4.46,<5",
#   "accelerate>=1,<2",
#   "datasets>=3,<5",
#   "safetensors>=0.4,<1",
#   "jinja2>=3.1,<4",
# ]
# ///
"""Trains all parameters of a model with transformers, on one card or on several that each hold all of it."""
import slipway_job
import slipway_train


class Full:
    SPREADS, RESULT = True, "model"

    def load(self, params, device):
        import torch
        import transformers

        # Weights that are trained stay in 32 bits; the computation is in the precision that was asked for.
        model = transformers.AutoModelForCausalLM.from_pretrained(slipway_job.local_or_named(params["model"]), torch_dtype=torch.float32, trust_remote_code=False)
        model.config.use_cache = False
        if params["gradient_checkpointing"]:
            model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
        return model.to(device), slipway_train.tokenizer_of(params)

    def save(self, model, folder):
        model.save_pretrained(folder, safe_serialization=True)

    def restore(self, model, folder):
        import transformers

        made = transformers.AutoModelForCausalLM.from_pretrained(folder, torch_dtype=next(model.parameters()).dtype, trust_remote_code=False)
        model.load_state_dict(made.state_dict())


if __name__ == "__main__":
    slipway_job.run(lambda params: slipway_train.main(params, Full()))
