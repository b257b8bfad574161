"""Parameters of the algorithm mpc 1.0.0: operator, protocol, receivers, and the operator's own settings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..errors import JobError
from ..shape import Shape, typed
from . import settings
from .layout import Kind, Layout
from .scalars import Scalars

# Party counts of the protocols that protect against every single party. SEMI2K is refused for good: with its default the
# first party deals all randomness and could open every value. Other protocols of the library are for tests.
PROTOCOLS = {"CHEETAH": 2, "ABY3": 3}
OUTPUT_KINDS: dict[str, Kind] = {
    "Expression": "Rows",
    "Program": "Table",
    "Statistics": "Table",
    "CrossTable": "Table",
    "Binning": "Table",
    "Regression": "Model",
    "GradientBoosting": "Model",
    "KMeans": "Model",
    "Predict": "Rows",
    "Evaluate": "Table",
    "Explain": "Table",
}
COMMON = ("operator", "protocol", "receivers")
# Of more parties than compute, those that do; the others share their columns with them.
COMPUTING = "computing"
READERS: dict[str, tuple[Callable[[Scalars, Layout], Any], tuple[str, ...], tuple[str, ...]]] = {
    # operator: reader of its settings, required settings, optional settings
    "Expression": (settings.expression, ("expression",), ()),
    "Program": (settings.program, ("program",), ("minimumRows",)),
    "Statistics": (settings.statistics, (), ("statistics", "quantiles", "groupBy", "minimumGroupSize", "epsilon", "bounds", "categories")),
    "CrossTable": (settings.cross_table, ("rowsBy", "columnsBy"), ("value", "minimumGroupSize", "epsilon", "rowCategories", "columnCategories")),
    "Binning": (settings.binning, ("label",), ("positive", "bins", "method", "minimumBinSize")),
    "Regression": (
        settings.regression,
        ("model", "label"),
        ("positive", "epochs", "batchSize", "learningRate", "l2", "tweediePower", "minimumInformationValue", "holdout"),
    ),
    "GradientBoosting": (settings.boosting, ("label",), ("model", "positive", "trees", "depth", "learningRate", "thresholds", "l2", "holdout")),
    "KMeans": (settings.kmeans, (), ("clusters", "iterations")),
    "Predict": (settings.predict, (), ()),
    "Evaluate": (settings.evaluate, ("label",), ("positive", "metrics", "minimumGroupSize", "minimumRows", "rows")),
    "Explain": (settings.explain, (), ()),
}
NEEDS_MODEL = ("Predict", "Evaluate", "Explain")


@dataclass(frozen=True)
class Parameters:
    """`receivers` and `computing`, who holds shares, are in party order; `settings` is the dataclass of the operator, see settings.py."""

    operator: str
    protocol: str
    receivers: tuple[str, ...]
    computing: tuple[str, ...]
    settings: Any


def read_parameters(value: Any, layout: Layout) -> Parameters:
    """Reads `parameters`. Raises JobError naming the first field that is unknown, missing or wrong."""
    given = typed(value, dict, "parameters")
    operator = Shape({"operator": given.get("operator", "")}, "parameters", ["operator"]).word("operator", READERS) if "operator" in given else ""
    (reader, required, optional) = READERS.get(operator, READERS["Explain"])
    shape = Shape(value, "parameters", [*COMMON, *required], [COMPUTING, *optional])
    protocol = shape.word("protocol", PROTOCOLS)
    computing = _computing(shape, protocol, layout)
    keeps_shares = OUTPUT_KINDS[operator] == "Model"
    receivers = shape.names("receivers", 0 if keeps_shares else 1, len(layout.parties))
    return Parameters(operator, protocol, _in_order("receivers", receivers, layout), computing, reader(Scalars(shape), layout))


def _computing(shape: Shape, protocol: str, layout: Layout) -> tuple[str, ...]:
    count = PROTOCOLS[protocol]
    if protocol == "ABY3" and shape.has(COMPUTING):
        return _in_order(COMPUTING, shape.names(COMPUTING, count, count), layout)
    if shape.has(COMPUTING):
        raise JobError(shape.at(COMPUTING), f"is for ABY3; with {protocol} every party computes")
    if count != len(layout.parties):
        raise JobError("parameters.protocol", f"{protocol} is for {count} parties, the job has {len(layout.parties)}")
    return layout.parties


def _in_order(field: str, names: list[str], layout: Layout) -> tuple[str, ...]:
    for index, name in enumerate(names):
        if name not in layout.parties:
            raise JobError(f"parameters.{field}[{index}]", f'"{name}" is not a party of the job')
    return tuple(name for name in layout.parties if name in names)


def check_inputs(parameters: Parameters, layout: Layout) -> None:
    """Whether the parties bring what the operator needs. Raises JobError naming the layout."""
    for party in layout.parties:
        models = len(layout.of(party, "Model"))
        if parameters.operator in NEEDS_MODEL and models != 1:
            raise JobError("layout", f"{parameters.operator} needs one input of kind Model at every party; {party} has {models}")
        if parameters.operator not in NEEDS_MODEL and models:
            raise JobError("layout", f"{parameters.operator} takes no input of kind Model; {party} has {models}")
    if parameters.operator != "Explain" and not any(layout.columns(party) for party in layout.parties):
        raise JobError("layout", f"{parameters.operator} needs an input of kind Rows")
