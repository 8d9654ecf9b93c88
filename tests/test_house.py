"""The map of the house says what the imports are."""

from xml.etree import ElementTree

import pytest

pytest.importorskip("grimp")

from docs.generate.house import House, draw_house, read_house


@pytest.fixture(scope="module")
def house():
    return read_house()


def test_every_room_stands_on_a_floor_and_has_its_size(house):
    assert set(house.rooms) == set(house.modules) == set(house.lines)
    assert house.floors[0] == ("cli",)
    assert house.modules["errors"] == 1
    assert house.modules["project"] > 50


def test_arrows_tell_every_import_and_no_more(house):
    needs = {room: {to for by, to in house.arrows() if by == room} for room in house.rooms}

    def reach(room):
        return needs[room].union(*map(reach, needs[room]))

    imported = {room: set(house.imported_by(room)) for room in house.rooms}
    assert all(imported[room] <= reach(room) for room in house.rooms)
    assert all(needs[room] <= imported[room] for room in house.rooms)
    assert len(house.arrows()) < len(house.imports)


def test_a_chain_of_arrows_stands_for_an_import():
    floors, sizes = (
        (("roof",), ("hall",), ("cellar",)),
        dict.fromkeys(("roof", "hall", "cellar"), 1),
    )
    imports = {("roof", "hall"): 1, ("hall", "cellar"): 1, ("roof", "cellar"): 9}
    small = House(floors, sizes, sizes, imports)
    assert small.arrows() == [("roof", "hall"), ("hall", "cellar")]
    assert small.imported_by("roof") == ["cellar", "hall"]


def test_the_picture_names_every_room(house):
    drawn = ElementTree.fromstring(draw_house(house))
    said = {text.text for text in drawn.iter("{http://www.w3.org/2000/svg}text")}
    assert set(house.rooms) <= said
    paths = [one for one in drawn.iter("{http://www.w3.org/2000/svg}path") if one.get("class")]
    assert len(paths) == len(house.arrows())
