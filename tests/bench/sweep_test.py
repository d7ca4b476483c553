"""Points and tables of the sweep; drawing is not tested, as it needs more than Python."""

import unittest

import sweep

RUN = {"delivered": 100_000, "p50": 400, "p99": 2_000, "cpu_us": 5.0, "merged": 0, "lost": 0,
       "load": 0.2, "doubt": False, "others": 0.0}


class Sweep(unittest.TestCase):
    def deliveries(self, axis, value):
        clients, symbols, events, _, _ = sweep.setting(sweep.MIDDLE, axis, value)
        return events * sweep.figures.deliveries(clients, sweep.SYMBOLS_EACH, symbols)

    def test_deliveries_stay_where_they_are_not_the_axis(self):
        for axis in ("clients", "symbols", "shards"):
            for value in sweep.AXES[axis]:
                with self.subTest(f"{axis} {value}"):
                    self.assertLess(abs(self.deliveries(axis, value) / 100_000 - 1), 0.01)

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

    def test_axes_are_chosen_by_name_with_or_without_values(self):
        self.assertEqual(sweep.chosen(["shards", "clients=5,7"]),
                         {"shards": [1, 2], "clients": [5, 7]})
        with self.assertRaises(ValueError):
            sweep.chosen(["cores"])
        with self.assertRaises(ValueError):
            sweep.chosen(["clients=many"])

    def test_a_row_has_medians_and_marks_a_doubted_load_client(self):
        runs = [{**RUN, "p99": 1_000}, {**RUN, "p99": 9_000, "doubt": True}, RUN]
        cells = sweep.row({"value": 10_000, "events": 100, "runs": runs})
        self.assertEqual(cells, ["10,000", "100", "100,000", "5.000", "0.40", "2.00", "20 % (!)",
                                 "0 / 0", "0.00"])

    def test_the_table_of_shards_says_that_cores_are_shared(self):
        point = {"value": 1, "events": 1_000, "runs": [RUN]}
        self.assertIn("share both cores", sweep.tables({"axes": {"shards": [point]}}))
        self.assertNotIn("share both cores", sweep.tables({"axes": {"clients": [point]}}))


if __name__ == "__main__":
    unittest.main()
