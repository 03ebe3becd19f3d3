"""Tables that the reader process reads with DuckDB: separated text, JSON lines, Parquet."""

from dlviz.core.hyper import choice, flag
from dlviz.data.formats.kind import Format, formats

ENCODINGS = ("guess", "utf-8", "utf-16-le", "utf-16-be", "cp1252", "latin-1")
SEPARATORS = ("guess", ",", ";", "tab", "|", "space")

FOLD = flag("fold_case", True, "Columns of sentences: count “The” and “the” as one word")
TEXT = (
    choice("separator", "guess", SEPARATORS, "The sign between two cells"),
    choice("decimal", "guess", ("guess", ".", ","), "The sign before the decimals"),
    choice("header", "guess", ("guess", "yes", "no"), "Whether the first row holds names"),
    choice("encoding", "guess", ENCODINGS, "How letters are stored"),
    FOLD,
)

formats.add(
    Format(
        "csv",
        "Comma or semicolon separated text",
        (".csv", ".data"),
        settings=TEXT,
        source="RFC 4180 (Shafranovich 2005)",
        description="A table exported by a spreadsheet",
    )
)
formats.add(
    Format(
        "tsv",
        "Tab separated text",
        (".tsv", ".tab"),
        separator="\t",
        settings=TEXT[1:],
        source="IANA media type text/tab-separated-values (Lindner 1993)",
        description="A table as it is copied from a spreadsheet",
    )
)
formats.add(
    Format(
        "text",
        "Sentences with a label",
        (".txt",),
        settings=TEXT,
        modality="text",
        source="bag of words: curriculum DAT-11; Harris 1954",
        description="A sentence, a tab and its class on each line; or any separated table. Words are counted",
    )
)
formats.add(
    Format(
        "jsonl",
        "JSON lines",
        (".jsonl", ".ndjson"),
        reads="lines",
        settings=(FOLD,),
        source="RFC 8259 (Bray 2017), one object a line",
        description='One row a line, such as {"x": 1, "y": 0}',
    )
)
formats.add(
    Format(
        "parquet", "Apache Parquet", (".parquet", ".pq"), magic=b"PAR1", reads="columns", settings=(FOLD,),
        source="Apache Parquet documentation: file format", description="A table with types, as data tools store it",
    )
)  # fmt: skip
