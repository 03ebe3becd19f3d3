"""Learning rules, one module a family; importing this package registers them all."""

from dlviz.core.rules import (  # noqa: F401  (registration)
    competitive,
    delta,
    hebb,
    hopfield,
    memory,
    perceptron,
    threshold,
)
from dlviz.core.rules.kind import Problem, Rule, RuleStep, resolve, rules
from dlviz.core.rules.learner import Learner, LearnerState

__all__ = ["Learner", "LearnerState", "Problem", "Rule", "RuleStep", "resolve", "rules"]
