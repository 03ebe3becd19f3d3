"""Lays formulas out beside the GUI thread and keeps them: a cache by template, filled by a passing thread."""

import logging
import threading
from collections import OrderedDict
from collections.abc import Iterable

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from dlviz.gui.typeset.compose import composed
from dlviz.gui.typeset.glyphs import EM, Template, template_key

POLL_MS = 4
MOST_TEMPLATES = 4096  # some 10 kB each
UNREADABLE = Template((), (), 0.0, 0.7 * EM, 0.2 * EM)  # stands in for LaTeX that cannot be laid out
_log = logging.getLogger(__name__)
PLAIN_ERRORS = (ValueError, KeyError, IndexError, AttributeError, TypeError, SyntaxError, AssertionError)


class Typesetter(QObject):
    """Answers with templates it has and makes those it has not; `ready` tells that some have come.

    The thread lives only while something is missing, and touches no QObject.
    """

    ready = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._templates: OrderedDict[str, Template] = OrderedDict()
        self._wanted: list[str] = []
        self._in_hand = ""
        self._made: list[tuple[str, Template]] = []
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._poll = QTimer(self)
        self._poll.setInterval(POLL_MS)
        self._poll.timeout.connect(self._collect)

    def template(self, latex: str) -> Template:
        """Return a template that `has` said is there. Raises: KeyError otherwise."""
        key = template_key(latex)
        self._templates.move_to_end(key)
        return self._templates[key]

    def has(self, formulas: Iterable[str]) -> bool:
        """Say whether every formula can be painted at once."""
        return all(template_key(latex) in self._templates for latex in formulas)

    def ask(self, formulas: Iterable[str]) -> bool:
        """Make what is missing of these, dropping what was asked before; say whether nothing is missing."""
        keys = dict.fromkeys(template_key(latex) for latex in formulas)
        missing = [key for key in keys if key not in self._templates]
        with self._lock:
            on_the_way = {self._in_hand, *(key for key, _ in self._made)}
            self._wanted = [key for key in missing if key not in on_the_way]
        if missing:
            self._start()
        return not missing

    @Slot()
    def load_font(self) -> None:
        """Load ziamath and its font, so that the first formula need not wait for them."""
        if not self._templates and not self.is_busy:
            self.ask("=")

    @property
    def is_busy(self) -> bool:
        """Say whether something is being laid out."""
        return self._thread is not None and self._thread.is_alive()

    def make_now(self, formulas: Iterable[str]) -> None:
        """Lay formulas out on this thread: for pictures and exports, which cannot wait."""
        for key in dict.fromkeys(template_key(latex) for latex in formulas):
            if key not in self._templates:
                self._keep(key, _laid_out(key))

    @Slot()
    def stop(self) -> None:
        """Ask for nothing more and wait for the formula in hand."""
        with self._lock:
            self._wanted = []
        if self._thread is not None:
            self._thread.join()
        self._poll.stop()

    def _start(self) -> None:
        if not self.is_busy:
            self._thread = threading.Thread(target=self._work, name="typesetter", daemon=True)
            self._thread.start()
        self._poll.start()

    def _work(self) -> None:
        while key := self._next():
            made = UNREADABLE
            try:
                made = _laid_out(key)
            finally:  # whatever happens, the key is answered, so that nobody asks for it for ever
                with self._lock:
                    self._made.append((key, made))
                    self._in_hand = ""

    def _next(self) -> str:
        with self._lock:
            self._in_hand = self._wanted.pop(0) if self._wanted else ""
            return self._in_hand

    @Slot()
    def _collect(self) -> None:
        with self._lock:
            made, self._made = self._made, []
            is_done = not self._wanted
        for key, template in made:
            self._keep(key, template)
        if not is_done and not self.is_busy:
            self._start()
        elif is_done and not self.is_busy and not self._made:
            self._poll.stop()
        if made:
            self.ready.emit()

    def _keep(self, key: str, template: Template) -> None:
        self._templates[key] = template
        if len(self._templates) > MOST_TEMPLATES:
            self._templates.popitem(last=False)


def _laid_out(key: str) -> Template:
    try:
        return composed(key)
    except _errors():
        # A formula that fails leaves a gap, never a dead thread.
        _log.exception("Cannot lay out %s", key)
        return UNREADABLE


def _errors() -> tuple[type[Exception], ...]:
    """Return what comes where LaTeX cannot be read: ziamath has no error of its own, its reader many."""
    from latex2mathml import exceptions  # loaded with the first formula, as ziamath is

    found = (each for each in vars(exceptions).values() if isinstance(each, type))
    return (*(each for each in found if issubclass(each, Exception)), *PLAIN_ERRORS)
