# SPDX-License-Identifier: Apache-2.0
"""Other people's networks that measures are made of: AlexNet for LPIPS, Inception for FID.

NumPy in, NumPy out. Making one fetches its weights on first use, so nothing makes one unasked.

Source: R. Zhang et al., arXiv:1801.03924 (LPIPS, version 0.1); M. Heusel et al., arXiv:1706.08500
(FID), on the TensorFlow network's weights as torch-fidelity ported them, with its resizing.
"""

import hashlib

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torchmetrics.image.fid import FrechetInceptionDistance
from torchmetrics.image.lpip import LearnedPerceptualImagePatchSimilarity

from tintype.errors import ModelError

_FEATURES = 2048  # of Inception's last pooling, the layer that FID means


class PerceptualNetworks:
    """Both networks; threads may share them.

    Raises:
        ModelError: their weights cannot be fetched.
        ModuleNotFoundError: torchvision or torch-fidelity is not installed.
    """

    def __init__(self) -> None:
        try:
            lpips = LearnedPerceptualImagePatchSimilarity(net_type="alex")
            fid = FrechetInceptionDistance(feature=_FEATURES, antialias=False)
        except OSError as error:
            raise ModelError(
                f"the weights of LPIPS or FID cannot be fetched: {error}; both are needed, once"
            ) from error
        self._lpips: nn.Module = lpips.net.eval()
        self._inception: nn.Module = fid.inception.eval()

    def lpips(self, pictures: NDArray[np.float32], true: NDArray[np.float32]) -> list[float]:
        """LPIPS of ``(N, 3, H, W)`` pictures to one ``(3, H, W)``, encoded sRGB in [0, 1]."""
        with torch.inference_mode():
            batch = torch.from_numpy(pictures)
            distances = self._lpips(batch, torch.from_numpy(true).expand_as(batch), normalize=True)
        found: list[float] = distances.flatten().tolist()
        return found

    def features(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """``(N, 2048)`` Inception features of ``(N, 3, H, W)`` 8-bit sRGB."""
        with torch.inference_mode():
            return np.asarray(self._inception(torch.from_numpy(pictures)).numpy())

    def hashes(self) -> dict[str, str]:
        """SHA-256 of each network's weights, tensors in the order of their names."""
        return {"lpips": _hash(self._lpips), "fid": _hash(self._inception)}


def _hash(network: nn.Module) -> str:
    digest = hashlib.sha256()
    for _, tensor in sorted(network.state_dict().items()):
        digest.update(tensor.cpu().numpy().tobytes())
    return digest.hexdigest()
