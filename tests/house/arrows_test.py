"""The house against its map, and the check itself against small houses that break each rule."""

import tempfile
import unittest
from pathlib import Path

import arrows

HOUSE = Path(__file__).resolve().parents[2]

MAP = """# Architecture

| folder | what it does | may include |
|---|---|---|
| `schemas/` | values | pure |
| `feeds/base/` | clock, text | `schemas` |
| `gateway/ring/` | the ring | `schemas` |
| `gateway/fanout/` | who gets what | `gateway/ring`, `feeds/base`, `schemas`; pure |
| `gateway/server/` | sockets | `gateway/fanout`, `Boost` |

| what | else |
"""
FILES = {
    "schemas/event.hpp": "#include <cstdint>",
    "feeds/base/clock.hpp": "#include <chrono>\n#include \"schemas/event.hpp\"",
    "feeds/base/text.hpp": "#include <string>",
    "gateway/ring/ring.hpp": '#include "schemas/event.hpp"',
    "gateway/ring/ring.cpp": '#include "gateway/ring/ring.hpp"\n#include <unistd.h>',
    "gateway/fanout/core.hpp": '#include "gateway/ring/ring.hpp"\n#include "feeds/base/text.hpp"',
    "gateway/server/socket.cpp": '#include "gateway/fanout/core.hpp"\n#include <boost/asio.hpp>',
}


def faults_of(files, text=MAP):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for name, content in {**FILES, **files, "ARCHITECTURE.md": text}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(content, encoding="utf8")
        return arrows.faults(root)


class Check(unittest.TestCase):
    def test_a_house_that_keeps_to_its_map_has_no_faults(self):
        self.assertEqual(faults_of({}), [])

    def test_an_arrow_that_the_map_does_not_have_is_a_fault_even_of_a_header_alone(self):
        found = faults_of({"gateway/ring/up.hpp": '#include "gateway/fanout/core.hpp"'})
        self.assertEqual(found, ["gateway/ring/up.hpp: gateway/ring/ may not include "
                                 "gateway/fanout/ (gateway/fanout/core.hpp)"])

    def test_boost_is_for_rooms_that_name_it(self):
        found = faults_of({"gateway/ring/bad.cpp": "#include <boost/asio.hpp>"})
        self.assertEqual(found, ["gateway/ring/bad.cpp: gateway/ring/ may not include Boost "
                                 "(boost/asio.hpp)"])

    def test_a_pure_room_may_not_reach_a_clock_through_a_room_that_it_may_include(self):
        found = faults_of({"feeds/base/text.hpp": '#include "feeds/base/clock.hpp"'})
        self.assertEqual(found, [
            "gateway/fanout/core.hpp > feeds/base/text.hpp: reaches feeds/base/clock.hpp, and "
            "gateway/fanout/ is pure"])

    def test_a_pure_room_may_not_read_a_clock_itself(self):
        found = faults_of({"gateway/fanout/late.cpp": "auto t = std::chrono::steady_clock::now();"})
        self.assertEqual(found, ["gateway/fanout/late.cpp: reaches a clock, and gateway/fanout/ is "
                                 "pure"])

    def test_a_pure_room_may_not_reach_a_system_call_through_headers(self):
        found = faults_of({"gateway/ring/ring.hpp": "#include <sys/eventfd.h>"})
        self.assertEqual(found, [
            "gateway/fanout/core.hpp > gateway/ring/ring.hpp: reaches sys/eventfd.h, and "
            "gateway/fanout/ is pure"])

    def test_a_folder_without_a_row_is_a_fault(self):
        found = faults_of({"gateway/attic/old.cpp": ""})
        self.assertEqual(found, ["gateway/attic/old.cpp: its folder gateway/attic/ stands in no "
                                 "row of the map"])

    def test_a_map_with_a_circle_is_a_fault(self):
        text = MAP.replace("the ring | `schemas`", "the ring | `schemas`, `gateway/fanout`")
        self.assertIn("the map has a circle: gateway/fanout > gateway/ring > gateway/fanout",
                      faults_of({}, text))

    def test_a_row_without_a_folder_and_an_arrow_to_nowhere_are_faults(self):
        text = MAP.replace("| `schemas/` |", "| `schemas/` `feeds/gone/` |")
        self.assertIn("feeds/gone/ stands in the map, and holds no source", faults_of({}, text))
        text = MAP.replace("sockets | `gateway/fanout`", "sockets | `gateway/fanout`, `gateway/tls`")
        self.assertIn("gateway/server/ may include gateway/tls/, which stands in no row",
                      faults_of({}, text))


class House(unittest.TestCase):
    def test_every_include_is_an_arrow_of_the_map(self):
        self.assertEqual(arrows.faults(HOUSE), [])

    def test_unit_tests_mirror_the_rooms(self):
        rooms = arrows.read_map((HOUSE / "ARCHITECTURE.md").read_text(encoding="utf8"))
        for top in ("feeds", "gateway", "schemas"):
            for path in (HOUSE / "tests" / top).rglob("*_test.cpp"):
                room = str(path.parent.relative_to(HOUSE / "tests"))
                self.assertIn(room, rooms, f"{path.name} tests no room")


if __name__ == "__main__":
    unittest.main()
