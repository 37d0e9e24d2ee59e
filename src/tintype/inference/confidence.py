# SPDX-License-Identifier: Apache-2.0
"""How sure the network is of the colours of a photograph, place by place."""

import io
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from tintype.imaging.photograph import Photograph
from tintype.imaging.resize import resize
from tintype.inference.engine import Engine
from tintype.inference.view import look
from tintype.spec.hints import Hint
from tintype.spec.model import CONFIDENCE
from tintype.spec.options import DEFAULTS, ColorizeOptions


def find_confidence(
    engine: Engine,
    photograph: Photograph,
    options: ColorizeOptions = DEFAULTS,
    hints: Sequence[Hint] = (),
) -> NDArray[np.float32]:
    """Map a photograph's confidence.

    Args:
        engine: a loaded network.
        photograph: its first page is looked at.
        options: how it would be coloured.
        hints: places whose colour is known, in pixels of the photograph.

    Returns:
        ``(h, w)`` float32 in [0, 1], about as large as the network sees it; 1 where one colour
        alone is likely, and on the border around the picture, which stays as it is.

    Raises:
        OptionError: a hint lies outside the photograph, or the network takes none.
        ModelError: the network failed, mostly for want of memory.
    """
    view = look(engine, photograph, options, hints)
    found = engine.run(view.greys, view.hints, want=[CONFIDENCE]).confidence
    assert found is not None  # it was asked for
    frame = view.tone.frame
    scale = max(view.greys[0].shape) / max(frame.size)  # pixels of the map for one of it
    top, left = round(frame.top * scale), round(frame.left * scale)
    height, width = (max(1, round(side * scale)) for side in frame.size)
    rows, columns = (round(side * scale) for side in photograph.size)
    whole = np.ones((max(rows, top + height), max(columns, left + width)), np.float32)
    whole[top : top + height, left : left + width] = resize(found, (height, width))
    return np.clip(whole, 0.0, 1.0)


def encode_confidence(confidence: NDArray[np.float32]) -> bytes:
    """A map of confidence as a grey PNG file: white for 1, black for 0."""
    buffer = io.BytesIO()
    Image.fromarray(np.rint(255 * confidence).astype(np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()
