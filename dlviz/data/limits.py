"""Caps on what a data file may ask for, checked before anything is allocated."""

FILE_BYTES = 4 << 30
SNIFF_BYTES = 1 << 20  # how much of a file is looked at before it is parsed
COLUMNS = 4_096  # DuckDB keeps about 0.25 MB for each; 10 000 filled the 2 GiB of the reader process
CELLS = 50_000_000
FIELD_BYTES = 64 << 10
RECORD_BYTES = 4 << 20
CLASSES = 1_000
CLASSES_TO_NOTE = 100
ANSWER_BYTES = 32 << 20  # the reader process's JSON
ROWS_NAMED = 10  # rows listed one by one in a note
PREVIEW_ROWS = 50
READ_SECONDS = 120.0
READER_MEMORY_BYTES = 4 << 30  # address space of the reader process, set after its imports
