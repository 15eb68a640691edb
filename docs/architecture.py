"""Draws docs/architecture.svg, the rooms of the house and which rests on which, from the imports of the code.

``python docs/architecture.py`` writes the picture and the table of docs/architecture.md anew. A room is a folder of
modules, or a module that stands alone; what it is for is the first line of its docstring. An arrow points from a room
to one on its floor that it uses; what it uses through another room, and that a floor uses those below it, has no arrow
of its own, so that the picture can be read.
"""

from __future__ import annotations

import ast
import html
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PICTURE, PAGE = ROOT / "docs" / "architecture.svg", ROOT / "docs" / "architecture.md"
FLOORS = {
    "command": "trial_report/command",
    "evidence": "evidence",
    "report": "report",
    "analysis": "analysis",
    "schemas": "schemas",
    "declare": "trial_report/declare",
    "runtime": "trial_report/runtime",
}
"""Import name below `trial_report` and folder of each floor, from the top."""
WHOLE = ("command", "declare", "runtime")
"""Floors that are one room."""
BEGIN, END = "<!-- drawn: rooms -->", "<!-- drawn: end -->"

WIDTH, HEIGHT, GAP, RISE, MARGIN, LABEL = 196, 74, 14, 34, 16, 74


@dataclass(frozen=True)
class Room:
    """A room: its name ("analysis.derive"), its modules by name, the folder or file, and what it is for."""

    name: str
    path: str
    purpose: str
    modules: tuple[str, ...]

    @property
    def floor(self) -> str:
        """The floor that it is on."""
        return self.name.split(".")[0]


@cache
def modules() -> dict[str, Path]:
    """Every module of the package by its name below `trial_report`; of the hooks that Quarto runs none."""
    found: dict[str, Path] = {}
    for floor, folder in FLOORS.items():
        for file in sorted((ROOT / folder).rglob("*.py")):
            parts = file.relative_to(ROOT / folder).with_suffix("").parts
            if "hooks" not in parts:
                found[".".join([floor, *(part for part in parts if part != "__init__")])] = file
    return found


@cache
def rooms() -> dict[str, Room]:
    """The rooms by name, from the top floor down."""
    held: dict[str, list[str]] = {}
    every = modules()
    for name, file in every.items():
        parts = name.split(".")
        alone = len(parts) == 1 or parts[0] in WHOLE
        held.setdefault(parts[0] if alone else ".".join(parts[:2]), []).append(name)
        if alone and parts[0] not in WHOLE and file.name == "__init__.py":
            del held[parts[0]]  # the door of a floor is no room
    found = {}
    for name, own in held.items():
        file = every[name]
        where = file.parent if file.name == "__init__.py" else file
        found[name] = Room(name, where.relative_to(ROOT).as_posix(), _purpose(file), tuple(own))
    return found


def _purpose(file: Path) -> str:
    return (ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or "").split("\n")[0]


def imported(file: Path, known: Mapping[str, object]) -> Iterator[str]:
    """The modules of ours that a file imports, also inside functions; what only a type checker reads is left out."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    typing = {
        id(inner)
        for node in tree.body
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)
        for part in node.body
        for inner in ast.walk(part)
    }
    for node in ast.walk(tree):
        if id(node) in typing:
            continue
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("trial_report"):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.startswith("trial_report")]
        else:
            continue
        for whole in names:
            name = whole.removeprefix("trial_report").lstrip(".")
            while name and name not in known:
                name = name.rpartition(".")[0]
            if name:
                yield name


@cache
def uses() -> dict[str, set[str]]:
    """For each room the rooms that it imports."""
    every, all_rooms = modules(), rooms()
    home = {module: room.name for room in all_rooms.values() for module in room.modules}
    found: dict[str, set[str]] = {name: set() for name in all_rooms}
    for module, file in every.items():
        for other in imported(file, every):
            if module in home and other in home and home[module] != home[other]:
                found[home[module]].add(home[other])
    return found


def depth(graph: Mapping[str, set[str]]) -> dict[str, int]:
    """How many rooms stand under each, one on the other. Raises ValueError for a circle, naming it."""
    found: dict[str, int] = {}

    def of(name: str, above: tuple[str, ...]) -> int:
        if name in above:
            raise ValueError(f"a circle of rooms: {' → '.join([*above[above.index(name) :], name])}")
        if name not in found:
            found[name] = max((of(other, (*above, name)) + 1 for other in sorted(graph[name])), default=0)
        return found[name]

    for name in sorted(graph):
        of(name, ())
    return found


def reduced(graph: Mapping[str, set[str]]) -> dict[str, set[str]]:
    """The graph without the arrows that a way through another room says already."""

    def reach(name: str) -> set[str]:
        return set().union(*({other} | reach(other) for other in graph[name])) if graph[name] else set()

    below = {name: reach(name) for name in graph}
    return {name: {o for o in own if not any(o in below[p] for p in own if p != o)} for name, own in graph.items()}


def drawn() -> str:
    """The picture as SVG: floors from top to bottom, and on a floor what rests on others above these."""
    all_rooms, graph = rooms(), uses()
    depth(graph)  # refuses a circle between floors
    same = {name: {o for o in own if all_rooms[o].floor == all_rooms[name].floor} for name, own in graph.items()}
    deep, arrows = depth(same), reduced(same)
    rows: list[tuple[str, list[str]]] = []
    for floor in FLOORS:
        own = [name for name, room in all_rooms.items() if room.floor == floor]
        for level in sorted({deep[name] for name in own}, reverse=True):
            rows.append((floor, [name for name in own if deep[name] == level]))
    widest = max(len(names) for _, names in rows)
    width = 2 * MARGIN + LABEL + widest * WIDTH + (widest - 1) * GAP
    place: dict[str, tuple[float, float]] = {}
    out, top, last = [], float(MARGIN), ""
    bands: dict[str, list[float]] = {}
    for floor, names in rows:
        top += RISE if last and floor == last else 22 if last else 0
        # Rooms stand near what rests on them.
        above = {n: [place[o][0] for o in place if n in arrows[o]] for n in names}
        names = sorted(names, key=lambda n: (sum(above[n]) / len(above[n]) if above[n] else width / 2, n))
        left = MARGIN + LABEL + (widest * (WIDTH + GAP) - GAP - len(names) * (WIDTH + GAP) + GAP) / 2
        for at, name in enumerate(names):
            place[name] = (left + at * (WIDTH + GAP), top)
        bands.setdefault(floor, [top, top])[1] = top + HEIGHT
        last, top = floor, top + HEIGHT
    for floor, (start, end) in bands.items():
        out.append(f'<rect class="floor" x="4" y="{start - 8:g}" width="{width - 8}" height="{end - start + 16:g}"/>')
        out.append(f'<text class="name" x="14" y="{start + 18:g}">{floor}</text>')
    for name in sorted(arrows):
        for other in sorted(arrows[name]):
            out.append(_arrow(place[name], place[other]))
    for name, (x, y) in place.items():
        lines = textwrap.wrap(all_rooms[name].purpose.replace("`", ""), 36, max_lines=4, placeholder=" …")
        title = name.partition(".")[2] or name
        out.append(f'<rect class="room" x="{x:g}" y="{y:g}" width="{WIDTH}" height="{HEIGHT}" rx="4"/>')
        out.append(f'<text class="title" x="{x + 8:g}" y="{y + 15:g}">{html.escape(title)}</text>')
        out += [
            f'<text class="what" x="{x + 8:g}" y="{y + 29 + 12 * at:g}">{html.escape(line)}</text>'
            for at, line in enumerate(lines)
        ]
    style = (
        "text{font-family:sans-serif;fill:#222}.name{font-size:13px;font-weight:bold;fill:#555}.title{font-size:13px;"
        "font-weight:bold}.what{font-size:10px;fill:#444}.floor{fill:#f4f4f1;stroke:none}.room{fill:#fff;stroke:#888}"
        ".arrow{fill:none;stroke:#3b6ea5;stroke-width:1.2;opacity:.75}"
    )
    marker = (
        '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" fill="#3b6ea5"/></marker>'
    )
    size = f'viewBox="0 0 {width} {top + MARGIN:g}" width="{width}" height="{top + MARGIN:g}"'
    title = "<title>The rooms of the code: an arrow points to what a room rests on</title>"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img">{title}<style>{style}</style>'
        f"<defs>{marker}</defs>\n" + "\n".join(out) + "\n</svg>\n"
    )


def _arrow(start: tuple[float, float], end: tuple[float, float]) -> str:
    x1, y1, x2, y2 = start[0] + WIDTH / 2, start[1] + HEIGHT, end[0] + WIDTH / 2, end[1]
    bend = max(18.0, (y2 - y1) / 2)
    way = f"M{x1:g} {y1:g}C{x1:g} {y1 + bend:g} {x2:g} {y2 - bend:g} {x2:g} {y2:g}"
    return f'<path class="arrow" marker-end="url(#tip)" d="{way}"/>'


def table() -> str:
    """The rooms as a table of Markdown, from the top floor down."""
    lines = ["| room | what it is for | what it uses |", "|---|---|---|"]
    arrows = reduced(uses())
    for name, room in rooms().items():
        used = ", ".join(f"`{other}`" for other in sorted(arrows[name])) or "nothing of ours"
        lines.append(f"| [`{name}`](../{room.path}) | {room.purpose} | {used} |")
    return "\n".join(lines)


def page(text: str) -> str:
    """The page with its table drawn anew."""
    before, rest = text.split(BEGIN)
    return f"{before}{BEGIN}\n{table()}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    PICTURE.write_text(drawn(), encoding="utf-8", newline="\n")
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
