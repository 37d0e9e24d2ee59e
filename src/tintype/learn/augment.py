# SPDX-License-Identifier: Apache-2.0
"""What happens to a photograph between the cache and the network.

Every draw comes from a generator that the sampler seeds with the sample's own number, so a run
that was stopped draws the same crops when it goes on.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Augment:
    """How training crops are drawn."""

    area: tuple[float, float] = (0.5, 1.0)  # share of the largest crop's area
    ratio: float = 4 / 3  # most extreme width : height of a crop, either way
    flip: bool = True  # left to right, half of the time
    hinted: float = 0.0  # share of the crops that show some of their colours to the network
    points: float = 8.0  # mean number of hints on those, geometrically distributed from 1 on
    patch: int = 9  # largest side of a hint, pixels
    exposure: float = 0.0  # |ln γ| at most, of the power that some crops' lightness goes through
    grain: float = 0.0  # standard deviation at most, L*, of the noise on some
    fade: float = 0.0  # share at most of the range that black, and white, lose on some
    blur: float = 0.0  # standard deviation at most, pixels, of the softness of some


@dataclass(frozen=True, slots=True)
class Crop:
    """A rectangle of a photograph, in whole pixels, and whether it is mirrored."""

    top: int
    left: int
    height: int
    width: int
    mirrored: bool


def draw_crop(augment: Augment, height: int, width: int, rng: np.random.Generator) -> Crop:
    """Draw a crop of a ``height`` x ``width`` photograph."""
    ratio = np.exp(rng.uniform(-1, 1) * np.log(augment.ratio))
    share = rng.uniform(*augment.area)
    largest = min(height * width, height * height * ratio, width * width / ratio)
    crop_width = min(width, max(1, round(np.sqrt(share * largest * ratio))))
    crop_height = min(height, max(1, round(np.sqrt(share * largest / ratio))))
    return Crop(
        top=int(rng.integers(height - crop_height + 1)),
        left=int(rng.integers(width - crop_width + 1)),
        height=crop_height,
        width=crop_width,
        mirrored=bool(augment.flip and rng.random() < 0.5),
    )


def draw_hints(augment: Augment, side: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Draw where a crop's colours are shown: ``(side, side)``, 1 there and 0 elsewhere.

    Square patches at random places, as few and as small as a person sets them.

    Source: Zhang et al. 2017 (arXiv 1705.02999), section 3.2: a geometric number of patches of 1
    to 9 pixels, none at all in some pictures.
    """
    mask = np.zeros((side, side), np.uint8)
    if rng.random() < augment.hinted:
        for _ in range(rng.geometric(1 / augment.points)):
            size = int(rng.integers(1, augment.patch + 1))
            top, left = rng.integers(0, side - size + 1, 2)
            mask[top : top + size, left : left + size] = 1
    return mask


def cut_crop(pixels: np.ndarray, crop: Crop, side: int) -> np.ndarray:
    """Cut ``crop`` out of ``(H, W, 3)`` uint8 and scale it to ``(3, side, side)`` uint8.

    Reduced by area averaging, enlarged bilinearly.
    """
    part = pixels[crop.top : crop.top + crop.height, crop.left : crop.left + crop.width]
    smaller = side <= min(crop.height, crop.width)
    scaled = cv2.resize(
        part, (side, side), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    )
    if crop.mirrored:
        scaled = scaled[:, ::-1]
    return np.ascontiguousarray(scaled.transpose(2, 0, 1))


def center_crop(height: int, width: int) -> Crop:
    """The largest square in the middle."""
    side = min(height, width)
    return Crop((height - side) // 2, (width - side) // 2, side, side, mirrored=False)
