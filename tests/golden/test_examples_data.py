"""Worked examples of the data tools: labels, words, bits and splits."""

import numpy as np
import pytest

from dlviz.core.circuits import Circuit, and_terms, depth, gates, parity_layer, xor_tree
from dlviz.core.evaluate import Evaluator
from dlviz.data.builtin import datasets
from dlviz.data.encoding import encode_targets
from dlviz.data.spec import SplitSpec
from dlviz.data.split import split_rows
from tests.golden.example import Example

MOST_ROWS_TRIED = 8  # bits; all rows of these are run through the networks


def sizes(n: int, validation: float, test: float) -> list[int]:
    split = split_rows(n, SplitSpec(validation, test))
    return [len(split.train), len(split.validation), len(split.test)]


def computes_parity(circuit: Circuit, n: int) -> bool:
    evaluator = Evaluator(circuit.network, dtype="float64")
    evaluator.load(circuit.parameters)
    parity = datasets.get("parity").build({"bits": n})
    return np.array_equal(evaluator.outputs(parity.inputs)[:, 0], parity.targets)


@pytest.mark.example("EX-11", "data tool")
def test_labels_as_unit_vectors_and_as_numbers(example: Example) -> None:
    weather = datasets.get("weather").build({})
    assert weather.class_names == tuple(example.inputs["categories"])
    assert [weather.class_names[label] for label in weather.targets[:5]] == example.inputs["rows"]
    example.check("output_units", weather.n_outputs)
    example.check("one_hot", encode_targets(weather, weather.n_outputs)[:5])
    example.check("label_encoded", weather.targets[:5])


@pytest.mark.example("EX-49", "data tool")
def test_sentences_as_a_design_matrix(example: Example) -> None:
    built_in = datasets.get("sentences").build({})
    assert built_in.row_names == tuple(example.inputs["sentences"])
    example.check("vocabulary", {word: column for column, word in enumerate(built_in.input_names)})
    example.check("matrix", built_in.inputs)


@pytest.mark.example("EX-59", "count")
def test_parity_of_n_bits(example: Example) -> None:
    trees = [xor_tree(n) for n in example.inputs["n"]]
    example.check("xor_gates", [gates(tree) for tree in trees])
    example.check("tree_depth", [depth(tree) for tree in trees])
    example.check("and_terms_two_level_logic_2_pow_n_minus_1", [and_terms(n) for n in example.inputs["n"]])
    wide = [parity_layer(n) for n in example.inputs["n"]]
    units = [int(circuit.parameters["h.W"].shape[0]) for circuit in wide]
    example.check("threshold_units_sufficient_in_one_hidden_layer", units)
    for n, *circuits in zip(example.inputs["n"], trees, wide, strict=True):
        if n <= MOST_ROWS_TRIED:
            assert all(computes_parity(circuit, n) for circuit in circuits)


@pytest.mark.example("EX-60", "data tool")
def test_sizes_of_the_three_parts(example: Example) -> None:
    example.check("split_98_1_1", sizes(example.inputs["n"], 0.01, 0.01))
    example.check("split_60_20_20_of_1000", sizes(1000, 0.2, 0.2))
