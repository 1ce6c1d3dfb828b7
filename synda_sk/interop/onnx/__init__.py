"""Models as ONNX files, checked against the original, and run by onnxruntime alone.

``load`` needs NumPy and onnxruntime and imports nothing else, scikit-learn
included; ``export`` brings what it needs when it is first asked for.
"""

from typing import TYPE_CHECKING, Any

from synda_sk.interop.onnx._model import OnnxModel, load

if TYPE_CHECKING:
    from synda_sk.interop.onnx._export import export

__all__ = ["OnnxModel", "export", "load"]


def __getattr__(name: str) -> Any:
    if name != "export":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from synda_sk.interop.onnx._export import export

    return export
