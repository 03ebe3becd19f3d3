"""EquationLines: a few typeset lines that do not belong to a step, such as a definition or a derivation."""

from PySide6.QtWidgets import QWidget

from dlviz.core.plain import plain
from dlviz.gui.theme import current
from dlviz.gui.typeset.pieces import chain_pieces, equation_pieces
from dlviz.gui.typeset.view import FormulaView
from dlviz.i18n import tr


class EquationLines(FormulaView):
    """Equations below each other; is_chain: every line after the first goes on with an equals sign."""

    letter, least_height = 1.15, 20

    def __init__(self, name: str, is_chain: bool = False, parent: QWidget | None = None) -> None:
        self._written: tuple[str, ...] = ()
        self._name, self._is_chain = name, is_chain
        super().__init__(parent)

    def show_lines(self, *lines: str) -> None:
        """Show these lines of LaTeX."""
        if lines != self._written:
            self._written = lines
            self._pieces = (chain_pieces if self._is_chain else equation_pieces)(lines)
            self._describe()
            self._lay_out()

    def lines(self) -> tuple[str, ...]:
        """Return what is shown as lines of LaTeX."""
        return self._written

    def text(self) -> str:
        """Return what is shown as plain text."""
        return ("\n= " if self._is_chain else "\n").join(plain(line) for line in self._written)

    def _least_size(self) -> float:
        """Return the usual size: they stand between other things that scroll, and take the height that they need."""
        return self.letter * current().large

    def _describe(self) -> None:
        self.setAccessibleName(self._name)
        self.setAccessibleDescription(self.text())
        self.setToolTip(tr("{name}. Right-click to copy as LaTeX or text.", name=self._name))
