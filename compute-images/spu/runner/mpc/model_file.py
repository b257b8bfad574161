"""Model files: this party's shares of the weights, what all know about the model, and this party's own preparation."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..errors import EngineError
from .features import Preparation

SCHEMA = "collabnet.dev/mpc-model/v1"
LONGEST_FILE = 64 << 20


@dataclass(frozen=True)
class Model:
    """`public` is equal at all parties: id, protocol, parties, of more parties those that compute, model, features by party; exponent of the label's unit and the share
    of rows held out, or clusters; of trees their number and depth.

    Of a regression the shares are those of the weights, one per feature and an intercept, which make
    `linear predictor = features · weights + intercept`; of KMeans those of the centres, one after the other. Of trees those of the base score,
    each leaf's value tree by tree, and the gain by question; `splits` are the shares of each node's question, see trees.py.
    """

    public: dict[str, Any]
    preparations: list[Preparation]
    label: dict[str, Any]
    """At the owner of the label {"column", "scale"}, elsewhere empty."""
    chunks: list[bytes]
    """[], like `splits`, at a party that does not compute: it has its preparation alone."""
    splits: list[bytes] = field(default_factory=list)
    party: str = ""
    """Whose share it is: the parties of a later task may have these names in another order."""
    alignment: str = ""
    """Digest of the keys of the own rows that it was trained on; empty at a party without rows, and of KMeans."""

    @property
    def kind(self) -> str:
        return str(self.public["model"])

    @property
    def widths(self) -> list[int]:
        """Number of features of each party, by rank."""
        return [sum(count for _, _, count in self.public["features"][party]) for party in self.public["parties"]]

    @property
    def trees(self) -> tuple[int, int] | None:
        """Number and depth of the trees; None for a model without."""
        return (int(self.public["trees"]), int(self.public["depth"])) if "trees" in self.public else None

    @property
    def size(self) -> int:
        """Number of shared values."""
        if self.trees:
            (trees, depth) = self.trees
            return 1 + trees * 2**depth + sum(self.widths)
        return int(self.public["clusters"]) * sum(self.widths) if self.kind == "KMeans" else sum(self.widths) + 1

    @property
    def splits_shape(self) -> tuple[int, int, int]:
        (trees, depth) = self.trees or (0, 0)
        return trees, 2**depth - 1, sum(self.widths) + 1


def write_model(target: Path, model: Model) -> None:
    value = {
        "schema": SCHEMA,
        "public": model.public,
        "private": {"preparations": model.preparations, "label": model.label, "party": model.party, "alignment": model.alignment},
        "share": [base64.b64encode(chunk).decode() for chunk in model.chunks],
        "splits": [base64.b64encode(chunk).decode() for chunk in model.splits],
    }
    temporary = Path("result.part")
    temporary.write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    temporary.replace(target)


def read_model(path: Path, field: str) -> Model:
    """Raises EngineError INPUT_MISSING or MODEL_INVALID."""
    try:
        if path.stat().st_size > LONGEST_FILE:
            raise EngineError("MODEL_INVALID", f"{field}: larger than any model of this engine")
        value = json.loads(path.read_text(encoding="utf-8"))
        if value["schema"] != SCHEMA:
            raise ValueError
        (chunks, splits) = ([base64.b64decode(text, validate=True) for text in value[name]] for name in ("share", "splits"))
        private = value["private"]
        model = Model(value["public"], private["preparations"], private["label"], chunks, splits, private["party"], private["alignment"])
        if len(model.widths) != len(model.public["parties"]) or not isinstance(model.public["id"], str):
            raise ValueError
        return model
    except FileNotFoundError:
        raise EngineError("INPUT_MISSING", f"{field}: {path} does not exist or cannot be read") from None
    except (ValueError, KeyError, TypeError):
        raise EngineError("MODEL_INVALID", f"{field}: not a model file of this engine; give the output of its training at this party") from None
