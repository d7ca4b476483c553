"""Figures, verdicts, medians and ratios that all series of runs share."""

import unittest

import figures
from results import result

WANTED = 500  # deliveries a second, which is what result() has


class Verdict(unittest.TestCase):
    def why(self, grown=None, flags=(), **other):
        return figures.why_not_held(result(**other), grown or {}, WANTED, flags)

    def test_holds_when_all_came_in_time(self):
        self.assertEqual(self.why(grown={"merged": 0.0, "lost": 0.0}), [])

    def test_tells_the_load_client_s_reasons_first(self):
        self.assertEqual(self.why(reasons=["3 sequence holes"], merged=1),
                         ["3 sequence holes", "merged"])

    def test_does_not_hold_below_98_percent(self):
        self.assertEqual(self.why(deltas=980), [])
        self.assertEqual(self.why(deltas=979), ["97.9 % delivered"])

    def test_does_not_know_how_many_should_come_with_an_interval(self):
        self.assertEqual(self.why(flags=["--interval-ms", "100"], deltas=50), [])

    def test_counts_conflated_data_as_delivered(self):
        self.assertEqual(self.why(deltas=600, snapshots_again=400), [])

    def test_does_not_hold_when_latency_grows_beyond_noise(self):
        self.assertEqual(self.why(recv_to_receipt_p50_halves_us=[100, 10_000]), [])
        self.assertEqual(self.why(recv_to_receipt_p50_halves_us=[20_000, 41_000]),
                         ["latency grows"])

    def test_does_not_judge_by_halves_where_there_is_one(self):
        self.assertEqual(self.why(recv_to_receipt_p50_halves_us=[0, 12_000]), [])

    def test_believes_either_side_that_something_was_merged_or_lost(self):
        self.assertEqual(self.why(merged=1), ["merged"])
        self.assertEqual(self.why(grown={"merged": 1.0, "lost": 1.0}), ["merged", "lost"])

    def test_does_not_blame_the_fast_for_what_others_were_merged(self):
        for group in ("slow", "stopped", "churn"):
            with self.subTest(group):
                grown = {"merged": 9.0, "lost": 9.0}
                self.assertEqual(self.why(grown, **{group: {"clients": 1}}), [])
                self.assertEqual(self.why(grown, merged=1, lost=1, **{group: {"clients": 1}}),
                                 ["merged", "lost"])


class Merged(unittest.TestCase):
    def test_with_a_filter_is_what_the_ledger_says_for_seq_counts_other_fields(self):
        of = result(merged=40, snapshots_again=4)
        for flags in (["--fields", "bid"], ["--fields=bid,ask"]):
            self.assertEqual(figures.merged(of, {"merged": 0.0}, flags), 0)
            self.assertEqual(figures.merged(of, {"merged": 7.0}, flags), 7)

    def test_with_a_filter_and_slow_clients_is_at_least_the_snapshots_again(self):
        of = result(merged=40, snapshots_again=4, slow={"clients": 1})
        self.assertEqual(figures.merged(of, {"merged": 99.0}, ["--fields", "bid"]), 4)

    def test_with_a_filter_has_what_an_overloaded_gateway_put_into_deltas(self):
        of = result(merged=3, merged_in_deltas=3)
        self.assertEqual(figures.merged(of, {"merged": 0.0}, ["--fields", "bid"]), 3)

    def test_with_an_interval_is_not_what_was_asked_for(self):
        of = result(merged=50, merged_in_deltas=50)
        self.assertEqual(figures.merged(of, {"merged": 0.0}, ["--interval-ms", "100"]), 0)
        self.assertEqual(figures.merged(of, {"merged": 2.0}, ["--interval-ms=100"]), 2)


class PublishedLedger(unittest.TestCase):
    def test_is_that_of_the_counted_seconds(self):
        of = result(ledger={"counted": {"merged": 3}, "whole": {"merged": 9}})
        self.assertEqual(figures.ledger(of), {"merged": 3})

    def test_is_empty_where_there_is_none(self):
        self.assertEqual(figures.ledger(result()), {})


class Run(unittest.TestCase):
    def test_divides_cpu_and_bytes_by_messages(self):
        of = figures.of_run(result(), 0.005, {})
        self.assertAlmostEqual(of["cpu_us"], 10)
        self.assertEqual((of["delivered"], of["frame"]), (500, 220))

    def test_has_no_cpu_where_none_was_measured(self):
        self.assertIsNone(figures.of_run(result(), None, {})["cpu_us"])
        self.assertIsNone(figures.of_run(result(deltas=0), 0.5, {})["cpu_us"])

    def test_doubts_a_load_client_that_was_starved(self):
        load = {"busy_share": 0.9, "bottleneck": False, "starved": True}
        self.assertTrue(figures.of_run(result(load_client=load), 1, {})["doubt"])


    def test_is_told_in_a_line(self):
        of = {**figures.of_run(result(), 0.005, {}), "others": 0.5, "reasons": []}
        self.assertEqual(figures.run_text(of), "500 delivered/s, p50 0.20, p99 0.90 ms, load busy "
                                               "30 %, others 0.50 cores: held")
        self.assertTrue(figures.run_text({**of, "reasons": ["merged"]}).endswith(": merged"))


class Several(unittest.TestCase):
    def test_held_when_most_did(self):
        good, bad = {"reasons": []}, {"reasons": ["merged"]}
        self.assertTrue(figures.held([good, bad, good]))
        self.assertFalse(figures.held([good, bad]))

    def test_median_is_of_those_that_have_the_figure(self):
        runs = [{"cpu": 3}, {"cpu": None}, {"cpu": 1}]
        self.assertEqual(figures.median(runs, "cpu"), 2)
        self.assertIsNone(figures.median([{"cpu": None}], "cpu"))

    def test_ratios_are_of_pairs_that_have_both(self):
        pairs = [({"p": 2}, {"p": 3}), ({"p": 0}, {"p": 3}), ({"p": 2}, {"p": None}),
                 ({"p": 4}, {"p": 2})]
        self.assertEqual(figures.ratios(pairs, "p"), [1.5, 0.5])

    def test_ratio_is_told_with_its_range(self):
        self.assertEqual(figures.ratio_text([1.5, 0.5, 1.0]), "1.00 (0.50 to 1.50)")
        self.assertEqual(figures.ratio_text([]), "?")

    def test_an_event_goes_to_the_clients_that_took_its_symbol(self):
        self.assertEqual(figures.deliveries(1_000, 10, 100), 100)
        self.assertEqual(figures.deliveries(1_000, 10, 5), 1_000)

    def test_a_table_is_markdown(self):
        self.assertEqual(figures.table(["a", "b"], [["x", "1"]]),
                         "| a | b |\n|---|---:|\n| x | 1 |\n")


if __name__ == "__main__":
    unittest.main()
