"""Lists that belong together: where one is set to another length, those that must be as long follow it."""

from collections.abc import Mapping

from dlviz.core.errors import DlvizError
from dlviz.core.sheets.compute import lay_out
from dlviz.core.sheets.sheet import InputValue, Sheet, SheetInput

FILLING = 0.0  # weighs nothing in a sum; where the limits forbid it, the last number of the list comes again


def with_input(sheet: Sheet, given: Mapping[str, InputValue], name: str, value: object) -> dict[str, InputValue]:
    """Return the inputs with another value for one of them, and other lists as long as it where the formulas ask that.

    Only lists that were as long before are cut or filled, and of those only as many as are needed. Where that does not
    help, nothing but the one input changes, and `lay_out` says what is wrong.
    Raises: SpecError for a name that is none, or a value out of its limits.
    """
    spec, before = sheet.input(name), sheet.filled(given)
    now, old = spec.checked(value), before[name]
    changed = {**given, name: now}
    if not isinstance(now, tuple) or not isinstance(old, tuple) or len(now) == len(old) or _fits(sheet, changed):
        return changed
    following = {
        each.name: _of_length(each, held, len(now))
        for each in sheet.inputs
        if each.name != name and isinstance(held := before[each.name], tuple) and len(held) == len(old)
    }
    if not _fits(sheet, {**changed, **following}):
        return changed
    for each in list(following):
        fewer = {key: held for key, held in following.items() if key != each}
        following = fewer if _fits(sheet, {**changed, **fewer}) else following
    return {**changed, **following}


def _fits(sheet: Sheet, given: Mapping[str, object]) -> bool:
    try:
        lay_out(sheet, given)
    except DlvizError:
        return False
    return True


def _of_length(spec: SheetInput, held: tuple[float, ...], length: int) -> tuple[float, ...]:
    filling = FILLING if spec.low <= FILLING <= spec.high else held[-1]
    return (*held[:length], *[filling] * (length - len(held)))
