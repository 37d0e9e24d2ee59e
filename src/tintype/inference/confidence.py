# SPDX-License-Identifier: Apache-2.0
"""How sure the network is of the colours of a photograph, place by place."""

import numpy as np
from numpy.typing import NDArray

from tintype.imaging.photograph import Photograph
from tintype.imaging.resize import resize
from tintype.imaging.tone import read_tone
from tintype.inference.engine import Engine
from tintype.spec.model import CONFIDENCE


def find_confidence(engine: Engine, photograph: Photograph) -> NDArray[np.float32]:
    """Map a photograph's confidence.

    Args:
        engine: a loaded network.
        photograph: its first page is looked at.

    Returns:
        ``(h, w)`` float32 in [0, 1], about as large as the network sees it; 1 where one colour
        alone is likely, and on the border around the picture, which stays as it is.

    Raises:
        ModelError: the network failed, mostly for want of memory.
    """
    tone = read_tone(photograph)
    frame = tone.frame
    grey = tone.clean_lightness(engine.network_size(frame.size))
    found = engine.run(grey, want=[CONFIDENCE]).confidence
    assert found is not None  # it was asked for
    scale = max(grey.shape) / max(frame.size)  # pixels of the map per pixel of the photograph
    top, left = round(frame.top * scale), round(frame.left * scale)
    height, width = (max(1, round(side * scale)) for side in frame.size)
    rows, columns = (round(side * scale) for side in photograph.size)
    whole = np.ones((max(rows, top + height), max(columns, left + width)), np.float32)
    whole[top : top + height, left : left + width] = resize(found, (height, width))
    return np.clip(whole, 0.0, 1.0)
