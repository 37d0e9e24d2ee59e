# SPDX-License-Identifier: Apache-2.0
"""Does the colouring help to see what is there? A fixed classifier's answers and features.

A grey photograph puzzles a classifier that was trained on colour; a good colouring brings its
answers back to those that it gives on the true photograph. ``top1_agreement`` counts that;
``frechet_distance`` compares the whole clouds of features.

The Fréchet distance is "FID" only on one particular Inception network's features, resized in one
particular way. On any other features it must be named after them, and quoted with the number of
pictures: the estimate is biased upwards when they are few. Generated and true pictures of the
*same* photographs (as here) give far smaller values than disjoint sets.

Source: agreement after Zhang, Isola and Efros, ECCV 2016, section 3.1 ("semantic
interpretability"); distance: D. C. Dowson and B. V. Landau, J. Multivariate Analysis 12, 1982,
and M. Heusel et al., arXiv:1706.08500, equation 6.
"""

import numpy as np
from numpy.typing import NDArray

from tintype.metrics.pairs import Array, Numbers


def top1_agreement(answers: NDArray[np.integer], true_answers: NDArray[np.integer]) -> float:
    """Share of photographs on which the classifier says the same as on the true photograph.

    Args:
        answers: ``(N,)`` its most likely class on each colouring.
        true_answers: ``(N,)`` the same on the true photographs.

    Returns:
        In [0, 1].

    Raises:
        ValueError: the shapes differ or are empty.
    """
    if answers.shape != true_answers.shape or answers.ndim != 1 or not answers.size:
        raise ValueError(
            f"answers must be two (N,) of one length, got {answers.shape}, {true_answers.shape}"
        )
    return float(np.mean(answers == true_answers))


def frechet_distance(features: Array, true_features: Array) -> float:
    """Squared Fréchet distance between the Gaussians fitted to two clouds of features.

    Args:
        features: ``(N, D)``, N ≥ 2, of the colourings.
        true_features: ``(M, D)``, M ≥ 2, of true photographs.

    Returns:
        |µ1 - µ2|² + tr(Σ1 + Σ2 - 2 (Σ1 Σ2)^½), not below 0.

    Raises:
        ValueError: the arrays are not two clouds in one space.
    """
    if features.ndim != 2 or true_features.ndim != 2 or features.shape[1] != true_features.shape[1]:
        raise ValueError(
            f"features must be (N, D) and (M, D), got {features.shape} and {true_features.shape}"
        )
    if min(len(features), len(true_features)) < 2:
        raise ValueError(
            f"a covariance needs 2 pictures or more, got {len(features)} and {len(true_features)}"
        )
    mean, true_mean = features.mean(axis=0), true_features.mean(axis=0)
    distance = np.sum((mean - true_mean) ** 2, dtype=np.float64)
    factor, true_factor = _covariance_factor(features), _covariance_factor(true_features)
    spread = np.sum(factor**2) + np.sum(true_factor**2)
    # With Σ = FᵀF, the eigenvalues of Σ1 Σ2 are the squared singular values of F1 F2ᵀ: exact,
    # and real, however singular the covariances are.
    shared = np.linalg.svd(factor @ true_factor.T, compute_uv=False).sum()
    return max(0.0, float(distance + spread - 2 * shared))


def _covariance_factor(features: Array) -> Numbers:
    """``(min(N, D), D)`` F with FᵀF the unbiased covariance of the ``(N, D)`` rows."""
    centred = features.astype(np.float64) - features.mean(axis=0, dtype=np.float64)
    return np.asarray(np.linalg.qr(centred, mode="r") / np.sqrt(len(features) - 1))
