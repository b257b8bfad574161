"""Real intersections between two engine processes over loopback."""

from __future__ import annotations

import json
import random
import unittest
from collections.abc import Sequence
from typing import Any

from .pods import Pair, Row

AWKWARD = [
    "a,b", 'q"uote', "张三", "  lead", "trail  ", "", "NULL", "007", "1.50", "1e3", "é", "tab\tx", '"', "back\\slash",
    "it's", "$(id)", "`x`", ";", "🙂", "line\nbreak", "cr\rlf\r\n", "100%", "%2C", "%", "-1", "a\0b",
]  # fmt: skip


class PsiTest(unittest.TestCase):
    def run_pair(self, a: Sequence[Row], b: Sequence[Row], keys_a: Sequence[str], keys_b: Sequence[str], **changes: Any) -> Pair:
        pair = Pair(a, b, keys_a, keys_b, **changes)
        self.addCleanup(pair.close)
        self.assertEqual([e["status"] for e in pair.exits], ["Succeeded"] * 2, pair.exits)
        self.assertEqual(pair.codes, [0, 0])
        for pod in (pair.a, pair.b):
            self.assertFalse((pod.work / "engine" / "tmp").exists(), "scratch holds plaintext and must be gone")
        return pair

    def test_thousand_rows_with_composite_keys_of_different_names(self) -> None:
        numbers = list(range(1500))
        random.Random(1).shuffle(numbers)
        a = [(f"33010619900101{n:05}", f"138{n:08}") for n in numbers[:1000]]
        b = [(f"33010619900101{n:05}", f"138{n:08}") for n in reversed(numbers[500:])]
        b[0] = (b[0][0], "13900000000")  # one key column alone must not match
        pair = self.run_pair(a, b, ["idcard", "phone"], ["cert_id", "mobile"])
        self.assertEqual({a[i] for i in pair.a.row_numbers()}, set(a) & set(b))
        self.assertIsNone(pair.b.result())
        records = pair.a.result() or []
        self.assertEqual(records[0], ["idcard", "phone", "collabnet_row"])
        self.assertEqual(pair.exits[0]["rows"], len(records) - 1)
        self.assertEqual(pair.exits[1]["rows"], 0)
        self.assertTrue({"prepare", "import", "connect", "compute", "write", "total"} <= pair.exits[0]["seconds"].keys())
        self.assertGreater(pair.exits[0]["peakRssBytes"], 50_000_000)
        lines = [json.loads(line) for line in (pair.a.work / "engine" / "progress.jsonl").read_text().splitlines()]
        self.assertEqual([*dict.fromkeys(line["phase"] for line in lines)], ["prepare", "connect", "psi", "write"])
        self.assertEqual(pair.a.log.read_text().splitlines(), [json.dumps(line) for line in lines], "stdout has progress only")

    def test_only_the_second_party_receives(self) -> None:
        pair = self.run_pair([("x",), ("y",)], [("z",), ("y",)], ["id"], ["id"], receivers=["b"])
        self.assertIsNone(pair.a.result())
        self.assertEqual(pair.b.row_numbers(), [1])

    def test_two_receivers_get_rows_that_line_up(self) -> None:
        a = [(v,) for v in ["z", "b", "a", "c", "ya", "y", "B", "é"]]
        b = [(v,) for v in ["é", "a", "aa", "z", "x", "y", "B"]]
        for protocol in ({"protocol": "RR22"}, {"protocol": "ECDH"}, {"protocol": "ECDH", "curve": "SM2"}, {"protocol": "KKRT"}):
            with self.subTest(protocol):
                pair = self.run_pair(a, b, ["left id"], ["身份证"], receivers=["b", "a"], **protocol)
                left = [a[i][0] for i in pair.a.row_numbers()]
                self.assertEqual(left, [b[i][0] for i in pair.b.row_numbers()])
                self.assertEqual(left, ["B", "a", "y", "z", "é"], "sorted by the bytes of the keys")

    def test_difference_is_own_minus_peer_for_every_receiver(self) -> None:
        a, b = [(v,) for v in "abcdd"], [(v,) for v in "xbyb"]
        for receivers in (["a"], ["b"], ["a", "b"]):
            with self.subTest(receivers):
                pair = self.run_pair(a, b, ["id"], ["id"], join="Difference", receivers=receivers)
                if "a" in receivers:
                    self.assertEqual(sorted(pair.a.row_numbers()), [0, 2, 3, 4])
                    self.assertEqual(pair.exits[0]["rows"], 5, "with the dummy row")
                else:
                    self.assertIsNone(pair.a.result())
                if "b" in receivers:
                    self.assertEqual(sorted(pair.b.row_numbers()), [0, 2])
                else:
                    self.assertIsNone(pair.b.result())

    def test_duplicates_multiply(self) -> None:
        pair = self.run_pair([(v,) for v in "aabc"], [(v,) for v in "aaabd"], ["id"], ["id"], receivers=["a", "b"])
        self.assertEqual(pair.a.row_numbers(), [0, 0, 0, 1, 1, 1, 2])
        self.assertEqual(pair.b.row_numbers(), [0, 0, 1, 1, 2, 2, 3])

    def test_empty_intersection_and_nothing_left_over(self) -> None:
        pair = self.run_pair([("a",)], [("b",)], ["id"], ["id"], receivers=["a", "b"])
        self.assertEqual([pair.a.result(), pair.b.result()], [[["id", "collabnet_row"]]] * 2)
        pair = self.run_pair([("a",)], [("a",), ("b",)], ["id"], ["id"], join="Difference")
        self.assertEqual(pair.a.row_numbers(), [])

    def test_awkward_values_come_back_unchanged(self) -> None:
        a = [(v, "x") for v in AWKWARD] + [("only a", "x")]
        b = [("only b", "x"), *((v, "x") for v in reversed(AWKWARD))]
        pair = self.run_pair(a, b, ['na"me,1', "p"], ["id", "q"], receivers=["a", "b"])
        records = pair.a.result() or []
        self.assertEqual(records[0], ['na"me,1', "p", "collabnet_row"])
        self.assertEqual({(r[0], r[1], int(r[2])) for r in records[1:]}, {(v, "x", i) for i, v in enumerate(AWKWARD)})
        self.assertEqual([a[i][0] for i in pair.a.row_numbers()], [b[i][0] for i in pair.b.row_numbers()])

    def test_plain_and_encoded_files_agree(self) -> None:
        pair = self.run_pair([("x",), ("y,z",)], [("x",), ("w",)], ["id"], ["id"])
        self.assertEqual(pair.a.row_numbers(), [0])

    def test_a_comma_does_not_move_between_key_columns(self) -> None:
        pair = self.run_pair([("p,q", "r"), ("s", "t")], [("p", "q,r"), ("s", "t")], ["k", "l"], ["k", "l"])
        self.assertEqual(pair.a.row_numbers(), [1])

    def test_isolation_is_reported_and_holds(self) -> None:
        pair = self.run_pair([("a",)], [("a",)], ["id"], ["id"])
        isolation = pair.exits[0]["isolation"]
        self.assertEqual(isolation["canary"], "blocked" if isolation["tcpRules"] else "open")
        self.assertEqual(isolation["tried"]["file"], "blocked" if isolation["fileRules"] else "open")
        self.assertEqual(isolation["tcpRules"], isolation["landlockAbi"] >= 4)


if __name__ == "__main__":
    unittest.main()
