# SPDX-License-Identifier: Apache-2.0
"""LPIPS and FID, for comparison with what papers print.

Both need networks of other people, fetched on first use: hence an extra of their own, and only on
request. FID here pairs each colouring with the true photograph of the *same* set, as DDColor's
protocol does; sets that are disjoint, as ColTran's, give several times as much. Below a few
thousand photographs it is biased upwards: compare it within one record.

Source: see :mod:`tintype.learn.perceptual`, which has the networks.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tintype.errors import MissingExtra
from tintype.evaluate.classifier import frechet_distances
from tintype.evaluate.examination import TRUE, Evidence, Pictures, Sighting
from tintype.evaluate.measures import NAN, Row
from tintype.metrics.pairs import to_bytes

_LEAST = 64  # pixels of the short side under which AlexNet has no features left to compare


class Perceptual:
    """AlexNet's LPIPS and Inception's FID; threads share it.

    Raises:
        MissingExtra: PyTorch, torchmetrics, torchvision or torch-fidelity is not installed.
        ModelError: the networks' weights cannot be fetched.
    """

    def __init__(self) -> None:
        try:
            from tintype.learn.perceptual import PerceptualNetworks

            self._networks = PerceptualNetworks()
        except ModuleNotFoundError as error:
            raise MissingExtra(
                "LPIPS and FID need PyTorch, torchmetrics, torchvision and torch-fidelity; install "
                "them with: pip install 'tintype[perceptual]'"
            ) from error

    def describe(self) -> Mapping[str, Any]:
        """Both networks, with hashes of their weights."""
        hashes = self._networks.hashes()
        return {
            "kind": "perceptual",
            "lpips": "AlexNet, version 0.1, at the photograph's size",
            "lpips_sha256": hashes["lpips"],
            "fid": "Inception, 299 x 299 as TensorFlow 1 resizes, true photographs of the same set",
            "fid_sha256": hashes["fid"],
        }

    def look(self, pictures: Pictures) -> Sighting:
        """LPIPS to the true photograph; Inception's features are the evidence."""
        others = [name for name in pictures if name != TRUE]
        distances = [NAN] * len(others)
        if min(pictures[TRUE].shape[1:]) >= _LEAST:
            batch = np.stack([pictures[name] for name in others])
            distances = self._networks.lpips(batch, pictures[TRUE])
        features = self._networks.features(to_bytes(np.stack(list(pictures.values()))))
        return Sighting(
            rows={name: {"lpips": value} for name, value in zip(others, distances, strict=True)},
            evidence=dict(zip(pictures, features, strict=True)),
        )

    def conclude(self, evidence: Sequence[Evidence]) -> Mapping[str, Row]:
        """FID of each candidate."""
        return {name: {"fid": value} for name, value in frechet_distances(evidence).items()}
