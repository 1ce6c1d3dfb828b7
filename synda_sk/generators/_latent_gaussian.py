"""The distribution that a variational autoencoder draws the latent vectors of a class from."""

import numpy as np

from synda_sk.typing import FloatArray

PRIOR_ROWS = 5.0


def latent_gaussian(mean: FloatArray, variance: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Fit a Gaussian to the latent vectors of one class, with five pseudo-rows of N(0, I)."""
    n, p = mean.shape
    share = n / (n + PRIOR_ROWS)
    centred = mean.astype(np.float64) - mean.mean(axis=0)
    covariance = centred.T @ centred / n + np.diag(variance.mean(axis=0))
    covariance = share * covariance + (1 - share) * np.eye(p)
    return share * mean.mean(axis=0), np.linalg.cholesky(covariance)
