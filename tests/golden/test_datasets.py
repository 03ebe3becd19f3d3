"""Built-in data sets never change: their arrays have the digests that were recorded when they were made."""

import hashlib
import json
from pathlib import Path

import pytest

from dlviz.data.builtin import datasets

RECORDED: dict[str, str] = json.loads(Path(__file__).with_name("datasets.json").read_text())


def digest(key: str, seed: int) -> str:
    kind = datasets.get(key)
    has_seed = any(hyper.name == "seed" for hyper in kind.settings)
    dataset = kind.build({"seed": seed} if has_seed else {})
    return hashlib.sha256(dataset.inputs.astype("<f8").tobytes() + dataset.targets.astype("<f8").tobytes()).hexdigest()


@pytest.mark.parametrize("name", RECORDED)
def test_arrays_have_the_recorded_digest(name: str) -> None:
    key, seed = name.split("/")
    assert digest(key, int(seed)) == RECORDED[name]


@pytest.mark.parametrize("key", datasets.keys())
def test_every_set_is_recorded(key: str) -> None:
    assert {f"{key}/0", f"{key}/7"} <= set(RECORDED)
