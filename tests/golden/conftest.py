"""The worked example that a test reproduces."""

from collections.abc import Iterator

import pytest

from tests.golden.example import Example


@pytest.fixture
def example(request: pytest.FixtureRequest) -> Iterator[Example]:
    """Return the example named by the test's mark `example(id, route)`; all it expects must be compared."""
    marker = request.node.get_closest_marker("example")
    found = Example(marker.args[0])
    yield found
    if not request.session.testsfailed:
        found.assert_everything_compared()
