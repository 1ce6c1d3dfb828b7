"""Smaller networks: prune, factorize, quantize, distill, and what that saves. Needs the extra ``torch``."""

from synda_sk.compression._classifier_distillation import distill_classifier
from synda_sk.compression._distillation import distill
from synda_sk.compression._factorization import factorize
from synda_sk.compression._files import from_bytes, load, n_bytes, save, to_bytes
from synda_sk.compression._pruning import prune
from synda_sk.compression._quantization import quantize
from synda_sk.compression._report import CompressionReport, report
from synda_sk.compression._training import finetune

__all__ = [
    "CompressionReport",
    "distill",
    "distill_classifier",
    "factorize",
    "finetune",
    "from_bytes",
    "load",
    "n_bytes",
    "prune",
    "quantize",
    "report",
    "save",
    "to_bytes",
]
