"""Conventions of a document: read, written, resolved in one place, changed in a run, and shown."""

from typing import Any

import numpy as np
import pytest

from dlviz.core.conventions import Conventions
from dlviz.core.errors import DlvizError, SpecError
from dlviz.session import headless
from dlviz.session.document import Document
from dlviz.session.edits import set_conventions, set_training
from dlviz.session.format.document import document_from_json, document_to_json
from dlviz.session.prepared import prepared_for
from dlviz.session.run import Run
from dlviz.session.trainer import Trainer, start_values

OWN = {"profile": "keras", "momentum_form": "ema", "rate_letter": "alpha"}


def document(conventions: Any = "dlviz", **training: Any) -> Document:
    return document_from_json({
        "format": "dlviz", "version": 1, "conventions": conventions, "dtype": "float64",
        "data": {"kind": "table", "inputs": [[1.0, 2.0], [0.5, -1.0]], "targets": [[1.0, 0.0], [0.0, 2.0]]},
        "network": {"layers": [{"id": "h", "units": 3, "activation": "tanh"}, {"id": "o", "units": 2}]},
        "training": {"batch_size": 2, "shuffle": False, **training},
    })  # fmt: skip


@pytest.mark.parametrize("conventions", ["dlviz", "pytorch", OWN])
def test_conventions_are_written_as_they_were_read(conventions: Any) -> None:
    given = document(conventions)
    written = document_to_json(given, inline_arrays=True)
    assert written["conventions"] == conventions
    again = document_from_json(written)
    assert again.conventions == given.conventions
    assert document_to_json(again, inline_arrays=True) == written
    assert written["training"]["loss"] == "squared_error"  # what conventions fill in is not saved


@pytest.mark.parametrize("conventions", ["torch", {"profile": 3}, {"momentum": "ema"}, {"log_base": 7}, 5, [1]])
def test_unusable_conventions_are_refused(conventions: Any) -> None:
    with pytest.raises(DlvizError, match="Expected"):
        document(conventions)


def test_explicit_document_is_itself_where_nothing_is_decided() -> None:
    plain, keras = document(), document("keras")
    assert plain.explicit is plain
    assert keras.explicit.explicit is keras.explicit
    assert keras.training.loss.settings == {}
    assert keras.explicit.training.loss.settings == {"outputs": "mean"}


def test_losses_of_two_conventions_differ_by_their_constants() -> None:
    factor = {"dlviz": 1.0, "haykin": 0.5, "pytorch": 0.5, "deeplearning_ai": 0.5}  # pytorch: mean of two outputs
    values = start_values(document())
    arrays = {name: value.tolist() for name, value in values.items()}
    losses = {}
    for profile in factor:
        data = document_to_json(document(profile), inline_arrays=True) | {"parameters": arrays}
        losses[profile] = headless.trace(document_from_json(data)).loss
    for profile, share in factor.items():
        assert losses[profile] == pytest.approx(share * losses["dlviz"], rel=1e-14)


def test_first_weights_follow_the_profile() -> None:
    torch = start_values(document("pytorch"))
    assert np.abs(torch["h.b"]).max() > 0
    assert np.abs(torch["h.W"]).max() <= 1 / np.sqrt(2)
    assert np.abs(start_values(document("keras"))["h.b"]).max() == 0


def test_rows_come_again_where_sampling_says_so() -> None:
    again = document({"sampling": "with_replacement"})
    assert again.explicit.training.replacement is True
    assert set_training(again, replacement=False).explicit.training.replacement is False
    assert document().explicit.training.replacement is None


def test_labels_of_margins_are_a_convention() -> None:
    rows = {"kind": "table", "inputs": [[1.0], [2.0]], "targets": [[0.0], [1.0]], "task": "regression"}
    data = document_to_json(document(), inline_arrays=True) | {"data": rows, "parameters": {}}
    data["network"] = {"layers": [{"id": "o", "units": 1}]}
    data["training"] = {"loss": "hinge", "batch_size": 2}
    with pytest.raises(DlvizError, match="targets −1 and 1"):
        headless.train(document_from_json(data), 1)
    zero_one = document_from_json(data | {"conventions": {"margin_labels": "zero_one"}})
    np.testing.assert_array_equal(Trainer(zero_one, prepared_for(zero_one)).targets, [[-1], [1]])


def test_a_run_goes_on_under_other_conventions() -> None:
    run = Run(document(optimizer={"kind": "momentum", "lr": 0.1}))
    run.advance(3)
    before = run.parameters()
    changed = set_conventions(run.document, "haykin")
    run.edit(changed, "Conventions")
    assert run.step == 3
    for name, value in run.parameters().items():
        np.testing.assert_array_equal(value, before[name])
    assert run.trainer.document.training.optimizer.settings["rate"] == "inside"
    assert run.document.training.optimizer.settings == {"lr": 0.1}


def test_gradient_check_takes_its_distance_from_the_conventions() -> None:
    wide = headless.gradcheck(document({"gradcheck_eps": 1e-2}))
    fine = headless.gradcheck(document())
    assert wide.ratio > 100 * fine.ratio
    assert headless.gradcheck(document({"gradcheck_eps": 1e-2}), eps=1e-5).ratio == fine.ratio


def test_conventions_are_edited_and_refused() -> None:
    assert set_conventions(document(), OWN).conventions == Conventions("keras", {k: OWN[k] for k in list(OWN)[1:]})
    with pytest.raises(SpecError, match="Expected"):
        set_conventions(document(), "theano")
