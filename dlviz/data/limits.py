"""Caps on what a data file may ask for, checked before anything is allocated."""

FILE_BYTES = 4 << 30
SNIFF_BYTES = 1 << 20  # how much of a file is looked at before it is parsed
COLUMNS = 4_096  # DuckDB keeps about 0.25 MB for each; 10 000 filled the 2 GiB of the reader process
IN_MEMORY_BYTES = 256 << 20  # of inputs: reading, splitting, scaling and training hold up to six copies at once
ON_DISK_BYTES = 16 << 30  # of inputs that are streamed from disk, and of all such sets kept in the cache
CELLS = ON_DISK_BYTES // 8
ROWS = 100_000_000  # targets, split and order take about 50 bytes of memory for each
FIELD_BYTES = 64 << 10
RECORD_BYTES = 4 << 20
CLASSES = 1_000
CLASSES_TO_NOTE = 100
ANSWER_BYTES = 32 << 20  # the reader process's JSON
ROWS_NAMED = 10  # rows listed one by one in a note
PREVIEW_ROWS = 50
READ_SECONDS = 120.0
READ_SECONDS_PER_GB = 120.0  # of the file, more than these; measured on two busy cores: 20 for Parquet, 48 for CSV
READER_MEMORY_BYTES = 4 << 30  # address space of the reader process, set after its imports
