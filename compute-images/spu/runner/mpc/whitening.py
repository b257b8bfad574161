"""A change of basis of one owner's features, after which they are uncorrelated: gradients then find their way in few steps."""

from __future__ import annotations

import numpy as np

from .features import Matrix

# Directions in which an owner's features hardly vary (levels of one column sum up to a constant) are stretched no further.
SMALLEST_VARIANCE = 0.01


def whitening(features: Matrix, ridge: float) -> tuple[Matrix, Matrix]:
    """(basis, penalty): features · basis is uncorrelated, with variance 1 or less where `ridge` takes its part.

    basis: features × features, maps weights of the new features back to the old ones. penalty: the squared length of each
    new weight's direction among the old ones.
    """
    if features.shape[1] == 0:
        return np.zeros((0, 0)), np.zeros(0)
    covariance = features.T @ features / max(1, len(features))
    (variances, directions) = np.linalg.eigh(covariance)
    stretch = 1 / np.sqrt(np.maximum(variances, SMALLEST_VARIANCE) + ridge)
    return directions * stretch, stretch**2
