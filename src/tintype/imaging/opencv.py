# SPDX-License-Identifier: Apache-2.0
"""OpenCV's arrays to ours and back: its channels run blue, green, red and alpha."""

import cv2
import numpy as np

from tintype.errors import UnsupportedImage
from tintype.imaging.photograph import Photograph, Pixels


def from_bgr(decoded: Pixels) -> tuple[Pixels, Pixels | None]:
    """Turn what OpenCV decoded into samples ``(H, W)`` or ``(H, W, 3)`` RGB, and alpha or None."""
    if decoded.ndim == 2:
        return decoded, None
    if decoded.shape[2] == 3:
        return np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGR2RGB)), None
    if decoded.shape[2] == 4:
        rgb = np.asarray(cv2.cvtColor(decoded, cv2.COLOR_BGRA2RGB))
        return rgb, np.asarray(cv2.extractChannel(decoded, 3))
    raise UnsupportedImage(
        f"pictures of {decoded.shape[2]} channels are not read; convert it to RGB or grey"
    )


def to_bgr(photograph: Photograph) -> Pixels:
    """Give a photograph the shape that OpenCV encodes: grey, BGR or, with alpha, BGRA."""
    pixels, alpha = photograph.pixels, photograph.alpha
    if alpha is None:
        return pixels if photograph.is_grey else np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))
    red, green, blue = (pixels,) * 3 if photograph.is_grey else cv2.split(pixels)
    return np.asarray(cv2.merge((blue, green, red, alpha)))
