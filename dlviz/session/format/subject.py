"""Learning rules, typed formulas and sheets between JSON and documents."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlviz.core.choice import Choice
from dlviz.core.errors import DocumentError, SpecError
from dlviz.core.rules import rules
from dlviz.i18n import tr
from dlviz.session.document import Document, Handle, handle
from dlviz.session.files.envelope import FormulaPart, SheetPart, received
from dlviz.session.format.choice import choice_from_json, choice_to_json
from dlviz.session.format.table import Arrays, array_from_json, array_to_json
from dlviz.session.subject import WHOLE, FormulaSpec, SheetSpec, check_formula, check_sheet

START = "start"  # key of a rule's starting values: older readers would take `parameters` for those of a network
MAX_DEPTH = 2  # lists of lists of numbers go into a formula


def rule_from_json(value: Any, arrays: Arrays) -> tuple[Choice | None, dict[str, Handle]]:
    """Read `{"kind": "perceptron", "lr": 1, "start": {"o.W": …}}`. Raises: SpecError, DocumentError."""
    if value is None:
        return None, {}
    given = dict(value) if isinstance(value, dict) else value
    start = given.pop(START, {}) if isinstance(given, dict) else {}
    if not isinstance(start, dict):
        raise DocumentError(tr("Expected an object. Received: {start}", start=received(start)), place=f"rule.{START}")
    values = {name: handle(array_from_json(each, arrays, f"rule.{START}.{name}")) for name, each in start.items()}
    return choice_from_json(given, rules, "rule"), values


def formula_from_json(part: FormulaPart, extra: dict[str, Mapping[str, Any]]) -> FormulaSpec:
    """Read a formula; unknown keys go to extra. Raises: DocumentError for inputs that are no numbers."""
    if unknown := part.unknown():
        extra["formula"] = unknown
    inputs = {name: _number(value, f"formula.inputs.{name}") for name, value in part.inputs.items()}
    return FormulaSpec(part.text, inputs, part.of, tuple(part.by))


def sheet_from_json(part: SheetPart, extra: dict[str, Mapping[str, Any]]) -> SheetSpec:
    """Read a sheet; unknown keys go to extra. Raises: DocumentError for inputs that are no numbers."""
    if unknown := part.unknown():
        extra["sheet"] = unknown
    return SheetSpec(part.text, {name: _number(each, f"sheet.inputs.{name}") for name, each in part.inputs.items()})


def _number(value: Any, place: str, depth: int = 0) -> Any:
    """Return a finite number, or nested tuples of them."""
    if isinstance(value, list) and depth < MAX_DEPTH:
        return tuple(_number(each, place, depth + 1) for each in value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not np.isfinite(float(value)):
        raise DocumentError(tr("Expected a finite number. Received: {value}", value=received(value)), place=place)
    return float(value)


def start_to_json(document: Document, inline_arrays: bool) -> dict[str, Any]:
    """Write starting values by name."""
    return {
        name: array_to_json(each.array) if inline_arrays else {"array": name}
        for name, each in sorted(document.parameters.items())
    }


def subject_to_json(document: Document, inline_arrays: bool) -> dict[str, Any]:
    """Write the rule, the formula or the sheet of a document; nothing for a network."""
    if document.sheet is not None:
        inputs = {name: _lists(value) for name, value in document.sheet.inputs.items()}
        return {"sheet": {"text": document.sheet.text, "inputs": inputs}}
    if document.rule is not None:
        written = choice_to_json(document.rule, rules)
        start = start_to_json(document, inline_arrays)
        if not start:
            return {"rule": written}
        return {"rule": ({"kind": written} if isinstance(written, str) else written) | {START: start}}
    if document.formula is None:
        return {}
    spec = document.formula
    inputs = {name: _lists(value) for name, value in spec.inputs.items()}
    goal = ({"of": spec.of} if spec.of else {}) | ({"by": list(spec.by)} if spec.by else {})
    return {"formula": {"text": spec.text, "inputs": inputs} | goal}


def _lists(value: Any) -> Any:
    return [_lists(each) for each in value] if isinstance(value, tuple) else value


def check_subject(document: Document) -> None:
    """Raise DlvizError unless the document has one subject, and that can be read."""
    parts = (document.rule, document.formula, document.sheet)
    if sum(part is not None for part in parts) + bool(document.network.layers) > 1:
        raise SpecError(
            tr("Expected a network, a rule, a formula or a sheet. Received: more than one of them"),
            tr("Put each into a document of its own."),
        )
    if document.formula is not None:
        check_formula(document.formula)
    if document.sheet is not None:
        check_sheet(document.sheet)
    if document.subject in WHOLE and document.parameters:
        message = tr("Expected no parameters beside a {subject}. Received: some", subject=tr(document.subject))
        raise SpecError(message, tr("Name them as inputs."))
