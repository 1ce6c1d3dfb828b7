"""What it costs to run a trained model, in its library and in onnxruntime."""

from collections.abc import Callable
from typing import Any

from measured._format import table


def by_model(load: Callable[[str], Any]) -> str:
    """Return the median seconds to start, milliseconds an answer and peak memory of each runtime."""
    rows = []
    for model, found in load("deployment")["results"].items():
        for runtime, run in found["runtimes"].items():
            if runtime == "import numpy":
                continue
            start = run["import_s"]["median"] + run["load_s"]["median"]
            cells = [f"{run[key]['median']:.2g}" for key in ("p50_ms", "p95_ms")]
            rows.append([model, runtime, f"{start:.2g} s", *cells, f"{run['peak_mb']['median']:.0f} MB"])
    return table(["model", "runtime", "to start", "ms an answer", "ms, 95 % of them", "peak memory"], rows)


def student(load: Callable[[str], Any]) -> str:
    """Return size and accuracy of the classifier of images that was taught by a larger one."""
    files = load("deployment")["results"]["image classifier"]["files"]
    sizes = {
        "teacher": (files["teacher_parameters"], None),
        "student": (files["student_parameters"], files["onnx_bytes"]),
        "student, int8": (files["student_parameters"], files["onnx_int8_bytes"]),
        "student, pruned": (files["student_parameters"], files.get("pruned_bytes")),
        "student, pruned, trained on": (files["student_parameters"], files.get("pruned_bytes")),
    }
    rows = []
    for name, (numbers, size) in sizes.items():
        if name not in files["accuracy"]:
            continue
        accuracy = files["accuracy"][name]
        mean = f"{sum(accuracy) / len(accuracy):.3f} ({len(accuracy)} seeds)"
        title = name.replace("pruned", "pruned by 70 %")
        rows.append([title, f"{numbers:,}", "" if size is None else f"{size / 1000:.0f} kB", mean])
    header = ["network", "weights", "file", f"accuracy, {files['images']}, {files['images a class']} a class"]
    return table(header, rows)
