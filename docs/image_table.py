"""Write the tables of docs/images.md from benchmarks/results/images.json.

python docs/image_table.py
"""

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "images.md"
RESULTS = ROOT / "benchmarks" / "results" / "images.json"
START, END = "<!-- tables -->\n", "<!-- end of tables -->\n"
REFERENCES = ("real", "PCA Gaussian")
NETWORKS = ("teacher", "50 % fewer", "75 % fewer")
STEPS = (50, 16, 8, 4, 2, 1)
TEACHER = "teacher, 16 steps"


def tables(content: dict[str, Any]) -> str:
    """Return a table of sizes and one of steps, in Markdown, for each cell and seed that has a teacher."""
    parts = []
    for cell, seeds in content["runs"].items():
        for seed, found in seeds.items():
            if TEACHER in found:
                name, n = cell.split("/")
                parts += [f"## {name}, {n} images a class, seed {seed}", _sizes(found)]
                if any("halved" in key for key in found):
                    parts.append(_steps(found))
    return "\n\n".join(parts) + "\n"


def _sizes(found: dict[str, Any]) -> str:
    teacher = found[TEACHER]
    lines = [
        "| images of | numbers | bytes | CAS | share of the teacher's | Frechet | the teacher's over it "
        "| agree | variation | near | training, s |",
        f"|{'---|' * 11}",
    ]
    keys = [f"{network}, {kind}" for kind in ("16 steps", "int8", "int4") for network in NETWORKS]
    for key in (*REFERENCES, *keys):
        if key not in found:
            continue
        row = found[key]
        numbers, size, seconds = (
            f"{row[field]:,.0f}" if field in row else ""
            for field in ("n_parameters", "bytes", "training seconds")
        )
        lines.append(
            f"| {key} | {numbers} | {size} | {row['CAS']:.3f} | {row['CAS'] / teacher['CAS']:.3f} "
            f"| {row['Frechet']:.3g} | {teacher['Frechet'] / row['Frechet']:.2f} | {row['agree']:.2f} "
            f"| {row['TV']:.2f} | {row['near']:.2f} | {seconds} |"
        )
    return "\n".join(lines)


def _steps(found: dict[str, Any]) -> str:
    lines = [
        "| steps | teacher as it is: CAS, Frechet, ms a picture | teacher halved | 50 % fewer, halved "
        "| 75 % fewer, halved |",
        "|---|---|---|---|---|",
    ]
    for n in STEPS:
        cells = [_step(found.get(f"teacher, {n} steps"))]
        cells += [_step(found.get(f"{network}, halved to {n}")) for network in NETWORKS]
        lines.append(f"| {n} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _step(row: dict[str, Any] | None) -> str:
    return (
        "" if row is None else f"{row['CAS']:.3f}, {row['Frechet']:.3g}, {1e3 * row['seconds a picture']:.2g}"
    )


def render(page: str, content: dict[str, Any]) -> str:
    """Return the page with the tables of these results in their place."""
    before, rest = page.split(START)
    return f"{before}{START}\n{tables(content)}\n{END}{rest.split(END)[1]}"


if __name__ == "__main__":
    PAGE.write_text(render(PAGE.read_text(), json.loads(RESULTS.read_text())))
