"""What scikit-learn asks a meta-estimator: its tags, and where metadata goes."""

from typing import Any

from sklearn.pipeline import Pipeline
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import (
    MetadataRouter,
    MethodMapping,
    _raise_for_params,
    _routing_enabled,
    process_routing,
)

from synda_sk._sparse import why_not_sparse
from synda_sk.typing import FloatArray


class RoutingMixin:
    """Tags from the estimator; own ``sample_weight`` and ``costs``, other metadata to the estimator."""

    _unfitted: Any

    def get_metadata_routing(self) -> MetadataRouter:
        """Return the routing of metadata: own ``sample_weight`` and ``costs``, the rest to the estimator.

        Returns
        -------
        sklearn.utils.metadata_routing.MetadataRouter
            Routing information.
        """
        return (
            MetadataRouter(owner=self)
            .add_self_request(self)
            .add(
                estimator=self._unfitted(),
                method_mapping=MethodMapping().add(caller="fit", callee="fit"),
            )
        )

    def __sklearn_tags__(self):  # type: ignore[no-untyped-def]
        """Return the input tags of the estimator."""
        tags = super().__sklearn_tags__()  # type: ignore[misc]
        estimator = self._unfitted()
        first = estimator.steps[0][1] if isinstance(estimator, Pipeline) else estimator
        if hasattr(first, "__sklearn_tags__"):
            tags.input_tags.allow_nan = get_tags(first).input_tags.allow_nan
        tags.input_tags.string = True
        tags.input_tags.categorical = True
        tags.input_tags.sparse = why_not_sparse(self, estimator) is None
        return tags

    def _routed_fit_params(self, weights: FloatArray | None, params: dict[str, Any]) -> dict[str, Any]:
        if not _routing_enabled():
            _raise_for_params(params, self, "fit")
            return {}
        given = params if weights is None else {**params, "sample_weight": weights}
        routed = dict(process_routing(self, "fit", **given).estimator.fit)
        routed.pop("sample_weight", None)
        return routed
