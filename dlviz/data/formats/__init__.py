"""File formats that data are read from: one entry each."""

from dlviz.data.formats import idx, npz, pictures, tables
from dlviz.data.formats.kind import Format, OwnReader, format_of, formats, modality_words

formats.begin_with("csv", "tsv", "text", "jsonl", "parquet", "npz", "idx", "images")

__all__ = ["Format", "OwnReader", "format_of", "formats", "idx", "modality_words", "npz", "pictures", "tables"]
