"""Odd numbers come through scaling as numbers: nothing that is not finite reaches a network."""

from pathlib import Path

import numpy as np
import pytest

from dlviz.core.errors import DlvizError
from dlviz.data.prepare import prepare
from dlviz.data.reader import read_table
from dlviz.data.spec import DataSpec, Scaling, SplitSpec
from dlviz.data.table_dataset import to_dataset
from tests.hostile.odd import Odd
from tests.hostile.tables import NUMBERS


@pytest.mark.parametrize("odd", [odd for odd in NUMBERS if odd.outcome != "refused"], ids=lambda odd: odd.name)
def test_scaled_inputs_are_finite_whatever_was_measured(odd: Odd, tmp_path: Path) -> None:
    table = read_table(odd.make(tmp_path))
    try:
        dataset = to_dataset(table, missing="mean")
    except DlvizError as error:
        assert "Expected" in str(error)  # nothing can be learned from it, which is said
        return
    kinds: tuple[Scaling, ...] = ("none", "standard", "minmax")
    for scaling in kinds:
        prepared = prepare(DataSpec("file", split=SplitSpec(validation=0.2), scaling=scaling, dataset=dataset))
        assert np.isfinite(np.asarray(prepared.inputs)).all()
