# SPDX-License-Identifier: Apache-2.0
"""Two looks made one: what a place is comes from afar, detail from near."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from tintype.imaging.resize import resize
from tintype.inference.engine import Engine
from tintype.inference.prediction import Prediction
from tintype.inference.scales import merge, scale_hints
from tintype.spec.hints import Hint, hints_to_planes
from tintype.spec.model import CONFIDENCE, LOG_PROBABILITIES


def flat(value: float, size: int) -> np.ndarray:
    return np.full((2, size, size), value, np.float32)


def test_the_far_look_decides_what_a_place_is():
    far, near = Prediction(chroma=flat(10, 4)), Prediction(chroma=flat(-30, 16))
    assert_allclose(merge(far, near).chroma, flat(10, 16), atol=1e-5)


def test_the_near_look_adds_its_detail():
    checks = np.indices((16, 16)).sum(0) % 2 * 8  # mean 4 in every cell of the far one
    near = Prediction(chroma=np.stack((checks, -checks)).astype(np.float32) + 50)
    merged = merge(Prediction(chroma=flat(10, 4)), near)
    assert_allclose(merged.chroma, np.stack((checks - 4, 4 - checks)) + 10, atol=1e-4)


def test_an_engine_that_sees_more_than_its_size_looks_twice(stand_in, rng):
    engine = Engine(stand_in, device="cpu", threads=1)
    lightness = rng.uniform(0, 100, (256, 320)).astype(np.float32)
    want = [CONFIDENCE, LOG_PROBABILITIES]
    far, near = (engine.predict(lightness, size=size, want=want) for size in (None, 128))
    assert near.chroma.shape == (2, 32, 40)
    assert_allclose(resize(near.chroma, (16, 20)), far.chroma, atol=2.0)
    assert np.abs(near.chroma - resize(far.chroma, (32, 40))).max() > 5.0  # but it has detail
    assert near.confidence is not None
    assert near.confidence.shape == (32, 40)
    assert near.log_probabilities is not None
    assert near.log_probabilities.shape == (4, 32, 40)


def test_an_engine_at_its_own_size_looks_once(stand_in, rng, monkeypatch):
    engine = Engine(stand_in, device="cpu", threads=1)
    looks = []
    own = engine._look
    monkeypatch.setattr(engine, "_look", lambda *a, **k: looks.append(1) or own(*a, **k))
    for size in ((64, 64), (200, 271), (1, 3000), (37, 41)):
        looks.clear()
        engine.predict(rng.uniform(0, 100, size).astype(np.float32))
        assert looks == [1]


@pytest.mark.parametrize("radius", [0.5, 30.0])
def test_a_hint_seen_from_afar_keeps_its_color_and_its_place(radius):
    lightness = np.full((96, 128), 60, np.float32)
    planes = hints_to_planes([Hint(70, 40, "#c04030", radius=radius)], lightness, (96, 128))
    small = scale_hints(planes, (24, 32))
    covered = small[2] == 1
    assert covered[10, 17]
    assert covered.sum() < 1.4 * max(planes[2].sum() / 16, 1)
    assert_allclose(
        small[:2, covered].T, np.tile(planes[:2, 40, 70], (covered.sum(), 1)), rtol=1e-4
    )
    assert not small[:, ~covered].any()
