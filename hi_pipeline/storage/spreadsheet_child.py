"""The process that reads a spreadsheet, so that no workbook can take the run down: it may be killed at any time.

Run as ``python -m hi_pipeline.storage.spreadsheet_child``; the request comes as JSON on standard input. It limits
its own memory and time (not on Windows), then writes the sheets that were asked for as Arrow files and ``sheets.json`` with the names.
"""

import json
import re
import sys
from pathlib import Path

import fastexcel
import pyarrow as pa

if sys.platform != "win32":
    import resource


def _limit(memory_bytes: int, seconds: int) -> None:
    # Windows sets no such limits from inside: there only the parent's patience ends a hostile workbook.
    if sys.platform == "win32":
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(path: str, patterns: list[str], into: Path) -> list[str]:
    book = fastexcel.read_excel(path)
    for number, name in enumerate(book.sheet_names):
        if any(re.fullmatch(pattern, name) for pattern in patterns):
            # skip_rows=0 keeps blank rows at the top, so that row numbers are Excel's.
            sheet = book.load_sheet(number, header_row=None, skip_rows=0, dtypes="string")
            if sheet.width:
                _write(sheet.to_arrow(), into / f"{number}.arrow")
    return list(book.sheet_names)


def _write(batch: pa.RecordBatch, path: Path) -> None:
    # Not pyarrow.feather or pyarrow.table: they import pandas where it is installed, which takes a second.
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, batch.schema) as sink:
        sink.write_batch(batch)


def main() -> int:
    """Serve one request; return 0, or 1 with one line on standard error."""
    request = json.load(sys.stdin)
    _limit(request["memory_bytes"], request["seconds"])
    into = Path(request["into"])
    try:
        names = _read(request["path"], request["patterns"], into)
    except MemoryError:
        sys.stderr.write("it needs more memory than a spreadsheet may take")
        return 1
    except (fastexcel.FastExcelError, pa.ArrowException, OSError, ValueError) as error:
        sys.stderr.write(str(error).strip().splitlines()[0])
        return 1
    (into / "sheets.json").write_text(json.dumps(names))
    return 0


if __name__ == "__main__":
    sys.exit(main())
