"""What it costs to run a trained model: in the library it was trained with, and as a file in onnxruntime.

    python benchmarks/deployment.py [--data DIR] [--models NAME,...] [--repeats N] [--calls N] [--quick]

Models of tables are fitted to a simulated mobile-money table, behind the encoder
of tables; the network is a `ConvClassifier` of width 16, taught by one of width 32
with 50 images a class and 2,000 without labels; it is also pruned by 70 %, as it is and trained on to
answer those 2,000 as before. scikit-learn gets data frames of one
row, as it was trained on, onnxruntime dictionaries of columns. Each runtime runs in a
fresh process on one core: seconds to import and to load, wall-clock milliseconds a row
(or image), one at a time, and the peak of the process's memory. Runtimes alternate within a repeat; medians
over repeats. "import numpy" is the floor.
"""

import argparse
import gzip
import json
import os
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

from _told import command_line

ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "deployment.json"
TABLES = ["LogisticRegression", "RandomForest", "HistGradientBoosting", "default vote"]
NETWORK = "image classifier"
MEASURES = ["import_s", "load_s", "p50_ms", "p95_ms", "peak_mb"]
N_ROWS = 200
PRUNED, STEPS_AFTER_PRUNING = 0.7, 400


def table_model(name: str) -> Any:
    from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline

    from synda_sk._default import default_estimator
    from synda_sk.utils import TableEncoder

    if name == "default vote":
        return default_estimator().set_params(votingclassifier__forest__random_state=0)
    model = {
        "LogisticRegression": LogisticRegression(max_iter=1000),
        "RandomForest": RandomForestClassifier(random_state=0),
        "HistGradientBoosting": HistGradientBoostingClassifier(random_state=0),
    }[name]
    return make_pipeline(TableEncoder(), model)


def prepare_table(name: str, folder: Path, n_samples: int) -> tuple[list[str], dict[str, Any]]:
    """Write the model, its export and rows to predict; return the runtimes and what is told of the files."""
    import numpy as np

    from synda_sk.datasets import make_mobile_money
    from synda_sk.interop.onnx import export, load

    X, y = make_mobile_money(n_samples, random_state=0)[:2]
    model = table_model(name).fit(X, y)
    rows = X.sample(N_ROWS, random_state=0)
    export(model, folder / "onnx", X=X)
    pickled = pickle.dumps(model)
    (folder / "scikit-learn").write_bytes(pickled)
    rows.to_pickle(folder / "rows.pkl")
    plain = json.loads(rows.to_json(orient="records", date_format="iso"))
    dates = [column for column in X if X[column].dtype.kind == "M"]
    for row in plain:
        row.update({column: row[column].rstrip("Z") for column in dates})
    (folder / "rows.json").write_text(json.dumps({"dates": dates, "rows": plain}))
    found = load(folder / "onnx").predict_proba(rows)
    told = {
        "onnx_bytes": (folder / "onnx").stat().st_size,
        "onnx_gzip_bytes": len(gzip.compress((folder / "onnx").read_bytes())),
        "pickle_bytes": len(pickled),
        "largest_difference": float(np.abs(found - model.predict_proba(rows)).max()),
    }
    return ["scikit-learn", "onnxruntime"], told


def prepare_network(folder: Path, data: Path, n_seeds: int) -> tuple[list[str], dict[str, Any]]:
    """Teach small classifiers of images; the last one is what runs."""
    import numpy as np
    import torch
    from _image_judge import load as load_images

    from synda_sk.compression import n_bytes, quantize
    from synda_sk.images import ConvClassifier
    from synda_sk.interop.onnx import export, load

    name = "kannada" if load_images("kannada", data) is not None else "digits"
    images = load_images(name, data)
    assert images is not None
    ways = "teacher", "student", "student, int8", "student, pruned", "student, pruned, trained on"
    found: dict[str, list[float]] = {way: [] for way in ways}
    for seed in range(n_seeds):
        X, y = images.few(50, seed)
        unlabeled = images.X[np.random.default_rng(seed).permutation(len(images.X))[:2_000]]
        teacher = ConvClassifier(width=32, random_state=seed).fit(X, y)
        student = ConvClassifier(width=16, teacher=teacher, random_state=seed)
        student.fit(X, y, X_unlabeled=unlabeled)
        export(student, folder / "onnx", X=X)
        export(student, folder / "onnx_int8", X=X, weights="int8", tolerance=0.1)
        runs = teacher, student, load(folder / "onnx_int8"), *prune_network(student, unlabeled, seed)
        for way, model in zip(ways, runs, strict=True):
            found[way].append(float((model.predict(images.X_test) == images.y_test).mean()))
    torch.save(student._onnx_module()[0], folder / "torch")
    np.save(folder / "images.npy", images.X_test[:N_ROWS])
    told = {f"{key}_bytes": (folder / key).stat().st_size for key in ("torch", "onnx", "onnx_int8")}
    sizes = {"teacher_parameters": teacher.n_parameters_, "student_parameters": student.n_parameters_}
    told["pruned_bytes"], told["pruned_int8_bytes"] = (
        n_bytes(net) for net in (runs[-1].to_module(), quantize(runs[-1].to_module()))
    )
    told |= {"images": name, "images a class": 50, **sizes, "accuracy": found}
    return ["torch", "onnxruntime", "onnxruntime int8", "onnxruntime int8, plain session"], told


def prune_network(student: Any, images: Any, seed: int) -> tuple[Any, Any]:
    """Return the student without most of its weights, and the same trained on to answer as before."""
    import torch
    from torch.nn.functional import cross_entropy

    from synda_sk.compression import finetune, prune

    net, pixels = student.to_module(), torch.from_numpy(images)
    with torch.no_grad():
        wanted = net(pixels).softmax(dim=1)

    def loss(model: Any, source: Any) -> Any:
        rows = torch.randint(len(pixels), (64,), generator=source)
        return cross_entropy(model(pixels[rows]), wanted[rows])

    pruned = prune(net, amount=PRUNED)
    tuned = finetune(pruned, loss, n_steps=STEPS_AFTER_PRUNING, random_state=seed)
    return student.with_module(pruned), student.with_module(tuned)


# What a fresh process does: import, load, predict. The imports are what is measured, so they are inside.


def run_scikit_learn(folder: Path) -> tuple[Callable[[], Any], Callable[[Any], Callable[[int], Any]]]:
    def imports() -> Any:
        import pandas
        import sklearn.ensemble  # noqa: F401

        import synda_sk.utils  # noqa: F401

        return pandas

    def load(pandas: Any) -> Callable[[int], Any]:
        model = pickle.loads((folder / "scikit-learn").read_bytes())
        rows = pandas.read_pickle(folder / "rows.pkl")
        parts = [rows.iloc[[k]] for k in range(N_ROWS)]
        return lambda k: model.predict_proba(parts[k])

    return imports, load


def run_torch(folder: Path) -> tuple[Callable[[], Any], Callable[[Any], Callable[[int], Any]]]:
    def imports() -> Any:
        import torch

        torch.set_num_threads(1)
        torch.set_grad_enabled(False)
        return torch

    def load(torch: Any) -> Callable[[int], Any]:
        import numpy as np

        net = torch.load(folder / "torch", weights_only=False)
        images = torch.from_numpy(np.load(folder / "images.npy"))
        return lambda k: net(images[k : k + 1])

    return imports, load


def run_onnxruntime(
    folder: Path, key: str
) -> tuple[Callable[[], Any], Callable[[Any], Callable[[int], Any]]]:
    def imports() -> Any:
        import onnxruntime  # noqa: F401

        from synda_sk.interop.onnx import load

        return load

    def load(open_file: Any) -> Callable[[int], Any]:
        import numpy as np

        model = open_file(folder / key)
        if (folder / "images.npy").exists():
            images = np.load(folder / "images.npy")
            return lambda k: model.run(images[k : k + 1])
        stored = json.loads((folder / "rows.json").read_text())
        parts = [{name: [value] for name, value in row.items()} for row in stored["rows"]]
        for part in parts:
            part.update({name: np.array(part[name], "datetime64[us]") for name in stored["dates"]})
        return lambda k: model.predict_proba(parts[k])

    return imports, load


def run_plain_session(folder: Path) -> tuple[Callable[[], Any], Callable[[Any], Callable[[int], Any]]]:
    """onnxruntime as others set it up: int8 weights become floats at every call."""

    def imports() -> Any:
        import onnxruntime

        return onnxruntime

    def load(onnxruntime: Any) -> Callable[[int], Any]:
        import numpy as np

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(str(folder / "onnx_int8"), options)
        images = np.load(folder / "images.npy")
        return lambda k: session.run(None, {"images": images[k : k + 1]})

    return imports, load


def run_nothing(folder: Path) -> tuple[Callable[[], Any], Callable[[Any], Callable[[int], Any]]]:
    def imports() -> Any:
        import numpy

        return numpy

    return imports, lambda numpy: lambda k: None


def child(runtime: str, folder: Path, calls: int) -> None:
    runs: dict[str, Any] = {
        "import numpy": lambda: run_nothing(folder),
        "scikit-learn": lambda: run_scikit_learn(folder),
        "torch": lambda: run_torch(folder),
        "onnxruntime": lambda: run_onnxruntime(folder, "onnx"),
        "onnxruntime int8": lambda: run_onnxruntime(folder, "onnx_int8"),
        "onnxruntime int8, plain session": lambda: run_plain_session(folder),
    }
    imports, load = runs[runtime]()
    start = time.perf_counter()
    modules = imports()
    imported = time.perf_counter()
    predict = load(modules)
    loaded = time.perf_counter()
    for k in range(10):
        predict(k)
    seconds = []
    for k in range(calls):
        before = time.perf_counter()
        predict(k % N_ROWS)
        seconds.append(time.perf_counter() - before)
    cuts = statistics.quantiles(seconds, n=20, method="inclusive")
    values = [imported - start, loaded - imported, 1000 * cuts[9], 1000 * cuts[18], peak_mb()]
    print(json.dumps(dict(zip(MEASURES, values, strict=True))))


def peak_mb() -> float:
    """The peak of this process alone: getrusage's would start from the parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def measure(runtimes: list[str], folder: Path, repeats: int, calls: int) -> dict[str, Any]:
    found: dict[str, list[dict[str, float]]] = {runtime: [] for runtime in runtimes}
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    for _ in range(repeats):
        for runtime in runtimes:
            words = [
                sys.executable,
                __file__,
                "--child",
                runtime,
                "--folder",
                str(folder),
                "--calls",
                str(calls),
            ]
            run = subprocess.run(words, check=True, capture_output=True, text=True, env=environment)
            found[runtime].append(json.loads(run.stdout))
    return {
        runtime: {
            measure: {
                "median": round(statistics.median(one[measure] for one in ones), 4),
                "values": [round(one[measure], 4) for one in ones],
            }
            for measure in MEASURES
        }
        for runtime, ones in found.items()
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default=",".join([*TABLES, NETWORK]))
    parser.add_argument(
        "--data", type=Path, default=Path("data"), help="relative to the project root; else digits"
    )
    parser.add_argument("--seeds", type=int, default=5, help="of the image classifier")
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--calls", type=int, default=400)
    parser.add_argument("--rows", type=int, default=20_000, help="of the mobile-money table")
    parser.add_argument("--quick", action="store_true", help="a linear model, 2,000 rows, one repeat")
    parser.add_argument("--out", type=Path, default=RESULTS)
    parser.add_argument("--child", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        child(options.child, options.folder, options.calls)
        return 0
    from synda_sk.evaluation._report import versions, write_json

    if options.quick:
        options.models, options.rows, options.repeats, options.calls = TABLES[0], 2_000, 1, 50
    stored = json.loads(options.out.read_text()) if options.out.exists() else {}
    results = stored.get("results", {})
    for name in options.models.split(","):
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder)
            if name == NETWORK:
                runtimes, told = prepare_network(place, ROOT / options.data, options.seeds)
            else:
                runtimes, told = prepare_table(name, place, options.rows)
            costs = measure(["import numpy", *runtimes], place, options.repeats, options.calls)
        results[name] = {"files": told, "runtimes": costs}
        print(f"{name}: {told}")
        for runtime, values in costs.items():
            print(f"  {runtime:32s}", *(f"{key} {value['median']:9.3f}" for key, value in values.items()))
    command = command_line()
    extra = {package: version(package) for package in ("onnx", "onnxruntime", "skl2onnx", "torch")}
    commands = [one for one in stored.get("commands", []) if one != command] + [command]
    write_json(options.out, {"commands": commands, "versions": versions() | extra, "results": results})
    return 0


if __name__ == "__main__":
    sys.exit(main())
