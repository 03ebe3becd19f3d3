"""SheetTrainer: a sheet as a run of one step, from its first formula to its last."""

from dlviz.session.document import Document
from dlviz.session.one_step import OneStep


class SheetTrainer(OneStep):
    """One sheet with its numbers. Raises: SpecError, FormulaError where it cannot be computed."""

    def __init__(self, document: Document) -> None:
        assert document.sheet is not None
        self.computed = document.sheet.computed
        super().__init__(document, self.computed.trace)
