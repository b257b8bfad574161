"""The settings of each operator, read from the job's parameters."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import JobError
from .formula import Formula, read_formula
from .layout import ColumnName, Layout
from .privacy import Bound, Privacy, read_bounds, read_categories, read_privacy
from .program_lines import Program, read_program
from .scalars import Scalars

STATISTICS = ("Count", "Sum", "Mean", "Variance", "StandardDeviation", "Minimum", "Maximum", "Median", "Quantiles", "Correlation", "VarianceInflation")
# Of a group only what sums make up: an extreme or a quantile is the value of one of a few rows.
GROUP_STATISTICS = ("Count", "Sum", "Mean", "Variance", "StandardDeviation")
NOISY_STATISTICS = ("Count", "Sum", "Mean")
METHODS = ("Quantile", "EqualWidth", "Optimal")
MODELS = ("Linear", "Logistic", "Poisson", "Tweedie")
OBJECTIVES = ("Linear", "Logistic")
CLASS_METRICS = ("AUC", "KS", "Accuracy", "Precision", "Recall", "F1", "LogLoss", "Lift")
VALUE_METRICS = ("RMSE", "MAE", "R2")
LARGEST_HOLDOUT = 0.5
SMALLEST_GROUP, LARGEST_GROUP = 2, 1_000_000


@dataclass(frozen=True)
class ExpressionSettings:
    formula: Formula


def expression(scalars: Scalars, layout: Layout) -> ExpressionSettings:
    return ExpressionSettings(read_formula(scalars.raw("expression"), layout))


@dataclass(frozen=True)
class ProgramSettings:
    program: Program
    minimum_rows: int


def program(scalars: Scalars, layout: Layout) -> ProgramSettings:
    return ProgramSettings(read_program(scalars.raw("program"), layout), scalars.number("minimumRows", 1, LARGEST_GROUP, 1))


@dataclass(frozen=True)
class StatisticsSettings:
    statistics: tuple[str, ...]
    quantiles: tuple[str, ...]
    group_by: ColumnName | None
    minimum_group_size: int
    privacy: Privacy | None
    bounds: tuple[Bound, ...]
    """Of the columns whose sums are told with noise."""
    categories: tuple[str, ...]
    """Names of the groups, with privacy."""


def statistics(scalars: Scalars, layout: Layout) -> StatisticsSettings:
    found = scalars.words("statistics", STATISTICS, "Count,Mean,StandardDeviation")
    reference = scalars.text("groupBy")
    group_by = layout.find(reference, "parameters.groupBy") if reference else None
    refused = [word for word in found if word not in GROUP_STATISTICS]
    if group_by and refused:
        raise JobError("parameters.statistics", f"{refused[0]} cannot be had by group; remove it or groupBy")
    if "VarianceInflation" in found and "Correlation" not in found:
        raise JobError("parameters.statistics", "VarianceInflation follows from Correlation; ask for both")
    privacy, bounds = read_privacy(scalars), read_bounds(scalars, layout)
    _check_noisy(found, group_by, privacy, bounds)
    return StatisticsSettings(
        found,
        scalars.decimals("quantiles", 0, 1, "0.25,0.5,0.75"),
        group_by,
        scalars.number("minimumGroupSize", SMALLEST_GROUP, LARGEST_GROUP, 10),
        privacy,
        bounds,
        read_categories(scalars, "categories", privacy is not None and group_by is not None),
    )


def _check_noisy(statistics: tuple[str, ...], group_by: ColumnName | None, privacy: Privacy | None, bounds: tuple[Bound, ...]) -> None:
    if privacy is None and bounds:
        raise JobError("parameters.bounds", "counts only with epsilon; remove it")
    if privacy is None:
        return
    refused = [word for word in statistics if word not in NOISY_STATISTICS]
    if refused:
        raise JobError("parameters.statistics", f"{refused[0]} cannot be had with epsilon; remove it or epsilon")
    if {"Sum", "Mean"} & set(statistics) and not bounds:
        raise JobError("parameters.bounds", "is missing: with epsilon a sum or mean needs the bounds of its column")
    if any(bound.column == group_by for bound in bounds):
        raise JobError("parameters.bounds", "names the column of groupBy, which is not summed")


@dataclass(frozen=True)
class CrossTableSettings:
    rows_by: ColumnName
    columns_by: ColumnName
    value: ColumnName | None
    minimum_group_size: int
    privacy: Privacy | None
    row_categories: tuple[str, ...]
    column_categories: tuple[str, ...]
    """Names of the categories, with privacy."""


def cross_table(scalars: Scalars, layout: Layout) -> CrossTableSettings:
    reference = scalars.text("value")
    privacy = read_privacy(scalars)
    found = CrossTableSettings(
        layout.find(scalars.text("rowsBy"), "parameters.rowsBy"),
        layout.find(scalars.text("columnsBy"), "parameters.columnsBy"),
        layout.find(reference, "parameters.value") if reference else None,
        scalars.number("minimumGroupSize", SMALLEST_GROUP, LARGEST_GROUP, 10),
        privacy,
        read_categories(scalars, "rowCategories", privacy is not None),
        read_categories(scalars, "columnCategories", privacy is not None),
    )
    if privacy and found.value:
        raise JobError("parameters.value", "cannot be had with epsilon; remove it or epsilon")
    if found.rows_by == found.columns_by:
        raise JobError("parameters.columnsBy", "is the column of rowsBy; name another one")
    return found


@dataclass(frozen=True)
class BinningSettings:
    label: ColumnName
    positive: str
    bins: int
    method: str
    minimum_bin_size: int


def binning(scalars: Scalars, layout: Layout) -> BinningSettings:
    return BinningSettings(
        layout.find(scalars.text("label"), "parameters.label"),
        scalars.text("positive", "1"),
        scalars.number("bins", 2, 20, 5),
        scalars.word("method", METHODS, "Quantile"),
        scalars.number("minimumBinSize", SMALLEST_GROUP, LARGEST_GROUP, 10),
    )


@dataclass(frozen=True)
class RegressionSettings:
    model: str
    label: ColumnName
    positive: str
    epochs: int
    batch_size: int
    """0: chosen by the number of rows."""
    learning_rate: float
    l2: float
    tweedie_power: float
    minimum_information_value: float | None
    holdout: float


def regression(scalars: Scalars, layout: Layout) -> RegressionSettings:
    minimum = scalars.text("minimumInformationValue")
    found = RegressionSettings(
        scalars.word("model", MODELS, ""),
        layout.find(scalars.text("label"), "parameters.label"),
        scalars.text("positive", "1"),
        scalars.number("epochs", 1, 100, 10),
        scalars.number("batchSize", 16, 65_536, 0),
        scalars.decimal("learningRate", 0.0001, 1, "0.1"),
        scalars.decimal("l2", 0, 10, "0.0"),
        scalars.decimal("tweediePower", 1.01, 1.99, "1.5"),
        scalars.decimal("minimumInformationValue", 0, 100, "0") if minimum else None,
        scalars.decimal("holdout", 0, LARGEST_HOLDOUT, "0.0"),
    )
    if found.minimum_information_value is not None:
        for party in layout.parties:
            features = [column for column in layout.columns(party) if ColumnName(party, column) != found.label]
            if features and len(layout.of(party, "Table")) != 1:
                raise JobError("parameters.minimumInformationValue", f"needs one input of kind Table at {party}, made by Binning")
    return found


@dataclass(frozen=True)
class BoostingSettings:
    model: str
    label: ColumnName
    positive: str
    trees: int
    depth: int
    learning_rate: float
    thresholds: int
    l2: float
    holdout: float


def boosting(scalars: Scalars, layout: Layout) -> BoostingSettings:
    return BoostingSettings(
        scalars.word("model", OBJECTIVES, "Logistic"),
        layout.find(scalars.text("label"), "parameters.label"),
        scalars.text("positive", "1"),
        scalars.number("trees", 1, 100, 10),
        scalars.number("depth", 1, 6, 3),
        scalars.decimal("learningRate", 0.01, 1, "0.3"),
        scalars.number("thresholds", 1, 63, 15),
        scalars.decimal("l2", 0, 1000, "1.0"),
        scalars.decimal("holdout", 0, LARGEST_HOLDOUT, "0.0"),
    )


@dataclass(frozen=True)
class PredictSettings:
    pass


def predict(_scalars: Scalars, _layout: Layout) -> PredictSettings:
    return PredictSettings()


@dataclass(frozen=True)
class EvaluateSettings:
    label: ColumnName
    positive: str
    metrics: tuple[str, ...]
    """Empty: the default of the kind of model, which is known only with the model."""
    minimum_group_size: int
    minimum_rows: int
    rows: str


def evaluate(scalars: Scalars, layout: Layout) -> EvaluateSettings:
    named = scalars.text("metrics", longest=1024)
    return EvaluateSettings(
        layout.find(scalars.text("label"), "parameters.label"),
        scalars.text("positive", "1"),
        scalars.words("metrics", (*CLASS_METRICS, *VALUE_METRICS), "AUC") if named else (),
        scalars.number("minimumGroupSize", SMALLEST_GROUP, LARGEST_GROUP, 10),
        scalars.number("minimumRows", 1, LARGEST_GROUP, 1),
        scalars.word("rows", ("All", "Holdout"), "All"),
    )


@dataclass(frozen=True)
class ExplainSettings:
    pass


def explain(_scalars: Scalars, _layout: Layout) -> ExplainSettings:
    return ExplainSettings()


@dataclass(frozen=True)
class KMeansSettings:
    clusters: int
    iterations: int


def kmeans(scalars: Scalars, _layout: Layout) -> KMeansSettings:
    return KMeansSettings(scalars.number("clusters", 2, 20, 3), scalars.number("iterations", 1, 50, 10))
