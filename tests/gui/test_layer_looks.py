"""Layers looked at in the inspector: start values, masks, statistics of batches, training against use."""

import math
from dataclasses import replace

import numpy as np
import pytest

from dlviz.core.choice import Choice, chosen
from dlviz.core.network import InputSpec, LayerSpec, NetworkSpec, dense
from dlviz.gui.panels.inspector.panel import InspectorPanel
from dlviz.gui.panels.inspector.repeats import REACH, RepeatSection
from dlviz.gui.panels.inspector.start import StartView, scale_of, with_scale
from dlviz.gui.selection import Selected
from dlviz.session.document import Document, TrainingSpec, handle
from dlviz.session.edits import set_layer_setting
from dlviz.session.example import written_table
from dlviz.session.learning_presets import dropped, moving_averages
from dlviz.session.presets import first_document
from dlviz.session.run import Run
from tests.golden.example import Example
from tests.gui.robot import Key, Robot


@pytest.fixture
def robot(robot_on_paused_canvas: Robot) -> Robot:
    return robot_on_paused_canvas


def inspector(robot: Robot) -> InspectorPanel:
    panel = robot.panel("inspector")
    assert isinstance(panel, InspectorPanel)
    return panel


def select(robot: Robot, layer: str, unit: int | None = None) -> None:
    selected = Selected("layer", layer) if unit is None else Selected("unit", layer, unit)
    robot.window.context.selection.select(selected)
    robot.wait(lambda: inspector(robot).isVisible())


def repeats_of(robot: Robot, document: Document, layer: str) -> RepeatSection:
    robot.running.session.new(document)
    robot.settle()
    select(robot, layer)
    section = inspector(robot).behind.repeats
    robot.wait(lambda: robot.frame.repeats is not None and robot.frame.repeats.question.layer == layer)
    robot.wait(lambda: bool(section.bars.bars))
    return section


def use(robot: Robot, section: RepeatSection, key: str) -> None:
    """Switch between training and use, as a person does."""
    place = next(k for k in range(section.mode.count()) if section.mode.tabData(k) == key)
    section.mode.setCurrentIndex(place)
    is_training = key == "train"
    robot.wait(lambda: robot.frame.repeats is not None and robot.frame.repeats.question.is_training == is_training)
    robot.wait(lambda: ("In use" in section.said.text()) is not is_training)


def test_dropout_in_training_scales_by_1_25_and_keeps_the_mean(robot: Robot) -> None:
    example = Example("EX-61")
    section = repeats_of(robot, dropped(), "d")
    assert "1/0.8 = 1.25" in section.said.text()
    told = robot.frame.repeats
    assert told is not None
    values = np.array(example.inputs["a"][0])
    factor = math.sqrt(example.expected["variance_factor"])
    # The mean of 64 masks lies within four of its standard errors of the value itself.
    assert np.all(np.abs(told.mean - values) <= 4 * factor * values / math.sqrt(told.times))
    np.testing.assert_allclose(told.std, factor * values, rtol=0.35)
    assert told.kept is not None
    crossed = ["\N{BALLOT X}" in bar.name for bar in section.bars.bars]
    assert crossed == [not kept for kept in told.kept]
    assert example.expected["scale"] == 1.25


def test_in_use_nothing_is_crossed_out_and_all_passes_give_the_same(robot: Robot) -> None:
    section = repeats_of(robot, dropped(), "d")
    use(robot, section, "use")
    told = robot.frame.repeats
    assert told is not None
    assert np.array_equal(told.mean, np.array(Example("EX-61").expected["test_time_output"][0]))
    assert np.array_equal(told.std, np.zeros(5))
    assert not any("\N{BALLOT X}" in bar.name for bar in section.bars.bars)
    use(robot, section, "train")
    assert robot.frame.repeats is not None
    assert robot.frame.repeats.std.max() > 0


def test_masks_are_others_at_every_step_and_each_layer_keeps_its_own_share() -> None:
    layers = (
        LayerSpec("x_drop", "dropout", (), {"rate": 0.1}), dense("h", 40, "tanh"),
        LayerSpec("h_drop", "dropout", (), {"rate": 0.5}), dense("o", 1, "sigmoid"),
    )  # fmt: skip
    inputs = np.random.default_rng(0).normal(size=(50, 30))
    document = Document(
        title="t", dtype="float64", seed=3, data=written_table(inputs, np.ones((50, 1))),
        network=NetworkSpec(layers, (InputSpec("x", (30,)),)),
        training=TrainingSpec(Choice("squared_error"), chosen("sgd", lr=0.1), batch_size=50),
    )  # fmt: skip
    run = Run(document)
    masks: list[dict[str, np.ndarray]] = []
    for _ in range(2):
        trace = run.network.record()
        masks.append({name: np.asarray(trace.value(f"{name}.mask", len(trace.steps))) for name in ("x_drop", "h_drop")})
    for name, keep, count in (("x_drop", 0.9, 1500), ("h_drop", 0.5, 2000)):
        assert not np.array_equal(masks[0][name], masks[1][name])
        error = 4 * math.sqrt(keep * (1 - keep) / count)
        assert np.mean(masks[0][name] > 0) == pytest.approx(keep, abs=error)
    trace = run.network.record()
    assert trace.value("o.mask", len(trace.steps)) is None, "outputs are never dropped unless a layer says so"


def normed(batch_size: int = 4) -> Document:
    document = moving_averages()
    return replace(document, training=replace(document.training, batch_size=batch_size, shuffle=True))


def test_batch_norm_gives_one_row_other_values_in_other_batches_and_one_in_use(robot: Robot) -> None:
    section = repeats_of(robot, normed(), "n")
    told = robot.frame.repeats
    assert told is not None
    assert told.std[0] > 0.05
    assert section.said.text().startswith("64 batches of 4 rows that hold this one")
    assert f"±{robot.window.context.number(float(told.std[0]), 3)}" in section.said.text()
    use(robot, section, "use")
    assert robot.frame.repeats is not None
    assert robot.frame.repeats.std[0] == 0.0


def test_larger_batches_give_less_noise() -> None:
    from dlviz.session.repeater import Repeater
    from dlviz.session.repeats import RepeatQuestion

    rows = np.random.default_rng(1).normal(size=(400, 1))

    def noise(size: int) -> float:
        document = replace(normed(size), data=written_table(rows, rows))
        told = Repeater().look(Run(document), RepeatQuestion("n", 7))
        assert told is not None
        return float(told.std[0])

    assert noise(8) > 1.5 * noise(64) > 0


def test_in_use_batch_norm_reads_its_running_averages(robot: Robot) -> None:
    session = robot.running.session
    document = moving_averages()
    session.new(document)
    robot.settle()
    for step in (1, 2, 3):
        session.step("batch")
        robot.wait(lambda step=step: robot.frame.step == step)
    select(robot, "n")
    section = inspector(robot).behind.repeats
    session.look(0)
    robot.wait(lambda: bool(section.bars.bars))
    use(robot, section, "use")
    # Row 2 of the third batch is 5; the worked example normalises 3, the third row of all.
    told = robot.frame.repeats
    assert told is not None
    rows = np.array(Example("EX-24").expected["rows"])
    mean, variance = rows[2, 2], rows[2, 3]
    z = float(document.data.dataset.inputs[told.question.row, 0])  # type: ignore[union-attr]
    parameters = robot.frame.parameters
    assert parameters is not None
    gamma, beta = float(parameters["n.gamma"][0]), float(parameters["n.beta"][0])
    assert told.mean[0] == pytest.approx(gamma * (z - mean) / math.sqrt(variance + 1e-5) + beta, rel=1e-9)
    normal = (3 - mean) / math.sqrt(variance + 1e-5)
    assert normal == pytest.approx(Example("EX-24").expected["normalise_z_equals_3_at_inference"], rel=1e-10)


def test_gamma_stretches_and_beta_moves_the_histogram_and_both_are_set(robot: Robot) -> None:
    section = repeats_of(robot, normed(), "n")
    bend = section.bend
    robot.wait(bend.isVisible)
    normal = bend._normal
    robot.drag_slider(bend.gamma.slider, [0.6, 0.75])
    gamma = bend.gamma.value()
    assert gamma > 1
    robot.wait(lambda: robot.frame.parameters is not None and robot.frame.parameters["n.gamma"][0] == gamma)
    robot.drag_slider(bend.beta.slider, [0.5, 0.7])
    beta = bend.beta.value()
    robot.wait(lambda: robot.frame.parameters is not None and robot.frame.parameters["n.beta"][0] == beta)
    expected = np.histogram(gamma * normal + beta, 40, (-REACH, REACH))[0]
    robot.wait(lambda: np.array_equal(bend.histogram.counts, expected))
    mean, std = robot.window.context.number(beta, 3), robot.window.context.number(gamma * float(normal.std()), 3)
    assert bend.said.text() == f"mean {mean}, standard deviation {std}"


def test_a_layer_that_is_no_dropout_or_norm_has_no_such_section(robot: Robot) -> None:
    select(robot, "h1")
    robot.wait(lambda: not inspector(robot).behind.repeats.isVisible())
    assert robot.frame.repeats is None


def start_of(robot: Robot, document: Document, layer: str = "h1") -> StartView:
    robot.running.session.new(document)
    robot.settle()
    select(robot, layer)
    view = inspector(robot).form.start
    robot.wait(view.isVisible)
    return view


WIDE = NetworkSpec((dense("h1", 100, "tanh"), dense("o", 1)), (InputSpec("x", (784,)),))


def wide(initializer: Choice | str) -> Document:
    inputs = np.zeros((4, 784))
    document = Document(
        title="wide", dtype="float64", seed=5, network=WIDE, data=written_table(inputs, np.ones((4, 1)))
    )
    return set_layer_setting(document, "h1", "initializer", initializer)


@pytest.mark.parametrize(
    ("kind", "place"),
    [("xavier_normal", "std_xavier_1_over_n"), ("glorot_normal", "std_xavier_2_over_sum"), ("he_normal", "std_he"),
     ("glorot_uniform", "std_xavier_2_over_sum")],
)  # fmt: skip
def test_the_spread_in_theory_stands_beside_that_of_the_numbers_drawn(robot: Robot, kind: str, place: str) -> None:
    theory = Example("EX-48").expected[place]
    view = start_of(robot, wide(kind))
    values = view.drawn(Choice(kind))
    number = robot.window.context.number
    assert values.shape == (100, 784)
    assert f"standard deviation {number(theory)} in theory" in view.said.text()
    assert view.said.text().endswith(f"and {number(float(values.std()))} as drawn")
    assert float(values.std()) == pytest.approx(theory, rel=0.02)
    assert np.array_equal(values, Run(view._document).parameters()["h1.W"]), "training begins with just these"  # type: ignore[arg-type]


def test_a_slider_pulls_the_scale_and_the_histogram_follows(robot: Robot) -> None:
    view = start_of(robot, wide(chosen("normal", std=0.5)))
    narrow = view.histogram.counts.copy()
    robot.drag_slider(view.scale.slider, [0.67, 0.72])
    std = view.scale.value()
    assert std > 0.5
    now = robot.running.session.document.network.layers[0].settings["initializer"]
    assert now == chosen("normal", std=std)
    values = view.drawn(now)
    ends = view.histogram.ends
    assert np.array_equal(view.histogram.counts, np.histogram(values, 40, (ends[0], ends[-1]))[0])
    assert not np.array_equal(view.histogram.counts, narrow)
    assert float(values.std()) == pytest.approx(std, rel=0.02)


def test_the_slider_of_a_uniform_rule_is_its_range(robot: Robot) -> None:
    view = start_of(robot, wide(chosen("uniform", low=-0.5, high=0.5)))
    robot.drag_slider(view.scale.slider, [0.67, 0.75])
    half = view.scale.value()
    assert robot.running.session.document.network.layers[0].settings["initializer"] == chosen(
        "uniform", low=-half, high=half
    )
    values = view.drawn(chosen("uniform", low=-half, high=half))
    assert np.abs(values).max() <= half
    assert float(values.std()) == pytest.approx(half / math.sqrt(3), rel=0.02)


def test_rules_without_a_scale_have_no_slider(robot: Robot) -> None:
    view = start_of(robot, wide("he_normal"))
    assert view.scale.isHidden()
    assert scale_of(chosen("normal", std=0.3)) == 0.3
    assert scale_of(chosen("uniform", low=-1.0, high=3.0)) == 2.0
    assert with_scale(chosen("normal", mean=1.0, std=0.3), 0.5) == chosen("normal", mean=1.0, std=0.5)


def test_biases_begin_by_a_rule_of_their_own_at_0(robot: Robot) -> None:
    view = start_of(robot, wide("he_normal"))
    assert view.biases.text() == "biases by themselves: zeros, mean 0, standard deviation 0"
    assert np.array_equal(Run(wide("he_normal")).parameters()["h1.b"], np.zeros(100))
    session = robot.running.session
    session.edit(set_layer_setting(session.document, "h1", "bias_initializer", chosen("constant", value=0.1)), "biases")
    robot.wait(lambda: view.biases.text() == "biases by themselves: constant, mean 0.1, standard deviation 0")
    assert "He normal" in view.said.text()


def test_a_seed_is_typed_and_the_same_one_gives_the_same_numbers_bit_for_bit(robot: Robot) -> None:
    view = start_of(robot, replace(first_document(), seed=7))
    robot.wait(lambda: robot.frame.parameters is not None)
    first = {name: values.copy() for name, values in (robot.frame.parameters or {}).items()}
    for seed in (8, 7):
        field = view.seed.fields["seed"]
        field.setFocus()
        field.selectAll()  # type: ignore[attr-defined]
        robot.bot.keyClicks(field, str(seed))
        robot.bot.keyClick(field, Key.Key_Return)
        assert robot.running.session.document.seed == seed
        robot.settle()
        robot.wait(lambda: robot.frame.parameters is not None and robot.frame.step == 0)
        found = robot.frame.parameters or {}
        is_same = all(np.array_equal(found[name], values) for name, values in first.items())
        assert is_same is (seed == 7)


def test_a_run_begins_with_the_weights_that_are_shown(robot: Robot) -> None:
    document = replace(first_document(), parameters={"h1.W": handle(np.ones((4, 2)))})
    view = start_of(robot, document)
    assert view.said.text().startswith("written in the document")
    robot.click(view.begin)
    robot.settle()
    robot.wait(lambda: "in theory" in view.said.text())
    now = robot.running.session.document
    assert robot.frame.parameters is not None
    assert np.array_equal(robot.frame.parameters["h1.W"], view.drawn(chosen("glorot_uniform")))
    assert not now.parameters
