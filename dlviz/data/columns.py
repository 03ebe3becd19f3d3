"""What each column of the loaded table is: number, category, text or date. Reader process only."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dlviz.data.dialect import MISSING
from dlviz.data.duck import CELLS, Duck, literal
from dlviz.data.limits import CLASSES
from dlviz.data.table import ColumnType
from dlviz.i18n import tr, trn

NUMBER_SHARE = 0.9  # a column is numeric if this share of its cells is; the rest counts as missing
SENTENCE_SHARE = 0.8  # of cells of several words that differ; those of categories come again
THREE_WORDS = r"\S+\s+\S+\s+\S+"
FEW = 20  # so many different values are categories however few rows there are
DATE_PATTERNS = ["%d.%m.%Y", "%d/%m/%Y", "%m/%d/%Y", "%Y/%m/%d", "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S"]

MISSING_CELLS = sorted(
    {form for word in MISSING - {""} for form in (word, word.upper(), word.title(), word.capitalize())}
)


@dataclass(frozen=True)
class Plan:
    """A column on its way: how SQL turns its cells into numbers, and what was counted."""

    index: int
    name: str
    source: str  # "cell" for text, "number" or "date" where the file itself says so
    number: str = ""
    present: int = 0
    numeric: int = 0
    distinct: int = 0
    thousands: str = ""
    type: ColumnType = "text"

    @property
    def cell(self) -> str:
        """SQL for the cell without blanks around it, NULL where missing."""
        return _cell(self.index, self.source)


def plan_columns(duck: Duck, names: Sequence[str], sources: Sequence[str], decimal: str) -> list[Plan]:
    """Count every column and decide its type."""
    plans = [
        Plan(index, name, source, _number(index, source, decimal))
        for index, (name, source) in enumerate(zip(names, sources, strict=True))
    ]
    plans = _with_thousands(duck, plans, decimal)
    present = duck.totals([f"count({plan.cell})" for plan in plans])
    numeric = duck.totals(["0" if plan.source == "date" else f"count({plan.number})" for plan in plans])
    counted = [replace(plan, present=a, numeric=b) for plan, a, b in zip(plans, present, numeric, strict=True)]
    return [_typed(duck, plan) for plan in counted]


def column_notes(duck: Duck, plans: Sequence[Plan], first_row: int) -> list[str]:
    """Say which cells were not taken as they stand. first_row: rowid of the first row."""
    notes = []
    for plan in plans:
        if plan.thousands:
            notes.append(tr("{name}: {sign} is read as thousands sign.", name=plan.name, sign=repr(plan.thousands)))
        if plan.type == "number" and plan.numeric < plan.present:
            where = f"{plan.cell} IS NOT NULL AND {plan.number} IS NULL"
            row, cell = duck.rows(f"SELECT rowid, {plan.cell} FROM {CELLS} WHERE {where} ORDER BY rowid LIMIT 1")[0]
            one = "{name}: 1 cell that is no number counts as missing, {cell} in row {row}."
            many = "{name}: {n} cells that are no numbers count as missing, the first is {cell} in row {row}."
            count, at = plan.present - plan.numeric, row - first_row + 1
            notes.append(trn(one, many, count, name=plan.name, cell=repr(cell[:40]), row=at))
        if plan.present == 0:
            notes.append(tr("{name}: the column is empty.", name=plan.name))
    return notes


def _cell(index: int, source: str) -> str:
    # Expressions stay this small because DuckDB 2.0 crashed on 10 000 longer ones in one query.
    return f"nullif(trim(CAST(c{index} AS VARCHAR)), '')" if source == "cell" else f"c{index}"


def _number(index: int, source: str, decimal: str, thousands: str = "") -> str:
    """Return SQL for a cell's number or NULL; DuckDB would take 1_000 for 1000."""
    if source == "number":
        return f"CAST(c{index} AS DOUBLE)"
    cell = f"CAST(c{index} AS VARCHAR)"
    text = f"replace({cell}, '{thousands}', '')" if thousands else cell
    text = f"replace({text}, ',', '.')" if decimal == "," else text
    return f"CASE WHEN contains({cell}, '_') THEN NULL ELSE TRY_CAST({text} AS DOUBLE) END"


def _with_thousands(duck: Duck, plans: list[Plan], decimal: str) -> list[Plan]:
    """Read the other sign as a thousands sign in columns where every cell that has it groups by three."""
    sign = "." if decimal == "," else ","
    pattern = literal(rf"[+-]?\d{{1,3}}(\{sign}\d{{3}})+(\{decimal}\d*)?")
    texts = [plan for plan in plans if plan.source == "cell"]
    with_sign = duck.totals([f"count_if(contains({plan.cell}, '{sign}'))" for plan in texts])
    texts = [plan for plan, count in zip(texts, with_sign, strict=True) if count]
    marked = duck.totals([f"count_if(contains({plan.cell}, '{sign}'))" for plan in texts])
    grouped = duck.totals([f"count_if(regexp_full_match({plan.cell}, {pattern}))" for plan in texts])
    for plan, with_it, fitting in zip(texts, marked, grouped, strict=True):
        if with_it == fitting:
            number = _number(plan.index, plan.source, decimal, sign)
            plans[plan.index] = replace(plan, number=number, thousands=sign)
    return plans


def _typed(duck: Duck, plan: Plan) -> Plan:
    """Decide a column's type; different values of numbers are counted when they are fetched."""
    if plan.present and plan.source != "date" and plan.numeric >= NUMBER_SHARE * plan.present:
        return replace(plan, type="number")
    distinct = duck.totals([f"count(DISTINCT {plan.cell})"])[0] if plan.present else 0
    return replace(plan, distinct=distinct, type=_word_type(duck, plan, distinct))


def _word_type(duck: Duck, plan: Plan, distinct: int) -> ColumnType:
    if plan.source == "date":
        return "date"
    if plan.present == 0:
        return "text"
    if _begins_with_digit(duck, plan) and _dates(duck, plan) >= NUMBER_SHARE * plan.present:
        return "date"
    if distinct > SENTENCE_SHARE * plan.present and _sentences(duck, plan) > plan.present / 2:
        return "text"
    return "category" if distinct <= min(CLASSES, max(FEW, plan.present // 2)) else "text"


def _sentences(duck: Duck, plan: Plan) -> int:
    """Count the cells of at least three words."""
    return duck.totals([f"count_if(regexp_matches({plan.cell}, {literal(THREE_WORDS)}))"])[0]


def _begins_with_digit(duck: Duck, plan: Plan) -> bool:
    """Say whether the first cell may be a date at all; trying the patterns on every word is slow."""
    cell = duck.rows(f"SELECT {plan.cell} FROM {CELLS} WHERE {plan.cell} IS NOT NULL LIMIT 1")[0][0]
    return str(cell)[:1].isdigit()


def _dates(duck: Duck, plan: Plan) -> int:
    patterns = ", ".join(literal(pattern) for pattern in DATE_PATTERNS)
    read = f"coalesce(TRY_CAST({plan.cell} AS TIMESTAMP), try_strptime({plan.cell}, [{patterns}]))"
    return duck.totals([f"count({read})"])[0]
