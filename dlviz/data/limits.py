"""Caps on what a data file may ask for, checked before anything is allocated."""

FILE_BYTES = 4 << 30
SNIFF_BYTES = 1 << 20  # how much of a file is looked at before it is parsed
COLUMNS = 10_000
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
