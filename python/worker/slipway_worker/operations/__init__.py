"""The operations that come with Slipway, one module each."""
