"""An image in the inspector: planes, the stacked column, the classes predicted; and how fast a pass is."""

import numpy as np

from dlviz.gui.selection import Selected
from tests.golden.example import Example
from tests.gui.walker import Walker

INPUT, OUTPUT = Selected("input", "x", 0), Selected("layer", "o")


def test_three_planes_are_stacked_into_one_column(walker: Walker) -> None:
    example = Example("EX-71")
    walker.open("image").walk(3)
    walker.select(INPUT)
    section = walker.inspector.image
    walker.robot.wait(section.isVisible)
    given = example.inputs
    assert section.planes.planes.shape == (given["channels"], given["h"], given["w"])
    row = walker.robot.running.session.prepared.dataset.inputs[0]
    np.testing.assert_array_equal(section.planes.column, row)
    np.testing.assert_array_equal(section.planes.planes[1].reshape(-1), row[64 * 64 : 2 * 64 * 64])
    texts = {row.label.text(): row._fact.text.replace("\N{NARROW NO-BREAK SPACE}", "")
             for row in section.sizes.rows if not row.isHidden()}  # fmt: skip
    assert texts["length n"] == "3 · 64 · 64 = 12288"
    example.check("n", int(texts["length n"].rpartition("= ")[2]))
    example.check("X_shape_for_m", [int(texts["X of m = 2 examples"].partition(" × ")[0]), "m"])
    example.leave("Y_shape", "of one output; here there are three, and two examples")
    assert texts["Y"] == "3 × 2"
    example.assert_everything_compared()


def test_the_classes_of_an_image_are_sorted_and_the_largest_is_named(walker: Walker) -> None:
    example = Example("EX-06")
    walker.open("image").walk(3)
    walker.select(OUTPUT)
    section = walker.inspector.prediction
    walker.robot.wait(section.isVisible)
    shares = {bar.unit: bar.share for bar in section.bars.bars}
    np.testing.assert_allclose([shares[unit] for unit in range(3)], example.inputs["probabilities"], rtol=1e-12)
    assert [bar.unit for bar in section.bars.bars] == [2, 0, 1]
    example.check("argmax_index", section.bars.bars[0].unit)
    example.check("sum", sum(shares.values()))
    assert section.label.text() == "arg max: bird"
    walker.robot.window.context.hide_results(True)
    assert not section.isVisible()


def test_nothing_is_predicted_before_it_is_computed(walker: Walker) -> None:
    walker.open("image").walk(1)
    walker.select(OUTPUT)
    walker.robot.wait(lambda: walker.inspector.isVisible() and walker.inspector.title.text() != "")
    assert not walker.inspector.prediction.isVisible()


def test_a_loop_over_the_examples_is_slower_than_one_matrix(walker: Walker) -> None:
    walker.robot.start_on_canvas("step")
    walker.robot.trigger("learn_batch")
    session = walker.robot.running.session
    walker.robot.settle()
    walker.robot.trigger("inspect_network")
    facts = walker.inspector.facts

    def texts() -> dict[str, str]:
        return {row.label.text(): row._fact.text for row in facts.rows if not row.isHidden()}

    walker.robot.wait(lambda: "forward, 3 one by one" in texts())
    assert "forward, 3 as one matrix" in texts()
    times = walker.frame.explanation.times  # type: ignore[union-attr]
    assert times.n == 3 and times.one_by_one > times.at_once > 0
    assert texts()["vectorised is faster by"].startswith("× ")
    assert session.document.title == "A whole batch, 2-3-1"
