"""Holds the rooms of src/ to what src/CMakeLists.txt declares of them.

A room is a folder of src/. Its libraries and modules (oneadapt_room, oneadapt_module) say which
rooms it may include headers of: LINK, PRIVATE_LINK, OF, OBJECTS. Rooms are declared from the bottom
up, so that an arrow to a room further down the file points up.

    /usr/bin/python3 tests/rooms/rooms_test.py
"""

import re
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2] / "src"
LISTS = ("NAME", "SOURCES", "LINK", "PRIVATE_LINK", "OF", "OBJECTS")
ARROWS = ("LINK", "PRIVATE_LINK", "OF", "OBJECTS")


def declarations(cmake):
    """Every library and module, in order: {"NAME": [name], "SOURCES": [...], ...}."""
    for call in re.findall(r"oneadapt_(?:room|module)\(([^)]*)\)", cmake):
        lists = {name: [] for name in LISTS}
        current = None
        for word in call.split():
            if word in LISTS:
                current = word
            else:
                lists[current].append(word)
        yield lists


def room_of(library):
    return library["SOURCES"][0].split("/")[0]


def declared_arrows(cmake):
    """{room: rooms that it may include}, in the order of declaration."""
    libraries = list(declarations(cmake))
    room_of_library = {library["NAME"][0]: room_of(library) for library in libraries}
    arrows = {}
    for library in libraries:
        mine = arrows.setdefault(room_of(library), set())
        for kind in ARROWS:
            mine.update(room_of_library[name] for name in library[kind] if name in room_of_library)
        mine.discard(room_of(library))
    return arrows


def includes(source):
    """(file, room of the header) of each include of a room's header below `source`."""
    for file in sorted(source.glob("*/*.[ch]pp")):
        for room in re.findall(r'^\s*#\s*include\s*"([^"/]+)/', file.read_text(), re.MULTILINE):
            yield file, room


def faults(source):
    """What is wrong with the rooms below `source`, a line each."""
    cmake = (source / "CMakeLists.txt").read_text()
    arrows = declared_arrows(cmake)
    order = list(arrows)
    found = []
    for library in declarations(cmake):
        for name in library["SOURCES"]:
            if name.split("/")[0] != room_of(library):
                found.append(f"{library['NAME'][0]} has sources of two rooms: {name}")
    for room, below in arrows.items():
        found += [f"{room} links {other}, which lies above it" for other in sorted(below)
                  if order.index(other) > order.index(room)]
    for file, room in includes(source):
        mine = file.parent.name
        if mine not in arrows:
            found.append(f"{mine}/{file.name} is in a folder that no library is declared for")
        elif room in arrows and room != mine and room not in arrows[mine]:
            found.append(f"{mine}/{file.name} includes {room}/, which {mine} does not link")
    return found


class Rooms(unittest.TestCase):
    def test_hold_to_what_is_declared(self):
        self.assertEqual(faults(SOURCE), [])

    def test_every_source_belongs_to_a_library(self):
        cmake = (SOURCE / "CMakeLists.txt").read_text()
        declared = {name for library in declarations(cmake) for name in library["SOURCES"]}
        present = {f"{file.parent.name}/{file.name}" for file in SOURCE.glob("*/*.cpp")}
        self.assertEqual(present - declared, set())


class MadeUp(unittest.TestCase):
    """The test finds what it is there for."""

    CMAKE = """
        oneadapt_room(NAME low SOURCES low/a.cpp)
        oneadapt_room(NAME low_extra SOURCES low/extra.cpp LINK low outside::library)
        oneadapt_room(NAME side SOURCES side/a.cpp LINK low)
        oneadapt_room(NAME high SOURCES high/a.cpp LINK low_extra PRIVATE_LINK side)
    """

    def faults(self, cmake, files):
        with tempfile.TemporaryDirectory() as folder:
            source = Path(folder)
            (source / "CMakeLists.txt").write_text(cmake)
            for name, text in files.items():
                (source / name).parent.mkdir(exist_ok=True)
                (source / name).write_text(text)
            return faults(source)

    def test_what_is_declared_may_be_included(self):
        self.assertEqual(self.faults(self.CMAKE, {
            "high/a.cpp": '#include "high/a.hpp"\n#include "low/a.hpp"\n#include "side/a.hpp"\n',
            "side/a.cpp": '#include <vector>\n#include "low/a.hpp"\n'}), [])

    def test_an_include_that_points_up_is_found(self):
        self.assertEqual(self.faults(self.CMAKE, {"low/a.hpp": '#include "high/a.hpp"\n'}),
                         ["low/a.hpp includes high/, which low does not link"])

    def test_an_include_that_points_sideways_undeclared_is_found(self):
        cmake = self.CMAKE.replace("PRIVATE_LINK side", "")
        self.assertEqual(self.faults(cmake, {"high/a.cpp": ' # include "side/a.hpp"\n'}),
                         ["high/a.cpp includes side/, which high does not link"])

    def test_a_circle_is_found(self):
        cmake = self.CMAKE.replace("low/a.cpp)", "low/a.cpp LINK high)")
        self.assertEqual(self.faults(cmake, {}), ["low links high, which lies above it"])

    def test_a_folder_without_library_is_found(self):
        self.assertEqual(self.faults(self.CMAKE, {"lost/a.cpp": '#include "low/a.hpp"\n'}),
                         ["lost/a.cpp is in a folder that no library is declared for"])

    def test_a_library_of_two_rooms_is_found(self):
        cmake = self.CMAKE.replace("side/a.cpp", "side/a.cpp low/b.cpp")
        self.assertEqual(self.faults(cmake, {}), ["side has sources of two rooms: low/b.cpp"])


if __name__ == "__main__":
    unittest.main()
