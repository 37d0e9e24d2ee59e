# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest

from tintype.color.luv import rgb_to_luv
from tintype.metrics.displayable import undisplayable_share


def test_the_share_of_impossible_colours():
    # At L* 50: grey, a red that sRGB has, one beyond every display; and white with chroma.
    luv = np.array([[50, 50, 50, 100], [0, 60, 300, 50], [0, 10, 100, 0]], dtype=float)[:, None]
    assert undisplayable_share(luv) == pytest.approx(0.5)


def test_photographs_have_none(true, dtype):
    assert undisplayable_share(rgb_to_luv(true.astype(dtype))) == 0
