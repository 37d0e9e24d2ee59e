# SPDX-License-Identifier: Apache-2.0
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from tintype.errors import ModelError, OptionError
from tintype.learn.answer import answer, load_answer
from tintype.learn.network import Network, color_grey


@pytest.fixture(scope="module")
def network(small_network_config) -> Network:
    torch.manual_seed(0)
    return Network(small_network_config).eval()


def test_at_a_size_that_fits_it_is_the_networks_own(network, rng):
    lightness = rng.uniform(0, 100, (64, 96)).astype(np.float32)
    with torch.inference_mode():
        expected = color_grey(network, torch.from_numpy(lightness)[None, None])[0, 1:]
    np.testing.assert_allclose(answer(network, lightness, size=64), expected.numpy(), atol=1e-4)


@settings(max_examples=10)
@given(height=st.integers(1, 90), width=st.integers(1, 90))
def test_any_photograph_keeps_its_aspect_ratio(network, height, width):
    lightness = np.full((height, width), 50, np.float32)
    if max(height, width) > 8 * min(height, width):
        return  # a sliver would be enlarged to thousands of pixels
    chroma = answer(network, lightness, size=64)
    assert chroma.shape[0] == 2
    assert min(chroma.shape[1:]) == 64
    assert chroma.shape[1] / chroma.shape[2] == pytest.approx(height / width, rel=0.02)
    assert np.isfinite(chroma).all()


def test_what_cannot_be_loaded_is_refused(tmp_path):
    with pytest.raises(OptionError, match="no recipe 'gone'"):
        load_answer("gone", tmp_path / "last.ckpt", size=64)
    with pytest.raises(ModelError, match="no checkpoint"):
        load_answer("tintype-s", tmp_path / "last.ckpt", size=64)
