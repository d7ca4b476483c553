"""Reads the map of rooms in ARCHITECTURE.md and checks every #include against it.

A row of the map names one or several folders and what they may include: other folders, `Boost`, or
both. The word "pure" in a row means that no file of the room may reach I/O or a clock, not even
through headers of other rooms.
"""

import re
from pathlib import Path

SOURCES = (".hpp", ".cpp")
TOPS = ("schemas", "feeds", "gateway")
# What a pure room must not reach: Asio and Beast, sockets and other system calls, clocks.
IMPURE = re.compile(
    r"boost/.*|openssl/.*|sys/.*|netinet/.*|arpa/.*|linux/.*|unistd\.h|fcntl\.h|poll\.h|netdb\.h"
    r"|pthread\.h|signal\.h|csignal|time\.h|ctime|fstream|filesystem|a clock"
    r"|feeds/base/clock\.hpp|feeds/asio/.*")
CLOCK = re.compile(r"\b(?:steady|system|high_resolution|utc)_clock\b|\bclock_gettime\b")
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^">]+)[">]', re.M)


class Room:
    def __init__(self, may, pure):
        self.may = may
        self.pure = pure


def read_map(text):
    """The rows of the first table whose header begins with `folder`: {folder: Room}."""
    rooms = {}
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("| folder |"):
            break
    for line in lines:
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) < 3:
            break
        folders = [name.rstrip("/") for name in re.findall(r"`([^`]+)`", cells[0])]
        may = {name.rstrip("/") for name in re.findall(r"`([^`]+)`", cells[2])}
        for folder in folders:
            rooms[folder] = Room(may, re.search(r"\bpure\b", cells[2]) is not None)
    return rooms


def room_of(path):
    return str(Path(path).parent)


def includes_of(text):
    """[(kind, included), …]; kind is `<` or `"`. Who reads a clock includes `a clock`."""
    return INCLUDE.findall(text) + ([("<", "a clock")] if CLOCK.search(text) else [])


def read_tree(root):
    """{path: includes} of all sources."""
    return {str(path.relative_to(root)): includes_of(path.read_text(encoding="utf8"))
            for top in TOPS for path in sorted((root / top).rglob("*"))
            if path.suffix in SOURCES}


def direct_faults(tree, rooms):
    for path, includes in tree.items():
        room = room_of(path)
        if room not in rooms:
            yield f"{path}: its folder {room}/ stands in no row of the map"
            continue
        for kind, name in includes:
            if kind == '"' and name in tree:
                target = room_of(name)
                if target != room and target not in rooms[room].may:
                    yield f"{path}: {room}/ may not include {target}/ ({name})"
            elif kind == "<" and name.startswith("boost/") and "Boost" not in rooms[room].may:
                yield f"{path}: {room}/ may not include Boost ({name})"


def ways_to_io(path, tree):
    """What impure headers `path` reaches, each with one way to it."""
    found, waiting, seen = {}, [(path, (path,))], {path}
    while waiting:
        at, way = waiting.pop()
        for kind, name in tree.get(at, ()):
            if IMPURE.fullmatch(name):
                found.setdefault(name, way)
            elif kind == '"' and name in tree and name not in seen:
                seen.add(name)
                waiting.append((name, way + (name,)))
    return found


def purity_faults(tree, rooms):
    for path in tree:
        room = rooms.get(room_of(path))
        if room is None or not room.pure:
            continue
        for name, way in sorted(ways_to_io(path, tree).items()):
            yield f"{' > '.join(way)}: reaches {name}, and {room_of(path)}/ is pure"


def cycles(rooms):
    """Circles of rooms that the map would allow."""
    done = set()

    def visit(room, way):
        if room in way:
            yield "the map has a circle: " + " > ".join(way[way.index(room):] + (room,))
            return
        if room in done or room not in rooms:
            return
        for target in sorted(rooms[room].may):
            yield from visit(target, way + (room,))
        done.add(room)

    for room in sorted(rooms):
        yield from visit(room, ())


def empty_rows(tree, rooms):
    there = {room_of(path) for path in tree}
    for room in sorted(set(rooms) - there):
        yield f"{room}/ stands in the map, and holds no source"
    for room in sorted(rooms):
        for target in sorted(rooms[room].may - set(rooms) - {"Boost"}):
            yield f"{room}/ may include {target}/, which stands in no row"


def faults(root):
    tree = read_tree(root)
    rooms = read_map((root / "ARCHITECTURE.md").read_text(encoding="utf8"))
    return [*direct_faults(tree, rooms), *purity_faults(tree, rooms), *cycles(rooms),
            *empty_rows(tree, rooms)]
