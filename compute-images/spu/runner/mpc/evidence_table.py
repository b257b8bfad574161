"""Features from a table that Binning made: columns become the weights of evidence of their bins."""

from __future__ import annotations

import csv
import io

from ..errors import EngineError
from .columns import Column
from .features import Preparation, weight_preparation
from .job import MpcJob
from .operators.binning import bin_of_record


def evidence_preparations(job: MpcJob, columns: list[Column], minimum: float) -> list[Preparation]:
    """Reads the own rows of the table; columns whose information value is below `minimum` are left out. Raises EngineError INPUT_COLUMN or TABLE_INVALID."""
    if not columns:
        return []
    (table,) = job.of_kind("Table")
    field = f"inputs[{job.inputs.index(table)}].path"
    found: list[Preparation] = []
    try:
        records = [one for one in csv.DictReader(io.StringIO(table.path.read_text("utf-8"), newline="")) if one["party"] == job.self_name]
        for column in columns:
            mine = [one for one in records if one["column"] == column.name]
            if not mine:
                raise EngineError("INPUT_COLUMN", f"{field}: has no bins of the column {column.name}; run Binning with this column and this party as a receiver")
            if float(mine[0]["columnInformationValue"]) >= minimum:
                found.append(weight_preparation(column, [(bin_of_record(one), float(one["weightOfEvidence"])) for one in mine]))
    except FileNotFoundError:
        raise EngineError("INPUT_MISSING", f"{field}: {table.path} does not exist or cannot be read") from None
    except (KeyError, ValueError, TypeError):
        raise EngineError("TABLE_INVALID", f"{field}: is not a table made by Binning") from None
    return found
