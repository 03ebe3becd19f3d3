"""Sheets: worked arithmetic as plain text, with inputs, formulas, a table, a plot and a question.

A sheet is a UTF-8 text file `NAME.sheet`, one thing a line; a line that begins with a space goes on from the line
before, and a line that begins with # says nothing:

    title: Exponentially weighted average
    text: Every new value moves the average by 1 - beta of the difference.
    slider beta = 0.9 from 0 to 0.999 : the share of the old average that stays
    list x = 10, 12, 11, 15, 14
    t = list(i, i, 1, len(x))
    v = scan(beta*v + (1 - beta)*x[i], i, 1, len(x), v=0) : mix the old average with the new value
    corrected = v/(1 - beta^t) : undo the pull towards the start at 0
    window = 1/(1 - beta)
    show: window
    table: t, x, v, corrected
    plot: x, v, corrected against t
    question: What is the corrected average after three values?
    answer: corrected[3] to 3 decimals
    when beta > 0.9 : The average is slow.

An input is `slider NAME = VALUE from LOW to HIGH`, with `log` for a slider by powers of ten and `whole` for whole
numbers; `number`, with or without limits; or `list`. A formula is `NAME = …` in the language of
`dlviz.core.expression`, and may use inputs and the names above it. What follows ` : ` explains an input, or tells the
steps of a formula. `show` lists single numbers, `table` lists of one length, `plot` lists against a list, or single
numbers `against NAME from LOW to HIGH`, where NAME is a slider or number; `as bars` draws bars, `as stacked bars`
stands them on each other. An input that stands in counts or indices can run along the axis if it is `whole`. `answer`
is a formula that is not walked, judged `to N decimals` or `within` a number. `when CONDITION : sentence` is a case: its
sentence is marked where the condition holds, so that a sheet can come to a verdict.

Flow: `read` text → `Sheet`, which is checked in full and computes nothing. `compute` a sheet with numbers in →
`Computed`: the values by name, the curves, the answer, and the same Trace that everything else is walked by, with
one step for every number that has a name. Text is never run: formulas go through the parser of `expression`, which
counts operations before any of them runs, and every mistake is one sentence with its line.
"""

from dlviz.core.sheets.compute import Computed, Curve, compute, lay_out
from dlviz.core.sheets.lengths import with_input
from dlviz.core.sheets.letters import letter, with_letters
from dlviz.core.sheets.reader import read
from dlviz.core.sheets.sheet import Plot, Question, Sheet, SheetInput

__all__ = [
    "Computed", "Curve", "Plot", "Question", "Sheet", "SheetInput", "compute", "lay_out", "letter", "read",
    "with_input", "with_letters",
]  # fmt: skip
