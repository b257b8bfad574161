"""The encoding of key values is one-to-one and silent for plain values."""

from __future__ import annotations

import itertools
import unittest

from runner.keytext import SPECIAL, decode, encode, is_plain


class KeyTextTest(unittest.TestCase):
    def test_round_trip_and_one_to_one(self) -> None:
        values = ["".join(v) for n in range(4) for v in itertools.product(SPECIAL + "a2C5", repeat=n)]
        encoded = [encode(value) for value in values]
        self.assertEqual([decode(text) for text in encoded], values)
        self.assertEqual(len(set(encoded)), len(values))
        self.assertFalse(any(c in text for text in encoded for c in ',"\r\n\0'))

    def test_plain_values_stay(self) -> None:
        for value in ("330106199001011234", "张三", "NULL", " a ", "é;'\\"):
            self.assertEqual(encode(value), value)
            self.assertTrue(is_plain(value.encode()))


if __name__ == "__main__":
    unittest.main()
