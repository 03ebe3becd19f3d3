"""ModelRow: what the present data and weights come to under one head of the output."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ModelRow:
    """key, title: of the head. output, answer, loss: of the example looked at (its last unit), and its class.

    mean_loss, right: the loss of the training rows in the document's convention, and the share answered rightly.
    is_in_force: the document has this head.
    """

    key: str
    title: str
    output: float
    answer: int
    loss: float
    mean_loss: float
    right: float
    is_in_force: bool
