"""The loss in the inspector: curve, outputs, derivatives, examples, and other losses beside it."""
