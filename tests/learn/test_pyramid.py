# SPDX-License-Identifier: Apache-2.0
import pytest
import torch
from torch.testing import assert_close

from tintype.errors import OptionError
from tintype.learn.decoders.pyramid import Attention, HintPool, Pool, PyramidConfig, Separable, Step

CHANNELS, STRIDES = (4, 6, 8, 10, 12), (2, 4, 8, 16, 32)


def features(height=2, width=3, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return tuple(
        torch.randn(2, c, height * 32 // s, width * 32 // s, generator=generator)
        for c, s in zip(CHANNELS, STRIDES, strict=True)
    )


@pytest.mark.parametrize("context", ["attention", "pool", "none"])
@pytest.mark.parametrize(("mixing", "stride"), [("dense", 32), ("separable", 16)])
def test_one_map_at_a_quarter_of_the_input(context, mixing, stride):
    config = PyramidConfig(
        widths=(8, 12, 16),
        blocks=(1, 2, 1),
        top=16,
        mixing=mixing,
        context=context,
        context_stride=stride,
    )
    decoder = config.build(CHANNELS, STRIDES)
    assert decoder(features()).shape == (2, 8, 16, 24)
    assert (decoder.out_channels, decoder.out_stride) == (8, 4)


def test_a_pyramid_without_the_coarsest_map_mixes_at_what_is_left():
    config = PyramidConfig(
        widths=(8, 12), blocks=(1, 2, 2), mixing="separable", top=16, context_stride=16
    )
    decoder = config.build(CHANNELS[:4], STRIDES[:4])
    assert decoder(features()[:4]).shape == (2, 8, 16, 24)
    assert [isinstance(part, Separable) for part in decoder.top] == [False] * 3 + [True] * 2
    assert [len(step.mix) for step in decoder.steps] == [1, 2]


def test_a_pyramid_cut_at_its_coarsest_map_answers_as_the_whole_one_where_that_map_says_nothing():
    torch.manual_seed(0)
    shared = {"mixing": "separable", "context_stride": 16, "hints": True}
    config = PyramidConfig(widths=(8, 12, 16), blocks=(1, 1, 2), top=20, **shared)
    whole = config.build(CHANNELS, STRIDES)
    whole(features())  # norms with statistics of their own
    torch.nn.init.zeros_(whole.steps[2].narrow.weight)
    cut = PyramidConfig(widths=(8, 12), blocks=(1, 1, 2), top=16, **shared).build(
        CHANNELS[:4], STRIDES[:4]
    )
    kept = cut.rename(whole.state_dict())
    cut.load_state_dict({name: kept[name] for name in cut.state_dict()})
    given = features(seed=1)
    assert_close(cut.eval()(given[:4]), whole.eval()(given))
    assert cut.rename(cut.state_dict()).keys() == cut.state_dict().keys()


@pytest.mark.parametrize("blocks", [(1, 1), (1, 1, 1, 1, 1)])
def test_blocks_that_belong_to_no_width_are_refused(blocks):
    with pytest.raises(OptionError, match="as many as widths, 3, or one more; got"):
        PyramidConfig(widths=(8, 8, 8), blocks=blocks)


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
    step = Step(below=5, lateral=6, width=7, count=1, mixing="dense")
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


def test_a_separable_block_sees_5x5_and_keeps_what_it_is_given():
    torch.manual_seed(0)
    block = Separable(3).eval()
    block.mix[1].bias.data.fill_(9.0)  # so that nothing is cut off
    at = torch.zeros(1, 3, 9, 9, requires_grad=True)
    (seen,) = torch.autograd.grad(block(at)[0, :, 4, 4].sum(), at)
    assert (seen.abs().sum((0, 1)) > 0).nonzero().amin(0).tolist() == [2, 2]
    torch.nn.init.zeros_(block.mix[0].weight)
    torch.nn.init.zeros_(block.mix[1].bias)
    x = torch.randn(1, 3, 4, 4)
    assert_close(block(x), x)


def hinted_decoder():
    torch.manual_seed(0)
    config = PyramidConfig(widths=(8, 12, 16), blocks=(1, 1, 1), top=16, hints=True)
    return config.build(CHANNELS, STRIDES).eval()


def test_no_hint_is_the_same_as_none_and_hints_change_nothing_before_they_are_trained():
    decoder = hinted_decoder()
    hints = torch.randn(2, 3, 64, 96)
    hints[:, 2] = (hints[:, 2] > 1).float()
    plain = decoder(features())
    assert_close(decoder(features(), hints), plain)
    for pool in decoder.hints:
        torch.nn.init.normal_(pool.spread.weight)  # as if trained
    assert_close(decoder(features(), torch.zeros(2, 3, 64, 96)), plain)
    assert (decoder(features(), hints) - plain).abs().max() > 0.1


def test_a_point_says_its_colour_as_loudly_as_a_patch():
    pool = HintPool(stride=4, width=4)
    identity = torch.eye(4)[:, :, None, None]
    pool.spread.weight.data = torch.nn.functional.pad(identity, (1, 1, 1, 1))
    hints = torch.zeros(1, 3, 8, 8)
    hints[0, :, 1, 2] = torch.tensor([60.0, -30.0, 1.0])  # one pixel of the first cell
    hints[0, :, 4:, 4:] = torch.tensor([60.0, -30.0, 1.0])[:, None, None]  # all of the last
    point, patch = pool(hints)[0, :, 0, 0], pool(hints)[0, :, 1, 1]
    assert_close(point, torch.tensor([0.6, -0.3, 1.0, 0.25]))
    assert_close(patch, torch.tensor([0.6, -0.3, 1.0, 1.0]))
    assert pool(hints)[0, :, 0, 1].abs().max() == 0


def test_what_is_not_to_be_had_is_refused():
    with pytest.raises(OptionError, match="mixing must be one of dense, separable; got 'sparse'"):
        PyramidConfig(mixing="sparse")
    with pytest.raises(OptionError, match="context_stride must be one of 4, 8, 16, 32; got 64"):
        PyramidConfig(widths=(8, 8, 8), blocks=(1, 1, 1), context_stride=64).build(
            CHANNELS, STRIDES
        )
