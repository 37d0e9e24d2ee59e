# SPDX-License-Identifier: Apache-2.0
"""The short way in Python: a picture in, the coloured picture out, in kind.

For a path, bytes or a Pillow image the result is a Pillow image; for an array an array of the same
dtype. Neither has a place for all that a photograph's file says of itself, nor has Pillow for 16
bits a channel: whoever wants to keep those reads, colours and writes with :func:`tintype.read`,
:class:`tintype.Colorizer` and :func:`tintype.write`.
"""

import os
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias, overload

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tintype.imaging.arrays import array_of_photograph, photograph_of_array
from tintype.imaging.depth import at_depth
from tintype.imaging.files import read
from tintype.imaging.photograph import Photograph
from tintype.imaging.pillow import join_image, photograph_of_image
from tintype.inference.colorizer import Colorizer
from tintype.spec.hints import Hint
from tintype.spec.options import DEFAULTS, ENGINE_DEFAULTS, FILE_DEFAULTS, ColorizeOptions

Array: TypeAlias = NDArray[Any]
File: TypeAlias = str | os.PathLike[str] | bytes
Picture: TypeAlias = File | Image.Image | Array


@overload
def colorize(
    picture: Array,
    options: ColorizeOptions = ...,
    *,
    hints: Sequence[Hint] = ...,
    reference: Picture | None = ...,
    model: str | Path = ...,
    device: str = ...,
    max_pixels: int = ...,
) -> Array: ...
@overload
def colorize(
    picture: File | Image.Image,
    options: ColorizeOptions = ...,
    *,
    hints: Sequence[Hint] = ...,
    reference: Picture | None = ...,
    model: str | Path = ...,
    device: str = ...,
    max_pixels: int = ...,
) -> Image.Image: ...
def colorize(
    picture: Picture,
    options: ColorizeOptions = DEFAULTS,
    *,
    hints: Sequence[Hint] = (),
    reference: Picture | None = None,
    model: str | Path = ENGINE_DEFAULTS.model,
    device: str = ENGINE_DEFAULTS.device,
    max_pixels: int = FILE_DEFAULTS.max_pixels,
) -> Image.Image | Array:
    """Colour one picture. The network is loaded at the first call and kept.

    Args:
        picture: a file's path or bytes; a Pillow image; or an array, as
            :mod:`tintype.imaging.arrays` has it.
        options: how to colour it.
        hints: places whose colour is known, in pixels of the upright picture.
        reference: a picture in colour, of any of these kinds, whose palette leads.
        model: a network of :data:`tintype.spec.models.MODELS`, or the path of an ONNX file.
        device: where the network runs.
        max_pixels: refuse a file with more than this before any pixel is decoded.

    Returns:
        The picture in colour: for an array ``(H, W, 3)``, or ``(H, W, 4)`` with the opacity it
        had, in its dtype; else a Pillow image of mode RGB or RGBA, 8 bits a channel, upright.

    Raises:
        InputError: the picture cannot be read, or an option cannot be.
        ModelError: the network's file is missing or altered.
        TypeError: ``picture`` or ``reference`` is none of the above.
    """
    colorizer = _load(str(model), device)
    if reference is not None:
        colorizer = colorizer.led_by(_open(reference, "reference", max_pixels))
    colored = colorizer(_open(picture, "picture", max_pixels), options, hints)
    if isinstance(picture, np.ndarray):
        return array_of_photograph(colored, picture.dtype)
    return join_image(at_depth(colored, ("uint8",)))


def _open(picture: Picture, name: str, max_pixels: int) -> Photograph:
    if isinstance(picture, np.ndarray):
        return photograph_of_array(picture)
    if isinstance(picture, Image.Image):
        return photograph_of_image(picture)
    if isinstance(picture, str | os.PathLike | bytes):
        return read(picture, max_pixels=max_pixels)
    raise TypeError(
        f"{name} must be a path, bytes, a Pillow image or a NumPy array; got {type(picture)}"
    )


@lru_cache(maxsize=2)
def _load(model: str, device: str) -> Colorizer:
    return Colorizer(model, device=device)
