"""Edits of documents about a rule, a formula or a sheet; each returns a new document."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from dlviz.core.choice import Choice
from dlviz.core.errors import SpecError
from dlviz.core.expression import parse
from dlviz.core.rules import resolve, rules
from dlviz.core.sheets import with_input
from dlviz.data.dataset import Dataset
from dlviz.data.spec import DataSpec
from dlviz.i18n import tr
from dlviz.session.document import Document, handle
from dlviz.session.format.choice import checked_settings
from dlviz.session.prepared import prepared_for
from dlviz.session.rule_trainer import learner_for
from dlviz.session.subject import FormulaSpec, check_formula


def set_rule_setting(document: Document, name: str, value: Any) -> Document:
    """Change one setting of the rule. Raises: SpecError."""
    if document.rule is None:
        raise SpecError(tr("Expected a learning rule. Received: a {subject}", subject=document.subject))
    entry, _ = resolve(document.rule)
    settings = checked_settings({**document.rule.settings, name: value}, entry.settings, "rule")
    return replace(document, rule=Choice(document.rule.kind, settings))


def set_rule(document: Document, kind: str) -> Document:
    """Learn by another rule from its own start; settings that both have are kept.

    Raises: SpecError, ShapeError, DataError where the rule does not fit the rows.
    """
    entry = rules.get(kind, "rule")
    old = {} if document.rule is None else dict(document.rule.settings)
    kept = {hyper.name: old[hyper.name] for hyper in entry.settings if hyper.name in old and hyper.name != "order"}
    changed = replace(document, rule=Choice(kind, checked_settings(kept, entry.settings, "rule")), parameters={})
    learner_for(changed, prepared_for(changed))
    return changed


def set_query(document: Document, point: Sequence[float]) -> Document:
    """Ask a memory-based rule about one point: what it has stored stays, and the point is the only row presented.

    point: in the coordinates of the stored rows. Raises: SpecError, DataError for another rule or row.
    """
    prepared = prepared_for(document)
    dataset, stored = prepared.dataset, learner_for(document, prepared).state().values
    if document.rule is None or document.rule.kind != "nearest_neighbour" or len(point) != dataset.d:
        raise SpecError(tr("Expected a point of {d} inputs for stored rows. Received: {n}", d=dataset.d, n=len(point)))
    inputs, targets = np.array([point], dtype=np.float64), dataset.targets[:1].copy()
    for array in (inputs, targets):
        array.setflags(write=False)
    asked = Dataset(
        tr("Table"), dataset.task, inputs, targets, dataset.input_names, dataset.target_names, dataset.class_names
    )
    memory = {name: handle(values) for name, values in stored.items()}
    return replace(document, data=DataSpec("table", dataset=asked), parameters=memory)


def set_formula(document: Document, text: str) -> Document:
    """Type another formula; inputs keep their numbers by name, new ones are 1. Raises: FormulaError."""
    formula = parse(text)
    old = FormulaSpec("") if document.formula is None else document.formula
    inputs = {name: old.inputs.get(name, 1.0) for name in formula.inputs}
    by = tuple(name for name in old.by if name in formula.inputs)
    spec = FormulaSpec(text, inputs, old.of if old.of in formula.names else "", by)
    check_formula(spec)
    return replace(document, formula=spec)


def set_input(document: Document, name: str, index: tuple[int, ...], value: float) -> Document:
    """Change one number that goes into the formula; index: its place in a list, from 0. Raises: SpecError."""
    spec = document.formula
    if spec is None or name not in spec.inputs:
        raise SpecError(tr("Expected an input of the formula. Received: {name}", name=name), place="formula.inputs")
    inputs = {**spec.inputs, name: _put(spec.inputs[name], index, value, name)}
    return replace(document, formula=replace(spec, inputs=inputs))


def set_sheet_input(document: Document, name: str, value: object) -> Document:
    """Set a number or a list of a sheet; lists that must be as long follow. Raises: SpecError for one out of limits."""
    spec = document.sheet
    if spec is None:
        raise SpecError(tr("Expected a sheet. Received: a {subject}", subject=document.subject))
    return replace(document, sheet=replace(spec, inputs=with_input(spec.sheet, spec.inputs, name, value)))


def set_sheet_number(document: Document, name: str, index: tuple[int, ...], value: float) -> Document:
    """Set one number of a sheet; index: its place in a list, from 0. Raises: SpecError."""
    spec = document.sheet
    now = () if spec is None else spec.sheet.filled(spec.inputs).get(name, ())
    return set_sheet_input(document, name, _put(now, index, value, name))


def _put(values: Any, index: tuple[int, ...], value: float, name: str) -> Any:
    is_list = isinstance(values, tuple)
    if bool(index) != is_list or (is_list and not 0 <= index[0] < len(values)):
        raise SpecError(tr("Expected a place in {name}. Received: {index}", name=name, index=index), place=name)
    if not index:
        return float(value)
    return (*values[: index[0]], _put(values[index[0]], index[1:], value, name), *values[index[0] + 1 :])
