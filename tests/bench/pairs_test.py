"""Two variants in alternation."""

import argparse
import unittest

import pairs
import run_load

FIGURES = {"delivered": 1_000, "bytes": 220_000, "frame": 220, "p50": 100, "p99": 400,
           "cpu_us": 5.0, "peak": 2 ** 20, "merged": 0, "lost": 0, "load": 0.1, "others": 0.0}


class Pairs(unittest.TestCase):
    def test_neither_variant_is_always_the_first(self):
        self.assertEqual(pairs.order(3), ["ab", "ba", "ab"])

    def test_a_variant_adds_to_what_is_common_and_the_load_client_stays(self):
        args = argparse.Namespace(build="now", load_build=None, set=["shards=1"],
                                  load_flag=["--zipf 1"], b_build="then", b_set=["a=2"],
                                  b_load="--slow 10")
        of = pairs.variant(args, "b")
        self.assertEqual((of.build, of.load_build), ("then", "now"))
        self.assertEqual(of.set, ["shards=1", "a=2"])
        self.assertEqual(run_load.further_flags(of), ["--zipf", "1", "--slow", "10"])
        self.assertEqual(args.load_flag, ["--zipf 1"])

    def test_ratios_are_b_by_a_of_the_same_round(self):
        runs = {"a": [{**FIGURES, "p99": 100}, {**FIGURES, "p99": 1_000}],
                "b": [{**FIGURES, "p99": 200}, {**FIGURES, "p99": 3_000}]}
        by_title = {row[0]: row[1:] for row in pairs.rows(runs)}
        self.assertEqual(by_title["recv→receipt p99, ms"], ["0.55", "1.60", "2.50 (2.00 to 3.00)"])
        self.assertEqual(by_title["merged"], ["0", "0", ""])
        self.assertEqual(by_title["load busy, %"], ["10", "10", ""])


    def test_the_verdict_tells_why_a_run_did_not_hold(self):
        runs = [{"reasons": [], "doubt": False}, {"reasons": ["merged", "lost"], "doubt": True}]
        self.assertEqual(pairs.verdict(runs[:1]), "1 of 1 held")
        self.assertEqual(pairs.verdict(runs), "1 of 2 held (merged, lost); in 1 the load client "
                                              "doubts itself")


class LoadFlags(unittest.TestCase):
    def test_what_is_said_further_takes_the_place_of_what_is_common(self):
        args = argparse.Namespace(clients=5, symbols_per_client=2, seconds=1, warmup=0,
                                  same_symbols=True)
        self.assertEqual(run_load.load_flags(args, ["--clients=7", "--slow", "1"]),
                         ["--symbols-per-client", "2", "--seconds", "1", "--warmup", "0",
                          "--same-symbols", "--clients=7", "--slow", "1"])

    def test_wanted_is_of_the_clients_that_are_fast(self):
        args = argparse.Namespace(symbols=100)
        of = {"clients": 800, "symbols_per_client": 10}
        self.assertEqual(run_load.wanted(args, 1_000, of), 80_000)


if __name__ == "__main__":
    unittest.main()
