"""Training of low-rank adapters with PyTorch, here. torch is imported when an operation needs it."""
