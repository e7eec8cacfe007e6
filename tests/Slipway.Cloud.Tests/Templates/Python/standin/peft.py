"""Stands in for PEFT where it is missing: an adapter of low rank on the linear layer of the model that stands in."""
import json
import os

import torch


class LoraConfig:
    def __init__(self, r, lora_alpha, lora_dropout, target_modules, task_type):
        assert target_modules == "all-linear" and task_type == "CAUSAL_LM"
        self.r, self.scale, self.dropout = r, lora_alpha / r, lora_dropout


class Adapted(torch.nn.Module):
    def __init__(self, base, config):
        super().__init__()
        for one in base.parameters():
            one.requires_grad = False
        self.base, self.scale = base, config.scale
        width = base.config.width
        self.lora_A, self.lora_B = torch.nn.Linear(width, config.r, bias=False), torch.nn.Linear(config.r, 258, bias=False)
        torch.nn.init.zeros_(self.lora_B.weight)

    def forward(self, input_ids, attention_mask):
        answer = self.base(input_ids=input_ids, attention_mask=attention_mask)
        answer.logits = answer.logits + self.scale * self.lora_B(self.lora_A(self.base.embedding(input_ids)))
        return answer

    def save_pretrained(self, folder, safe_serialization):
        assert safe_serialization is True
        os.makedirs(folder, exist_ok=True)
        torch.save({"a": self.lora_A.state_dict(), "b": self.lora_B.state_dict()}, os.path.join(folder, "adapter_model.safetensors"))
        with open(os.path.join(folder, "adapter_config.json"), "w", encoding="utf-8") as file:
            json.dump({"r": self.lora_A.out_features}, file)


def get_peft_model(base, config):
    return Adapted(base, config)


def set_peft_model_state_dict(model, state):
    model.lora_A.load_state_dict(state["a"])
    model.lora_B.load_state_dict(state["b"])
