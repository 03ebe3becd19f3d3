"""FormulaTrainer: a typed formula as a run of one step, forward and backward through its graph."""

from dlviz.core.expression import walk
from dlviz.session.document import Document
from dlviz.session.one_step import OneStep


class FormulaTrainer(OneStep):
    """One formula with its numbers. Raises: FormulaError where it cannot be computed."""

    def __init__(self, document: Document) -> None:
        spec = document.formula
        assert spec is not None
        self.walked = walk(spec.parsed, spec.inputs, spec.of, spec.by or None)
        super().__init__(document, self.walked.trace)
