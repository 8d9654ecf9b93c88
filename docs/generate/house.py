"""The map of the house, drawn from the imports: ``python -m docs.generate.house house.svg``."""

import sys
import tomllib
from collections import Counter
from dataclasses import dataclass
from html import escape
from pathlib import Path

import grimp

ROOT = Path(__file__).parent.parent.parent
PACKAGE = "motherlode"
WIDTH, FLOOR, BOX, MARGIN = 1100, 84, 46, 14  # pixels
STYLE = """\
text { font: 13px system-ui, sans-serif; fill: #16202b; text-anchor: middle; }
.small { font-size: 11px; fill: #3f4d5a; }
.box { fill: #fff; stroke: #45566a; }
.inner { stroke-dasharray: 4 3; }
.arrow { fill: none; stroke: #2c6fbb; stroke-opacity: .45; marker-end: url(#head); }
"""
HEAD = """\
<marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9"
  markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z" fill="#2c6fbb"/></marker>"""


@dataclass(frozen=True)
class House:
    """Rooms, the floors that they stand on, and who imports whom.

    Parameters
    ----------
    floors : tuple of tuple of str
        The rooms of each floor, the highest first, as the contract in ``pyproject.toml`` has them.
    modules, lines : dict of str to int
        How many each room has.
    imports : dict of (str, str) to int
        How many imports of a room there are in another: the one that imports comes first.
    """

    floors: tuple[tuple[str, ...], ...]
    modules: dict[str, int]
    lines: dict[str, int]
    imports: dict[tuple[str, str], int]

    @property
    def rooms(self) -> list[str]:
        """All rooms, from the highest floor down."""
        return [room for floor in self.floors for room in floor]

    def imported_by(self, room: str) -> list[str]:
        """Return the rooms that a room imports, the one of most imports first."""
        found = {to: n for (by, to), n in self.imports.items() if by == room}
        return sorted(found, key=lambda to: (-found[to], to))

    def arrows(self) -> list[tuple[str, str]]:
        """Return the imports that no chain of others implies: what is needed for an arrow.

        All imports go down, so these are the fewest from which who depends on whom can be read.
        """
        below = {room: set(self.imported_by(room)) for room in self.rooms}
        reach: dict[str, set[str]] = {}
        for room in sorted(self.rooms, key=lambda one: self._depth(one, below)):
            reach[room] = below[room].union(*(reach[to] for to in below[room]))
        return [
            (room, to)
            for room in self.rooms
            for to in sorted(below[room])
            if not any(to in reach[other] for other in below[room] - {to})
        ]

    def _depth(self, room: str, below: dict[str, set[str]]) -> int:
        return 1 + max((self._depth(to, below) for to in below[room]), default=0)


def read_house() -> House:
    """Read the floors from the contract, and the imports from the code."""
    contract = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    layers = contract["tool"]["importlinter"]["contracts"][0]["layers"]
    floors = tuple(
        tuple(name.strip().removeprefix(f"{PACKAGE}.") for name in layer.split(":"))
        for layer in layers
    )
    graph = grimp.build_graph(PACKAGE, cache_dir=None)
    modules, lines, imports = Counter[str](), Counter[str](), Counter[tuple[str, str]]()
    for module in graph.modules - {PACKAGE, f"{PACKAGE}.__main__"}:
        room = _room(module)
        modules[room] += 1
        lines[room] += _count_lines(module)
        for other in graph.find_modules_directly_imported_by(module) - {PACKAGE}:
            if _room(other) != room:
                imports[room, _room(other)] += 1
    return House(floors, dict(modules), dict(lines), dict(imports))


def _room(module: str) -> str:
    return module.split(".")[1]


def _count_lines(module: str) -> int:
    path = ROOT / "src" / module.replace(".", "/")
    file = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return len(file.read_text(encoding="utf-8").splitlines())


def draw_house(house: House) -> str:
    """Draw the map as SVG: a band for each floor, a box for each room, arrows to what it needs."""
    height = FLOOR * len(house.floors)
    places = _place(house)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        "<title>The rooms of motherlode by floors, and what each imports</title>",
        f"<style>{STYLE}</style>",
        HEAD,
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
    ]
    for level in range(0, len(house.floors), 2):
        parts.append(f'<rect y="{level * FLOOR}" width="{WIDTH}" height="{FLOOR}" fill="#eef3f8"/>')
    parts += [_arrow(house, places, by, to) for by, to in house.arrows()]
    parts += [_box(house, places, room) for room in house.rooms]
    return "\n".join([*parts, "</svg>", ""])


def _place(house: House) -> dict[str, tuple[float, float, float]]:
    """Return the left edge, the top and the width of each box."""
    places = {}
    for level, floor in enumerate(house.floors):
        width = min(230.0, (WIDTH - MARGIN) / len(floor) - MARGIN)
        left = (WIDTH - len(floor) * (width + MARGIN) + MARGIN) / 2
        for place, room in enumerate(floor):
            top = level * FLOOR + (FLOOR - BOX) / 2
            places[room] = (left + place * (width + MARGIN), top, width)
    return places


def _box(house: House, places: dict[str, tuple[float, float, float]], room: str) -> str:
    left, top, width = places[room]
    middle, n = left + width / 2, house.modules[room]
    needs = ", ".join(house.imported_by(room)) or "nothing of the house"
    size = f"{n} {'module' if n == 1 else 'modules'}, {house.lines[room]:,} lines"
    kind = "box inner" if room.startswith("_") else "box"
    return (
        f"<g><title>{escape(room)}: {size}; imports {escape(needs)}</title>"
        f'<rect class="{kind}" x="{left:.0f}" y="{top:.0f}" width="{width:.0f}" height="{BOX}" '
        f'rx="6"/><text x="{middle:.0f}" y="{top + 19:.0f}">{escape(room)}</text>'
        f'<text class="small" x="{middle:.0f}" y="{top + 36:.0f}">{size}</text></g>'
    )


def _arrow(house: House, places: dict[str, tuple[float, float, float]], by: str, to: str) -> str:
    left, top, width = places[by]
    x, y = left + width / 2, top + BOX
    left, end, width = places[to]
    x2 = left + width / 2
    thick = min(1 + house.imports[by, to] / 12, 6)
    bend = max((end - y) / 2, 24)
    path = f"M{x:.0f} {y:.0f}C{x:.0f} {y + bend:.0f} {x2:.0f} {end - bend:.0f} {x2:.0f} {end:.0f}"
    said = f"{by} imports {to} {house.imports[by, to]} times"
    return f'<path class="arrow" stroke-width="{thick:.1f}" d="{path}"><title>{said}</title></path>'


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(draw_house(read_house()), encoding="utf-8")
