"""The examples in CONTRIBUTING.md are code that works."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dlviz.core import activations, sheets
from dlviz.core.choice import Choice
from dlviz.core.network import NetworkSpec, dense
from dlviz.core.optimizers import momentum
from dlviz.data import formats, generators
from dlviz.data.formats import npz
from dlviz.data.reader import read_table
from dlviz.data.spec import DataSpec
from dlviz.session import headless
from dlviz.session.document import Document, TrainingSpec
from dlviz.session.presets import first_document
from dlviz.session.vary.plan import check_experiment, trials_of
from dlviz.session.vary.recipes import experiment_of
from dlviz.session.vary.recipes import networks as vary_recipes

TEXT = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def own_registries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what the examples add out of the other tests."""
    registries = (
        activations.activations, momentum.optimizers, generators.datasets, vary_recipes.recipes, formats.formats,
    )  # fmt: skip
    for registry in registries:
        monkeypatch.setattr(registry, "_entries", dict(registry._entries))


def run_example(heading: str, module: Any, number: int = 0) -> None:
    """Run an example under a heading, the first by default, with the names of the module it would stand in."""
    part = re.search(rf"^## {heading}.*?(?=^## |\Z)", TEXT, re.DOTALL | re.MULTILINE)
    assert part
    exec(re.findall(r"```python\n(.*?)```", part[0], re.DOTALL)[number], dict(vars(module)))


def test_sheet_is_read_and_computed() -> None:
    found = re.search(r"^## A sheet.*?```text\n(.*?)```", TEXT, re.DOTALL | re.MULTILINE)
    assert found
    assert sheets.compute(sheets.read(found[1]), {}).answer == 3


def test_activation_has_the_slope_of_its_value() -> None:
    run_example("An activation", activations.sigmoids)
    entry = activations.activations.get("softsign")
    z = np.linspace(-4, 4, 41) + 0.017
    np.testing.assert_allclose(entry.value(z), z / (1 + abs(z)), rtol=1e-14)
    np.testing.assert_allclose(entry.slope(z), (entry.value(z + 1e-6) - entry.value(z - 1e-6)) / 2e-6, rtol=1e-8)


def test_optimizer_steps_by_the_sign_of_the_gradient() -> None:
    run_example("An optimizer", momentum)
    training = TrainingSpec(optimizer=Choice("sign", {"lr": 0.125}))
    document = Document(
        network=NetworkSpec((dense("o", 1, "tanh"),)), training=training, data=DataSpec("circles", {"samples": 20})
    )
    walk = headless.trace(document)
    before, after = walk.trace.before["o.W"], walk.parameters_after["o.W"]
    np.testing.assert_allclose(after - before, -0.125 * np.sign(walk.gradients["o.W"]), rtol=1e-12)


def test_data_set_is_found_by_its_key() -> None:
    run_example("A data set", generators)
    rows = generators.datasets.get("ring").build({"samples": 12})
    np.testing.assert_allclose(np.hypot(*rows.inputs.T), 1, rtol=1e-8)


def test_recipe_is_offered_and_varies_the_width() -> None:
    run_example("A recipe of Vary", vary_recipes)
    experiment = experiment_of("widths", first_document())
    check_experiment(experiment)
    assert len(trials_of(experiment)) == 12


def test_file_format_is_read(tmp_path: Path) -> None:
    run_example("A data set", npz, 1)
    (tmp_path / "made.points").write_bytes(np.arange(12, dtype="<f4").tobytes())
    table = read_table(tmp_path / "made.points")
    assert [column.name for column in table.info.columns] == ["x", "y", "z"]
    assert table.arrays["y"].tolist() == [1, 4, 7, 10]
