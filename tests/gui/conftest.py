"""What every test of the window leaves behind as it was."""

from collections.abc import Iterator

import pytest

from dlviz.gui import letters
from dlviz.session.document import Document


@pytest.fixture(autouse=True)
def _usual_notation() -> Iterator[None]:
    """Write letters and numbers as usual again: they are those of the document shown last."""
    yield
    letters.use(Document().symbols)
