"""Diffusion models of images: worth, size and steps."""

from collections.abc import Callable
from typing import Any

from measured._format import percent, table

REFERENCES = ("real", "PCA Gaussian")
NETWORKS = ("teacher", "50 % fewer", "75 % fewer")
STEPS = (50, 16, 8, 4, 2, 1)
TEACHER = "teacher, 16 steps"


def by_set(load: Callable[[str], Any]) -> str:
    """Return a table of sizes and one of steps, in Markdown, for each cell and seed that has a teacher."""
    parts = []
    for cell, seeds in load("images")["runs"].items():
        for seed, found in seeds.items():
            if TEACHER in found:
                name, n = cell.split("/")
                parts += [f"## {name}, {n} images a class, seed {seed}", _sizes(found)]
                if any("halved" in key for key in found):
                    parts.append(_steps(found))
    return "\n\n".join(parts)


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


def students(load: Callable[[str], Any]) -> str:
    """Return what each student is worth beside its teacher, means over the seeds."""
    rows = []
    for cell, seeds in load("images")["runs"].items():
        for network in NETWORKS[1:]:
            key = f"{network}, 16 steps"
            pairs = [(found[key], found[TEACHER]) for found in seeds.values() if key in found]
            if pairs:
                rows.append([*cell.split("/"), str(len(pairs)), network, *_shares(pairs)])
    header = ["images", "a class", "seeds", "student", "fewer numbers", "share of the teacher's CAS"]
    return table([*header, "the teacher's Frechet over its own"], rows)


def _shares(pairs: list[tuple[dict[str, Any], dict[str, Any]]]) -> list[str]:
    def mean(values: list[float]) -> float:
        return sum(values) / len(values)

    fewer = mean([1 - student["n_parameters"] / teacher["n_parameters"] for student, teacher in pairs])
    worth = mean([student["CAS"] / teacher["CAS"] for student, teacher in pairs])
    near = mean([teacher["Frechet"] / student["Frechet"] for student, teacher in pairs])
    return [percent(fewer), percent(worth), f"{near:.2f}"]
