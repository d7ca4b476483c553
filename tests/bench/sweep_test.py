"""Points and tables of the sweep; drawing is not tested, as it needs more than Python."""

import argparse
import unittest

import sweep

RUN = {"delivered": 100_000, "p50": 400, "p99": 2_000, "cpu_us": 5.0, "merged": 0, "lost": 0,
       "load": 0.2, "doubt": False, "others": 0.0, "reasons": []}


class Sweep(unittest.TestCase):
    def deliveries(self, axis, value):
        clients, symbols, events, _, _ = sweep.setting(sweep.MIDDLE, axis, value)
        return events * sweep.figures.deliveries(clients, sweep.SYMBOLS_EACH, symbols)

    def test_deliveries_stay_where_they_are_not_the_axis(self):
        for axis in ("clients", "symbols", "shards"):
            for value in sweep.AXES[axis]:
                with self.subTest(f"{axis} {value}"):
                    self.assertLess(abs(self.deliveries(axis, value) / sweep.MIDDLE["rate"] - 1), 0.01)

    def test_deliveries_are_those_asked_where_they_are_the_axis(self):
        for value in sweep.AXES["rate"]:
            self.assertEqual(self.deliveries("rate", value), value)

    def test_the_middle_is_one_point_of_three_axes(self):
        middle = {sweep.setting(sweep.MIDDLE, axis, sweep.MIDDLE[axis])
                  for axis in ("clients", "symbols", "rate")}
        self.assertEqual(len(middle), 1)

    def test_shards_have_cores_that_no_other_point_has(self):
        self.assertNotIn(sweep.setting(sweep.MIDDLE, "shards", 1),
                         [sweep.setting(sweep.MIDDLE, "clients", 1_000)])

    def test_clients_connect_at_a_pace_that_may_be_changed(self):
        args = argparse.Namespace(build="b", gateway_core="0", load_core="1", set=[], seconds=1,
                                  warmup=1, load_flag=[])
        of = sweep.setting(sweep.MIDDLE, "shards", 2)
        self.assertEqual(sweep.run_args(args, of).load_flag, ["--connect-rate 500"])
        self.assertEqual(sweep.run_args(args, of).gateway_cores, "0,1")
        args.load_flag = ["--connect-rate 90"]
        self.assertEqual(sweep.run_args(args, of).load_flag, ["--connect-rate 90"])

    def test_axes_are_chosen_by_name_with_or_without_values(self):
        self.assertEqual(sweep.chosen(["shards", "clients=5,7"]),
                         {"shards": [1, 2], "clients": [5, 7]})
        with self.assertRaises(ValueError):
            sweep.chosen(["cores"])
        with self.assertRaises(ValueError):
            sweep.chosen(["clients=many"])

    def test_a_row_has_medians_and_tells_what_to_doubt(self):
        gone = {"doubt": True, "reasons": ["2 clients never subscribed"]}
        runs = [{**RUN, "p99": 1_000}, {**RUN, "p99": 9_000, **gone}, RUN]
        cells = sweep.row({"value": 10_000, "events": 100, "runs": runs})
        self.assertEqual(cells, ["10,000", "100", "100,000", "5.000", "0.40", "2.00", "20 % (!)",
                                 "0 / 0", "0.00", "2 clients never subscribed"])

    def test_the_table_of_shards_says_that_cores_are_shared(self):
        point = {"value": 1, "events": 1_000, "runs": [RUN]}
        self.assertIn("share both cores", sweep.tables({"axes": {"shards": [point]}}))
        self.assertNotIn("share both cores", sweep.tables({"axes": {"clients": [point]}}))


if __name__ == "__main__":
    unittest.main()
