# SPDX-License-Identifier: Apache-2.0
import pytest
import torch
from torch.testing import assert_close

from tintype.learn.decoders.pyramid import Attention, Pool, PyramidConfig, Step

CHANNELS, STRIDES = (4, 6, 8, 10, 12), (2, 4, 8, 16, 32)


def features(height=2, width=3, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return tuple(
        torch.randn(2, c, height * 32 // s, width * 32 // s, generator=generator)
        for c, s in zip(CHANNELS, STRIDES, strict=True)
    )


@pytest.mark.parametrize("context", ["attention", "pool", "none"])
def test_one_map_at_a_quarter_of_the_input(context):
    config = PyramidConfig(widths=(8, 12, 16), blocks=(1, 2, 1), top=16, context=context)
    decoder = config.build(CHANNELS, STRIDES)
    assert decoder(features()).shape == (2, 8, 16, 24)
    assert (decoder.out_channels, decoder.out_stride) == (8, 4)


@pytest.mark.parametrize("context", [Attention, Pool])
def test_one_place_reaches_every_place(context):
    torch.manual_seed(0)
    part = context(8).eval()
    torch.nn.init.normal_(part.out.weight)  # as if trained
    one = torch.randn(1, 8, 3, 4)
    two = one.clone()
    two[:, :, 0, 0] += 3.0
    assert ((part(one) - part(two)).abs().amax(dim=1) > 0).all()


@pytest.mark.parametrize("context", [Attention, Pool])
def test_context_starts_as_no_change(context):
    assert context(8)(torch.randn(1, 8, 3, 4)).abs().max() == 0


def test_attention_is_softmax_of_scaled_products():
    torch.manual_seed(0)
    attention = Attention(8, heads=2).eval()
    torch.nn.init.normal_(attention.out.weight)
    x = torch.randn(1, 8, 2, 3)
    packed = attention.query_key_value(attention.norm(x)).reshape(3, 2, 4, 6)
    q, k, v = packed
    mixed = torch.empty(2, 4, 6)
    for head in range(2):
        scores = (q[head].T @ k[head]) / 4**0.5
        mixed[head] = v[head] @ scores.softmax(dim=1).T
    expected = attention.out(mixed.reshape(1, 8, 2, 3))
    assert_close(attention(x), expected, atol=1e-5, rtol=1e-5)


def test_folding_the_merge_changes_nothing():
    torch.manual_seed(0)
    step = Step(below=5, lateral=6, width=7, count=1)
    with torch.no_grad():
        for _ in range(3):  # statistics that are not those of a new norm
            step(torch.randn(2, 5, 4, 4) + 1, torch.randn(2, 6, 8, 8) * 2)
        step.merge.weight.normal_()
        step.merge.bias.normal_()
    step.eval()
    x, lateral = torch.randn(1, 5, 4, 4), torch.randn(1, 6, 8, 8)
    before = step(x, lateral)
    step.fold_merge()
    assert_close(step(x, lateral), before, atol=1e-5, rtol=1e-5)
