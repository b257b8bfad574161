"""Model files: this party's shares of the weights, what all know about the model, and this party's own preparation."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import EngineError
from .features import Preparation

SCHEMA = "collabnet.dev/mpc-model/v1"
LONGEST_FILE = 64 << 20


@dataclass(frozen=True)
class Model:
    """`public` is equal at all parties: id, protocol, parties, model, features by party; exponent of the label's unit, or clusters.

    Of a regression the shares are those of the weights, one per feature and an intercept, which make
    `linear predictor = features · weights + intercept`; of KMeans those of the centres, one after the other.
    """

    public: dict[str, Any]
    preparations: list[Preparation]
    label: dict[str, Any]
    """At the owner of the label {"column", "scale"}, elsewhere empty."""
    chunks: list[bytes]

    @property
    def kind(self) -> str:
        return str(self.public["model"])

    @property
    def widths(self) -> list[int]:
        """Number of features of each party, by rank."""
        return [sum(count for _, _, count in self.public["features"][party]) for party in self.public["parties"]]

    @property
    def size(self) -> int:
        """Number of shared values."""
        return int(self.public["clusters"]) * sum(self.widths) if self.kind == "KMeans" else sum(self.widths) + 1


def write_model(target: Path, model: Model) -> None:
    value = {
        "schema": SCHEMA,
        "public": model.public,
        "private": {"preparations": model.preparations, "label": model.label},
        "share": [base64.b64encode(chunk).decode() for chunk in model.chunks],
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
        chunks = [base64.b64decode(text, validate=True) for text in value["share"]]
        model = Model(value["public"], value["private"]["preparations"], value["private"]["label"], chunks)
        if len(model.widths) != len(model.public["parties"]) or not isinstance(model.public["id"], str):
            raise ValueError
        return model
    except FileNotFoundError:
        raise EngineError("INPUT_MISSING", f"{field}: {path} does not exist or cannot be read") from None
    except (ValueError, KeyError, TypeError):
        raise EngineError("MODEL_INVALID", f"{field}: not a model file of this engine; give the output of Regression at this party") from None
