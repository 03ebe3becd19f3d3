"""Every cap on what a document may hold, in one table; checked before anything is allocated."""

from dlviz.core.inference import MAX_LAYERS

KIB = 1024
MIB = 1024 * KIB
GIB = 1024 * MIB

JSON_BYTES = 32 * MIB
JSON_DEPTH = 64
TEXT_CHARACTERS = 10_000  # a title, a name, a note

ZIP_FILE_BYTES = GIB + 16 * MIB  # members are stored, so the file is hardly longer than their sum
ZIP_ENTRIES = 4_096
ZIP_BYTES = GIB  # sum over all members, unpacked
ZIP_RATIO = 200  # unpacked : packed, asked only of members over ZIP_RATIO_FROM
ZIP_RATIO_FROM = 10 * MIB
ZIP_NAME_BYTES = 256

ARRAY_DIMENSIONS = 8
ARRAY_BYTES = GIB

LAYERS = MAX_LAYERS
TABLE_CELLS = 50_000_000
BATCH_BYTES = GIB  # activations of a batch with what goes back through them
COLUMNS = 20_000  # an image of 64 × 64 in three colours has 12 288
CLASSES = 1_000
PAINTED_ROWS = 20_000  # a set with more is not painted on: every stroke prepares all rows anew

RUNS = 64  # in the list; beyond, the oldest that nobody named goes
MAX_SEGMENTS = 1_000  # of all runs in a file

UNDO_DEPTH = 500
RECENT_FILES = 12
SETTINGS_BYTES = MIB
