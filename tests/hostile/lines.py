"""JSON lines: rows that are no objects, nesting, numbers that are none, keys that differ; and Parquet files."""

import json
from pathlib import Path

from tests.hostile.odd import Make, Odd, loaded, noted, refused, written
from tests.hostile.tables import GOOD, pickled

ROWS = "\n".join(json.dumps({"x": i, "y": i * 7 % 13 + 0.5, "kind": "ab"[i % 2]}) for i in range(12)) + "\n"


def lines(content: str | bytes, name: str = "rows.jsonl") -> Make:
    """Return a maker of JSON lines."""
    return written(name, content)


def broken(line: str) -> Make:
    """Return a maker of good rows with this one as the second."""
    return lines('{"x": 1, "kind": "a"}\n' + line + '\n{"x": 2, "kind": "b"}\n')


HUGE = ["1e999", *"123456789"]
JSON = [
    loaded("rows", lines(ROWS), 12),
    loaded("rows in an .ndjson", lines(ROWS, "rows.ndjson"), 12),
    loaded("rows with a mark", lines(b"\xef\xbb\xbf" + ROWS.encode()), 12),
    loaded("blank lines", lines(ROWS.replace("\n", "\n\n")), 12),
    loaded("windows line ends", lines(ROWS.replace("\n", "\r\n")), 12),
    loaded("no line end at the end", lines(ROWS.rstrip()), 12),
    loaded("keys in another order", lines('{"x": 1, "k": "a"}\n{"k": "b", "x": 2}\n'), 2),
    loaded("keys that only some have", lines('{"x": 1, "k": "a"}\n{"x": 2, "k": "b", "z": 3}\n'), 2),
    loaded("null", lines('{"x": null, "k": "a"}\n{"x": 2, "k": "b"}\n{"x": 3, "k": "a"}\n'), 3),
    loaded("true and false", lines('{"x": 1, "k": true}\n{"x": 2, "k": false}\n{"x": 3, "k": true}\n'), 3),
    loaded("an empty object among rows", lines('{"x": 1, "k": "a"}\n{}\n{"x": 2, "k": "b"}\n'), 3),
    loaded("a key of nothing", lines('{"": 1, "k": "a"}\n{"": 2, "k": "b"}\n'), 2),
    loaded("letters by number", lines('{"x": 1, "k": "\\u00e9"}\n{"x": 2, "k": "b"}\n'), 2),
    loaded("half a letter by number", lines('{"x": 1, "k": "\\ud83d"}\n{"x": 2, "k": "b"}\n'), 2),
    loaded("a zero by number", lines('{"x": 1, "k": "a\\u0000"}\n{"x": 2, "k": "b"}\n'), 2),
    loaded("quotes and separators in texts", lines('{"x": 1, "k": "a,\\"b\\"\\nc"}\n{"x": 2, "k": "d"}\n'), 2),
    noted(
        "a number of 5 000 digits", lines('{"x": ' + "9" * 5000 + ', "k": "a"}\n{"x": 2, "k": "b"}\n'), "infinite", 2
    ),
    noted(
        "numbers beyond the largest",
        lines("".join(f'{{"x": {x}, "k": "{k}"}}\n' for x, k in zip(HUGE, "ab" * 5, strict=True))),
        "infinite",
        10,
    ),
    loaded("NaN, which is no JSON", lines('{"x": NaN, "k": "a"}\n{"x": 2, "k": "b"}\n{"x": 3, "k": "a"}\n'), 3),
    noted(
        "lists in cells", lines('{"x": 1, "v": [1, 2], "k": "a"}\n{"x": 2, "v": [3], "k": "b"}\n'), "kept as text", 2
    ),
    noted(
        "objects in cells", lines('{"x": 1, "v": {"a": 1}, "k": "a"}\n{"x": 2, "v": {}, "k": "b"}\n'), "kept as text", 2
    ),
    loaded(
        "keys that are methods",
        lines('{"__class__": 1, "constructor": 2, "k": "a"}\n{"__class__": 2, "constructor": 3, "k": "b"}\n'),
        2,
    ),
    refused("a list of rows", lines("[" + ROWS.strip().replace("\n", ",") + "]"), "in line 1"),
    refused("a pretty object over lines", lines('{\n  "x": 1\n}\n'), "in line 1"),
    refused("empty", lines(""), "an empty file"),
    refused("only blank lines", lines("\n\n  \n"), "at least one object"),
    refused("only empty objects", lines("{}\n{}\n"), "at least one object"),
    refused("a list as a row", broken("[1, 2]"), "list in line 2"),
    refused("a number as a row", broken("12"), "in line 2"),
    refused("null as a row", broken("null"), "in line 2"),
    refused("a text as a row", broken('"row"'), "in line 2"),
    refused("an object cut off", broken('{"x": 1, "kind'), "in line 2"),
    refused("quotes of Python", broken("{'x': 1}"), "in line 2"),
    refused("a comment", broken("// a comment"), "in line 2"),
    refused("a comma at the end", broken('{"x": 1,}'), "in line 2"),
    refused("two objects in a line", broken('{"x": 1} {"x": 2}'), "in line 2"),
    refused("a key twice", broken('{"x": 1, "x": 2}'), "a key twice in line 2"),
    refused("a thousand nested lists", broken('{"x": ' + "[" * 1000 + "]" * 1000 + "}"), "nested over 16 times"),
    refused("a hundred thousand open brackets", broken("[" * 100_000), "nested over 16 times"),
    refused("a cell of 100 kB", broken('{"x": "' + "a" * 100_000 + '"}'), "longer one in line 2"),
    refused("a line of 5 MB", broken('{"x": "' + "a" * 5_000_000 + '"}'), "a longer one in line 2"),
    refused("a byte that is no UTF-8", lines(ROWS.encode() + b'{"x": "\xff"}\n'), "another byte in line 13"),
    refused("UTF-16", lines(ROWS.encode("utf-16")), ""),
    refused("a zero byte", lines(ROWS + '{"x": "\0"}\n'), "NUL"),
    refused("five thousand keys", lines(json.dumps({f"k{i}": i for i in range(5000)}) + "\n"), "columns"),
    refused("a table", lines(GOOD), "in line 1"),
    refused("a pickle", pickled("rows.jsonl")),
]


def parquet(query: str, change: str = "") -> Make:
    """Return a maker of a Parquet file with the rows of a query, whole or changed."""

    def make(folder: Path) -> Path:
        import duckdb

        path = folder / "rows.parquet"
        duckdb.sql(query).write_parquet(str(path))
        data = path.read_bytes()
        changes = {
            "": data,
            "cut": data[: len(data) // 2],
            "tail": data[:-8] + b"\xff\xff\xff\x7fPAR1",
            "head": data[:4] + bytes(len(data) - 8) + data[-4:],
            "sign": b"PAR1" * 20,
        }
        path.write_bytes(changes[change])
        return path

    return make


TWELVE = "SELECT i AS x, i * 7 % 13 + 0.5 AS y, chr((97 + i % 2)::INT) AS kind FROM range(12) t(i)"
PARQUET = [
    loaded("a table in a parquet", parquet(TWELVE), 12),
    loaded(
        "no names that are plain",
        parquet('SELECT i AS "x; DROP TABLE cells", i AS " ", i % 2 AS "ж" FROM range(12) t(i)'),
        12,
    ),
    loaded(
        "dates and times",
        parquet("SELECT i AS x, DATE '2024-01-01' + i::INT AS day, chr((97 + i % 2)::INT) AS kind FROM range(12) t(i)"),
        12,
    ),
    noted(
        "nothing but missing",
        parquet("SELECT i AS x, NULL::DOUBLE AS y, chr((97 + i % 2)::INT) AS kind FROM range(12) t(i)"),
        "y: the column is empty",
        12,
    ),
    loaded(
        "lists in cells of a parquet",
        parquet("SELECT i AS x, [i, i] AS v, chr((97 + i % 2)::INT) AS kind FROM range(12) t(i)"),
        12,
    ),
    loaded(
        "the largest whole numbers",
        parquet("SELECT 9223372036854775807 - i AS x, i % 2 AS kind FROM range(12) t(i)"),
        12,
    ),
    refused("no rows", parquet("SELECT i AS x FROM range(0) t(i)"), "at least one row"),
    refused("cut in half", parquet(TWELVE, "cut"), ""),
    refused("a footer that says it is longer", parquet(TWELVE, "tail"), ""),
    refused("zeros between the signs", parquet(TWELVE, "head"), ""),
    refused("nothing but signs", parquet(TWELVE, "sign"), ""),
    refused("a text under the name", written("rows.parquet", GOOD), "begin like one"),
    refused("an empty parquet", written("rows.parquet", b""), "an empty file"),
    refused("only the sign of a parquet", written("rows.parquet", b"PAR1"), ""),
    refused("a pickle under the name", pickled("rows.parquet"), "begin like one"),
]

CASES: tuple[Odd, ...] = (*JSON, *PARQUET)
