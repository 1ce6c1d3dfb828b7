"""Diffusion models of images: worth, size and steps."""

from collections.abc import Callable, Iterator
from statistics import mean
from typing import Any

from measured._format import percent, spread, table

REFERENCES = ("real", "PCA Gaussian")
NETWORKS = ("teacher", "50 % fewer", "75 % fewer")
KINDS = ("16 steps", "int8", "int4", "int4, full resolution int8")
OTHERS = (
    "90 % fewer, 16 steps",
    *(f"pruned by {percent} %{matched}" for percent in (50, 75) for matched in ("", ", matched")),
)
STEPS = (50, 16, 8, 4, 2, 1)
TEACHER = "teacher, 16 steps"


def by_set(load: Callable[[str], Any]) -> str:
    """Return tables of sizes and of steps, in Markdown, of the runs that have them."""
    parts = []
    for cell, seeds in load("images")["runs"].items():
        name, n = cell.split("/")
        for seed, found in seeds.items():
            if "one step" in found:
                parts += [f"## {name}, {n} images a class, seed {seed}", _sizes(found), _steps(found)]
                parts.append(_speed(found["one step"]))
    return "\n\n".join(parts)


def _sizes(found: dict[str, Any]) -> str:
    teacher = found[TEACHER]
    lines = [
        "| images of | numbers | bytes | CAS | share of the teacher's | Frechet | the teacher's over it "
        "| agree | variation | near | training, s |",
        f"|{'---|' * 11}",
    ]
    keys = [f"{network}, {kind}" for kind in KINDS for network in NETWORKS]
    for key in (*REFERENCES, *keys, *OTHERS):
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


def _speed(timed: dict[str, Any]) -> str:
    least, most = min(timed["ratios"]), max(timed["ratios"])
    return (
        f"Timed in turns, one step of the halved teacher is {timed['times faster']:.1f} times faster "
        f"({least:.1f} to {most:.1f}) than 16 of the teacher."
    )


def _step(row: dict[str, Any] | None) -> str:
    return (
        "" if row is None else f"{row['CAS']:.3f}, {row['Frechet']:.3g}, {1e3 * row['seconds a picture']:.2g}"
    )


def references(load: Callable[[str], Any]) -> str:
    """Return what the teacher is worth beside real images and the Gaussian, means over the seeds."""
    rows = []
    for cell, seeds in load("images")["runs"].items():
        told = [*cell.split("/"), str(len(seeds))]
        for measure, form in (("CAS", ".3f"), ("Frechet", ".3g")):
            real, teacher, gaussian = (
                [found[key][measure] for found in seeds.values()] for key in ("real", TEACHER, "PCA Gaussian")
            )
            told += [f"{mean(values):{form}}" for values in (real, teacher, gaussian)]
            told.append(spread([ours - its for ours, its in zip(teacher, gaussian, strict=True)], f"+{form}"))
        rows.append(told)
    header = ["images", "a class", "seeds", "CAS, real", "teacher", "Gaussian", "teacher less Gaussian"]
    return table([*header, "Frechet, real", "teacher", "Gaussian", "teacher less Gaussian"], rows)


def students(load: Callable[[str], Any]) -> str:
    """Return what each student is worth beside its teacher, means over the seeds."""
    rows = [
        [
            *cell.split("/"),
            str(len(pairs)),
            network,
            percent(mean(fewer(*pair) for pair in pairs)),
            spread([100 * worth(*pair) for pair in pairs], ".1f", " %"),
            spread([nearness(*pair) for pair in pairs], ".2f"),
        ]
        for cell, network, pairs in beside_teachers(load)
    ]
    header = ["images", "a class", "seeds", "student", "fewer numbers", "share of the teacher's CAS"]
    return table([*header, "the teacher's Frechet over its own"], rows)


def beside_teachers(load: Callable[[str], Any]) -> Iterator[tuple[str, str, list[tuple[Any, Any]]]]:
    """Yield cells, students and what each seed found of student and teacher."""
    for cell, seeds in load("images")["runs"].items():
        for network in NETWORKS[1:]:
            yield cell, network, [(found[f"{network}, 16 steps"], found[TEACHER]) for found in seeds.values()]


def fewer(student: dict[str, Any], teacher: dict[str, Any]) -> float:
    """Return the share of the teacher's numbers that a student saves."""
    return 1 - student["n_parameters"] / teacher["n_parameters"]


def worth(student: dict[str, Any], teacher: dict[str, Any]) -> float:
    """Return what share of the teacher's CAS a student keeps."""
    return student["CAS"] / teacher["CAS"]


def nearness(student: dict[str, Any], teacher: dict[str, Any]) -> float:
    """Return the teacher's Frechet distance over a student's."""
    return teacher["Frechet"] / student["Frechet"]
