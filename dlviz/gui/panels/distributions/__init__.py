"""The distributions panel: weights, activations, gradients and updates per layer."""
