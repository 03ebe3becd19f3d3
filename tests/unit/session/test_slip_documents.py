"""Documents with a mistake made on purpose: read, trained, traced and saved."""

import json
from pathlib import Path

import numpy as np
import pytest

from dlviz.__main__ import main
from dlviz.core.choice import Choice, chosen
from dlviz.core.errors import SpecError
from dlviz.data.prepare import prepare
from dlviz.session import edits
from dlviz.session.document import Document
from dlviz.session.format.document import document_from_json, document_to_json
from dlviz.session.presets import example_document, first_document, step_document
from dlviz.session.trainer import Trainer


def with_slip(slip: Choice | None) -> Document:
    return edits.set_slip(step_document(), slip)


def test_it_is_saved_and_read_again() -> None:
    document = with_slip(chosen("missing_slope", where="hidden"))
    again = document_from_json(document_to_json(document, inline_arrays=True))
    assert again.training.slip == chosen("missing_slope", where="hidden")


def test_no_document_that_ships_has_one() -> None:
    for document in (Document(), first_document(), step_document(), example_document()):
        assert document.training.slip is None
        assert "slip" not in document_to_json(document, inline_arrays=True)["training"]


def test_a_mistyped_slip_is_refused_and_changes_nothing() -> None:
    with pytest.raises(SpecError, match="known slip"):
        edits.set_slip(step_document(), "wrong")


def test_training_goes_the_wrong_way() -> None:
    losses = {}
    for slip in (None, "wrong_sign"):
        document = edits.set_slip(step_document(), slip)
        trainer = Trainer(document, prepare(document.data, document.seed))
        values = np.zeros(20)
        trainer.run(20, values)
        losses[slip] = values
    assert losses[None][-1] < losses[None][0]
    assert losses["wrong_sign"][-1] > losses["wrong_sign"][0]


def test_the_command_line_says_it_in_table_and_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "wrong.json"
    path.write_text(json.dumps(document_to_json(with_slip(chosen("wrong_sign")), inline_arrays=True)))
    assert main(["trace", str(path)]) == 0
    shown = capsys.readouterr()
    assert "[wrong on" in shown.out
    assert "Wrong on purpose: The step goes uphill." in shown.err
    assert main(["trace", str(path), "--format", "json"]) == 0
    steps = json.loads(capsys.readouterr().out)["steps"]
    assert [step["op"] for step in steps if step.get("slip") == "wrong_sign"] == ["apply"]
