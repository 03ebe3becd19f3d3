"""Separated texts: encodings, separators, quotes, numbers, shapes, and files that are something else."""

import codecs
import gzip
import pickle
import zipfile
from io import BytesIO
from pathlib import Path

from tests.hostile.odd import Make, Odd, loaded, noted, refused, written

ROWS = [f"{i},{i * 7 % 13},{'ab'[i % 2]}" for i in range(12)]
GOOD = "x,y,kind\n" + "\n".join(ROWS) + "\n"
GERMAN = "x;y;kind\n" + "\n".join(f"{i},5;{i * 7 % 13},25;{'ab'[i % 2]}" for i in range(12)) + "\n"
ACCENTED = "größe,naïve,kind\n" + "\n".join(f"{i},{i * 7 % 13},{'äß'[i % 2]}" for i in range(12)) + "\n"


def csv(content: str | bytes, name: str = "table.csv") -> Make:
    """Return a maker of a CSV file."""
    return written(name, content)


def column(*cells: str) -> str:
    """Return a table with one number column of these cells beside a target."""
    return "v,kind\n" + "\n".join(f"{cell},{'ab'[i % 2]}" for i, cell in enumerate(cells)) + "\n"


class Sentinel:
    """Creates a file when somebody unpickles it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> object:
        return (open, (str(self.path), "w"))


def pickled(name: str) -> Make:
    """Return a maker of a pickle that leaves a trace when it is opened."""

    def make(folder: Path) -> Path:
        path = folder / name
        path.write_bytes(pickle.dumps(Sentinel(folder / "SENTINEL_PICKLE")))
        return path

    return make


def zipped() -> bytes:
    """Return a zip archive with a table in it."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("table.csv", GOOD)
    return buffer.getvalue()


ENCODINGS = [
    loaded("utf-8", csv(GOOD), 12),
    loaded("utf-8 with accents", csv(ACCENTED), 12),
    loaded("utf-8 with a mark", csv(codecs.BOM_UTF8 + GOOD.encode()), 12),
    noted("utf-16 little-endian", csv(GOOD.encode("utf-16")), "UTF-16", 12),
    noted("utf-16 big-endian", csv(codecs.BOM_UTF16_BE + GOOD.encode("utf-16-be")), "UTF-16", 12),
    noted("utf-16 little-endian without a mark", csv(GOOD.encode("utf-16-le")), "UTF-16", 12),
    noted("utf-16 big-endian without a mark", csv(GOOD.encode("utf-16-be")), "UTF-16", 12),
    noted("windows-1252", csv(ACCENTED.encode("cp1252")), "Windows-1252", 12),
    noted("latin-1 bytes", csv(GOOD.replace("a\n", "\xe9\n").encode("latin-1")), "Windows-1252", 12),
    refused("utf-16 cut in a letter", csv(GOOD.encode("utf-16")[:-1]), "UTF-16"),
    refused("utf-16 with a lone surrogate", csv(GOOD.encode("utf-16") + b"\x00\xd8\x0a\x00"), "UTF-16"),
    refused("utf-32", csv(GOOD.encode("utf-32")), "NUL"),
    refused("ebcdic", csv(GOOD.encode("cp037")), ""),
    refused("a byte that is no text in windows-1252", csv(GOOD.encode() + b"1,2,\x81\x8d\n\xff\n"), "Windows-1252"),
    refused("random bytes", csv(bytes((i * 197 + i // 7) % 256 for i in range(4000))), ""),
    refused("a byte of zero", csv("x,kind\n1,a\n2\0,b\n3,a\n"), "NUL byte in line 3"),
    refused("only zeros", csv(bytes(5000)), "NUL byte in line 1"),
    refused("a zero far below", csv(GOOD * 4000 + "1,\0,a\n"), "NUL"),
]

SEPARATORS = [
    loaded("semicolons", csv(GOOD.replace(",", ";")), 12),
    loaded("semicolons and decimal commas", csv(GERMAN), 12),
    loaded("tabs", csv(GOOD.replace(",", "\t")), 12),
    loaded("bars", csv(GOOD.replace(",", "|")), 12),
    loaded("tabs in a tsv", csv(GOOD.replace(",", "\t"), "table.tsv"), 12),
    loaded("a .data file", csv(GOOD, "table.data"), 12),
    loaded("a .txt file", csv(GOOD, "table.txt"), 12),
    loaded("a .tab file", csv(GOOD.replace(",", "\t"), "table.tab"), 12),
    loaded("capital letters in the ending", csv(GOOD, "TABLE.CSV"), 12),
    loaded("spaces around cells", csv(GOOD.replace(",", " , ")), 12),
    loaded(
        "quotes around every cell",
        csv("\n".join(",".join(f'"{c}"' for c in r.split(",")) for r in ["x,y,kind", *ROWS])),
        12,
    ),
    loaded("a separator within quotes", csv('x,kind\n1,"a,b"\n2,"c,d"\n3,"a,b"\n'), 3),
    loaded("a line end within quotes", csv('x,kind\n1,"a\nb"\n2,"c"\n3,"a\nb"\n'), 3),
    loaded("doubled quotes", csv('x,kind\n1,"a""b"\n2,"c"\n3,"a""b"\n'), 3),
    loaded("windows line ends", csv(GOOD.replace("\n", "\r\n")), 12),
    loaded("old macintosh line ends", csv(GOOD.replace("\n", "\r")), 12),
    loaded("mixed line ends", csv("x,kind\r\n1,a\n2,b\r3,a\n"), 3),
    loaded("no line end at the end", csv(GOOD.rstrip("\n")), 12),
    loaded("blank lines between", csv(GOOD.replace("\n", "\n\n")), 12),
    loaded("blank lines above and below", csv("\n\n\n" + GOOD + "\n\n\n"), 12),
    refused("a quote that is never closed", csv('x,kind\n1,"a\n2,b\n3,a\n'), "open one in line 2"),
    noted("quotes inside cells", csv('x,kind\n1,5" disc\n2,3" disc\n3,5" disc\n'), "ordinary characters", 3),
    refused("quotes of both kinds", csv('x,kind\n"1",5" disc\n2,3" disc\n3,b\n'), "one inside a cell"),
    noted("a separator at each line's end", csv("x,kind,\n1,a,\n2,b,\n3,a,\n"), "column 3: the column is empty", 3),
    loaded("one column of words and one of numbers by spaces", csv("kind|x\na|1\nb|2\na|3\n"), 3),
]

SHAPES = [
    refused("empty", csv(""), "an empty file"),
    refused("only blanks", csv(" \n\t\n  \n"), ""),
    refused("only line ends", csv("\n" * 50), ""),
    refused("only a mark", csv(codecs.BOM_UTF8), ""),
    noted("rows too short and too long", csv(GOOD + "1,2\n1,2,a,9\n"), "row 13 (line 14, 2 cells)", 12),
    refused("most rows of another width", csv("a,b,c\n" + "1,2\n1\n1,2,3,4\n1,2,3,4,5\n" * 5), "Received"),
    noted("lines above the table", csv("Report of 2024\n\n" + GOOD), "Lines above the table", 12),
    noted("a header one name short", csv("y,kind\n" + "\n".join(ROWS) + "\n"), "", 12),
    loaded("no header", csv("\n".join(ROWS) + "\n"), 12),
    loaded("the same name twice", csv("x,x,kind\n" + "\n".join(ROWS) + "\n"), 12),
    loaded("names of nothing", csv(",,kind\n" + "\n".join(ROWS) + "\n"), 12),
    loaded("names with line ends", csv('"x\nx",y,kind\n' + "\n".join(ROWS) + "\n"), 12),
    loaded("names with markup", csv("<b>x</b>,<script>alert(1)</script>,kind\n" + "\n".join(ROWS) + "\n"), 12),
    loaded("names that turn the writing", csv("x\u202egnp,y,kind\n" + "\n".join(ROWS) + "\n"), 12),
    loaded("names of a shell", csv("$(touch SENTINEL_SHELL),`id`,kind\n" + "\n".join(ROWS) + "\n"), 12),
    loaded("names of a query", csv("x'; DROP TABLE cells; --,y,kind\n" + "\n".join(ROWS) + "\n"), 12),
    loaded("names of a thousand letters", csv("x" * 1000 + ",y,kind\n" + "\n".join(ROWS) + "\n"), 12),
    loaded("one row", csv("x,y\n1,2\n"), 1),
    loaded("one class", csv("x,kind\n" + "1,a\n" * 10), 10),
    loaded("one column", csv("x\n" + "\n".join(map(str, range(10)))), 10),
    loaded(
        "five hundred columns",
        csv(",".join(f"c{i}" for i in range(500)) + "\n" + (",".join(["1"] * 500) + "\n") * 3),
        3,
    ),
    refused(
        "five thousand columns",
        csv(",".join(f"c{i}" for i in range(5000)) + "\n" + ",".join(["1"] * 5000) + "\n"),
        "columns",
    ),
    refused("a million columns", csv("," * 1_000_000 + "\n1\n"), "columns"),
    refused("a cell of 100 kB", csv("x,kind\n1," + "a" * 100_000 + "\n2,b\n"), "longer one in line 2"),
    refused("a line of 5 MB", csv("x" * 5_000_000), ""),
    refused("5 MB within a quote", csv('x,kind\n1,"' + "a\n" * 2_500_000), "longer one"),
    loaded("fifty thousand rows", csv("x,kind\n" + "1,a\n2,b\n" * 25_000), 50_000),
    refused("only a header of words", csv("alpha,beta,gamma\n"), "only a header"),
]

NUMBERS = [
    loaded("whole and broken numbers", csv(column("1", "2.5", "-3", "+4", ".5", "6.")), 6),
    loaded("powers of ten", csv(column("1e3", "2E-4", "-3.5e+2", "4")), 4),
    loaded("the largest number", csv(column("1.7976931348623157e308", "-1.7e308", "0", "1")), 4),
    noted("numbers beyond the largest", csv(column("1e999", "-1e999", *"12345678")), "infinite", 10),
    loaded("numbers next to nothing", csv(column("5e-324", "1e-320", "0", "-0.0")), 4),
    loaded(
        "nearly equal large numbers", csv(column("1000000000.0000001", "1000000000", "1000000000", "1000000000")), 4
    ),
    noted("infinity in words", csv(column("inf", "-inf", *"12345678")), "infinite", 10),
    loaded("words for missing", csv(column("NA", "n/a", "NaN", "null", "?", "", *"123456")), 12),
    noted("an empty column", csv("x,y,kind\n" + "".join(f"{i},,{'ab'[i % 2]}\n" for i in range(8))), "empty", 8),
    noted("one word among numbers", csv(column(*map(str, range(30)), "oops")), "no number counts as missing", 31),
    loaded("half words, half numbers", csv(column("1", "a", "2", "b", "3", "c")), 6),
    noted("thousands signs", csv("v;kind\n1.234,5;a\n2.345.678,25;b\n12,5;a\n"), "thousands sign", 3),
    loaded("hexadecimal", csv(column("0x1F", "0x2A", "0xFF", "0x00")), 4),
    loaded("underscores", csv(column("1_000", "2_000", "3_000", "4_000")), 4),
    loaded("percent signs", csv(column("10%", "20%", "30%", "40%")), 4),
    loaded("money", csv(column("$10", "$20", "$30", "$40")), 4),
    loaded("digits of another script", csv(column("١٢", "٣٤", "٥٦", "٧٨")), 4),
    loaded("dates", csv("day,x,kind\n" + "".join(f"2024-01-{i:02d},{i},{'ab'[i % 2]}\n" for i in range(1, 13))), 12),
    loaded(
        "impossible dates",
        csv("day,x,kind\n" + "".join(f"2024-13-{i + 40},{i},{'ab'[i % 2]}\n" for i in range(12))),
        12,
    ),
    loaded("true and false", csv("x,flag\n1,true\n2,false\n3,true\n4,false\n"), 4),
    loaded("labels of minus five and a trillion", csv("x,label\n" + "1,-5\n2,1000000000000\n" * 6), 12),
    loaded("a thousand classes", csv("x,kind\n" + "".join(f"{i},c{i}\n{i},c{i}\n" for i in range(1000))), 2000),
    loaded("ten thousand classes", csv("x,kind\n" + "".join(f"{i},c{i}\n" for i in range(10_000))), 10_000),
    loaded(
        "cells that are formulas", csv("x,kind\n1,=cmd|' /C calc'!A0\n2,+1+1\n3,@SUM(A1)\n4,=cmd|' /C calc'!A0\n"), 4
    ),
    loaded("cells of markup", csv("x,kind\n1,<img src=x onerror=alert(1)>\n2,<b>b</b>\n3,<b>b</b>\n"), 3),
    loaded(
        "cells of addresses",
        csv("x,kind\n1,http://198.51.100.1/a.csv\n2,file:///etc/passwd\n3,s3://a/b\n4,\\\\host\\share\n"),
        4,
    ),
    loaded("control letters in cells", csv("x,kind\n1,a\x07\x1b[31m\n2,b\n3,a\x07\x1b[31m\n"), 3),
    loaded("invisible letters", csv("x,kind\n1,a\u200b\n2,a\n3,a\u200b\n"), 3),
    loaded("emoji and combined letters", csv("x,kind\n1,\U0001f469\u200d\U0001f680\n2,e\u0301\n3,é\n"), 3),
]

OTHER_FILES = [
    refused("a pickle in a csv", pickled("table.csv")),
    refused("a pickle in a tsv", pickled("table.tsv")),
    refused("a pickle in a txt", pickled("table.txt")),
    refused("a pickle by its name", pickled("table.pkl"), "Expected a file ending in"),
    refused("a checkpoint by its name", pickled("model.pt"), "Expected a file ending in"),
    *(
        refused(f"{kind} in a csv", csv(head + bytes(600)), "Received")
        for kind, head in {
            "a PNG picture": b"\x89PNG\r\n\x1a\n",
            "a JPEG picture": b"\xff\xd8\xff\xe0",
            "a GIF": b"GIF89a",
            "a PDF": b"%PDF-1.7\n",
            "an old Excel file": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
            "a program": b"\x7fELF\x02",
            "a Windows program": b"MZ\x90\x00",
            "a database": b"SQLite format 3\0",
            "an array": b"\x93NUMPY\x01\x00",
            "an HDF5 file": b"\x89HDF\r\n\x1a\n",
            "a Parquet file": b"PAR1",
            "a bzip2 archive": b"BZh91AY",
            "an xz archive": b"\xfd7zXZ\x00",
            "rich text": b"{\\rtf1",
        }.items()
    ),
    refused("a zip in a csv", csv(zipped()), "zip archive"),
    refused("a gzip in a csv", csv(gzip.compress(GOOD.encode())), "gzip"),
    refused("a workbook by its name", written("table.xlsx", zipped()), "Expected a file ending in"),
    refused("a web page by its name", written("page.html", "<html></html>"), "Expected a file ending in"),
    refused("a drawing by its name", written("drawing.svg", "<svg onload='x'/>"), "Expected a file ending in"),
    refused("no ending", written("table", GOOD), "Expected a file ending in"),
    refused("an ending alone", written(".hidden", GOOD), "Expected a file ending in"),
    refused("a web page in a csv", csv("<!DOCTYPE html>\n<html>\n<body>Not found</body>\n</html>\n"), "a web page"),
    loaded("python code in a csv", csv("import os\nos.system('touch SENTINEL_CODE')\nx = 1\n"), -1),
]

CASES: tuple[Odd, ...] = (*ENCODINGS, *SEPARATORS, *SHAPES, *NUMBERS, *OTHER_FILES)
