"""Weight of evidence and information value of bins, and the monotone merge of the method Optimal."""

from __future__ import annotations

import math
from collections.abc import Sequence


def weights(counts: Sequence[int], positives: Sequence[int], rows: int, total_positives: int) -> list[tuple[float, float]]:
    """(weight of evidence, information value) of every bin; a class without a row in a bin counts there as half a row.

    Weight of evidence = ln((positives / all positives) / (negatives / all negatives)).
    """
    found = []
    for count, positive in zip(counts, positives, strict=True):
        high = max(positive, 0.5) / total_positives
        low = max(count - positive, 0.5) / (rows - total_positives)
        weight = math.log(high / low)
        found.append((weight, (high - low) * weight))
    return found


def merge_monotone(counts: Sequence[int], positives: Sequence[int], rows: int, total_positives: int, most: int) -> list[int]:
    """The bounds [0, …, len(counts)] of at most `most` groups of neighbours with the largest information value among those
    whose weight of evidence only rises, or only falls."""

    def merged(start: int, end: int) -> tuple[float, float]:
        return weights([sum(counts[start:end])], [sum(positives[start:end])], rows, total_positives)[0]

    size = len(counts)
    value = {(start, end): merged(start, end) for start in range(size) for end in range(start + 1, size + 1)}
    best: tuple[float, list[int]] = (-1.0, [0, size])
    for sign in (1, -1):
        # (start, end) of the last group -> information value and bounds of the best way to get there
        ways = {(0, end): (value[0, end][1], [0, end]) for end in range(1, size + 1)}
        for _ in range(most):
            best = max([best, *(way for (_, end), way in ways.items() if end == size)], key=lambda way: way[0])
            following: dict[tuple[int, int], tuple[float, list[int]]] = {}
            for (start, middle), (total, bounds) in ways.items():
                for end in range(middle + 1, size + 1):
                    (weight, information) = value[middle, end]
                    if sign * weight > sign * value[start, middle][0] and following.get((middle, end), (-1.0,))[0] < total + information:
                        following[middle, end] = (total + information, [*bounds, end])
            ways = following
    return best[1]
