"""lambda_t from the model's own doubt."""

import numpy as np

from synda_sk.typing import FloatArray

_LEAST = 0.8  # from which on every lambda was about equally good on the tables measured


def adaptive_weight(uncertainty: FloatArray) -> float:
    r"""Return :math:`\lambda_t = 1 - 0.2\,\frac{1}{N} \sum_x u_t(x)`, in [0.8, 1].

    A model that doubts everything knows little of where to ask, so that what is
    typical of the pool counts for more; as its doubts narrow down to few rows,
    lambda goes to 1 (proposal, 2.2.1, asks for a weight from the model's state).

    Parameters
    ----------
    uncertainty : ndarray of shape (n_pool,)
        u(x) of the pool; its mean is clipped to [0, 1].

    Returns
    -------
    float
        The weight; 1 for an empty pool.
    """
    mean = float(np.clip(uncertainty.mean(), 0.0, 1.0)) if len(uncertainty) else 0.0
    return 1.0 - (1.0 - _LEAST) * mean
