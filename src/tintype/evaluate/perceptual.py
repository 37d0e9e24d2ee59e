# SPDX-License-Identifier: Apache-2.0
"""LPIPS and FID, through torchmetrics, for comparison with what papers print.

Both need networks of other people, which torchvision and torch-fidelity fetch on first use: hence
an extra of their own, and only on request. FID here pairs each colouring with the true photograph
of the *same* set, as DDColor's protocol does; sets that are disjoint, as ColTran's, give several
times as much. Below a few thousand photographs it is biased upwards; compare it within one record.

Source: R. Zhang et al., arXiv:1801.03924 (LPIPS, version 0.1); M. Heusel et al., arXiv:1706.08500
(FID), on the TensorFlow network's weights as torch-fidelity ported them, with its resizing.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tintype.errors import MissingExtra, ModelError
from tintype.evaluate.classifier import frechet_distances
from tintype.evaluate.examination import TRUE, Pictures, Sighting
from tintype.evaluate.measures import NAN, Row
from tintype.metrics.pairs import to_bytes

_LEAST = 64  # pixels of the short side under which AlexNet has no features left to compare
_FEATURES = 2048  # of Inception's last pooling, the layer that FID means


class Perceptual:
    """AlexNet's LPIPS and Inception's FID; threads share it.

    Raises:
        MissingExtra: torchmetrics, torchvision or torch-fidelity is not installed.
        ModelError: the networks' weights cannot be had.
    """

    def __init__(self) -> None:
        try:
            import torch
            from torchmetrics.image.fid import FrechetInceptionDistance
            from torchmetrics.image.lpip import LearnedPerceptualImagePatchSimilarity

            lpips = LearnedPerceptualImagePatchSimilarity(net_type="alex")
            fid = FrechetInceptionDistance(feature=_FEATURES, antialias=False)
        except ModuleNotFoundError as error:
            raise MissingExtra(
                "LPIPS and FID need torchmetrics, torchvision and torch-fidelity; install them "
                "with: pip install 'tintype[perceptual]'"
            ) from error
        except OSError as error:  # a download that failed
            raise ModelError(
                f"the weights of LPIPS or FID cannot be fetched: {error}; they are needed once"
            ) from error
        self._torch = torch
        self._lpips, self._inception = lpips.net.eval(), fid.inception.eval()

    def describe(self) -> Mapping[str, Any]:
        """Both networks, with hashes of their weights."""
        return {
            "kind": "perceptual",
            "lpips": "AlexNet, 0.1, at the photograph's size",
            "lpips_sha256": _hash_weights(self._lpips),
            "fid": "Inception, 299 x 299 as TensorFlow 1 resizes, true photographs of the same set",
            "fid_sha256": _hash_weights(self._inception),
        }

    def look(self, pictures: Pictures) -> Sighting:
        """LPIPS to the true photograph; Inception's features are the evidence."""
        others = [name for name in pictures if name != TRUE]
        distances = [NAN] * len(others)
        with self._torch.inference_mode():
            if min(pictures[TRUE].shape[1:]) >= _LEAST:
                batch = self._torch.from_numpy(np.stack([pictures[name] for name in others]))
                true = self._torch.from_numpy(pictures[TRUE])[None].expand_as(batch)
                distances = self._lpips(batch, true, normalize=True).flatten().tolist()
            every = self._torch.from_numpy(to_bytes(np.stack(list(pictures.values()))))
            features = self._inception(every).numpy()
        return Sighting(
            rows={name: {"lpips": value} for name, value in zip(others, distances, strict=True)},
            evidence=dict(zip(pictures, features, strict=True)),
        )

    def conclude(self, evidence: Sequence[Pictures]) -> Mapping[str, Row]:
        """FID of each candidate."""
        return {name: {"fid": value} for name, value in frechet_distances(evidence).items()}


def _hash_weights(module: Any) -> str:
    """SHA-256 over a network's tensors, in the order of their names."""
    digest = hashlib.sha256()
    for _, tensor in sorted(module.state_dict().items()):
        digest.update(tensor.cpu().numpy().tobytes())
    return digest.hexdigest()
