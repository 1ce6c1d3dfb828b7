"""Labels, tables, weights and seeds: what the other modules share."""

from synda_sk.utils._codec import TableCodec, column_kinds
from synda_sk.utils._containers import Containers
from synda_sk.utils._encoder import TableEncoder
from synda_sk.utils._features import Features, LazyFeatures, check_features, scan_features
from synda_sk.utils._files import write_atomically
from synda_sk.utils._frames import check_same_length, check_table, concat_rows, is_frame, take_rows
from synda_sk.utils._images import as_images, check_image_shape
from synda_sk.utils._kinds import final_estimator, is_boosting, is_forest, is_linear, is_logistic
from synda_sk.utils._labels import missing_values, split_missing
from synda_sk.utils._network import NetworkMixin, Training, hold_out
from synda_sk.utils._optional import import_optional
from synda_sk.utils._random import SeedStreams, set_seed
from synda_sk.utils._restore import restored_on_failure
from synda_sk.utils._rows import (
    RowSource,
    SampledRows,
    SubsetRows,
    TableRows,
    as_rows,
    evenly_spaced,
    fill_rows,
    make_parts,
    sample_rows,
    stack_rows,
)
from synda_sk.utils._weights import check_weights, fit_weighted, weight_route

__all__ = [
    "Containers",
    "Features",
    "LazyFeatures",
    "NetworkMixin",
    "RowSource",
    "SampledRows",
    "SeedStreams",
    "SubsetRows",
    "TableCodec",
    "TableEncoder",
    "TableRows",
    "Training",
    "as_images",
    "as_rows",
    "check_features",
    "check_image_shape",
    "check_same_length",
    "check_table",
    "check_weights",
    "column_kinds",
    "concat_rows",
    "evenly_spaced",
    "fill_rows",
    "final_estimator",
    "fit_weighted",
    "hold_out",
    "import_optional",
    "is_boosting",
    "is_forest",
    "is_frame",
    "is_linear",
    "is_logistic",
    "make_parts",
    "missing_values",
    "restored_on_failure",
    "sample_rows",
    "scan_features",
    "set_seed",
    "split_missing",
    "stack_rows",
    "take_rows",
    "weight_route",
    "write_atomically",
]
