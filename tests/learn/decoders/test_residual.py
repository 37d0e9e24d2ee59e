"""The paper's two decoders: the networks of figures 2 and 3, and what section 5.2 changes."""

from itertools import pairwise

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from tintype.errors import OptionError
from tintype.learn.decoders.residual_concat import ResidualConcatConfig
from tintype.learn.decoders.residual_encoder import ResidualEncoderConfig, ResidualUnits
from tintype.learn.encoders.vgg16 import VGG16Config
from tintype.learn.heads.channel_bins import ChannelBinsConfig
from tintype.learn.heads.uv_regression import UVRegressionConfig
from tintype.learn.network import Network, NetworkConfig

REGRESSION = NetworkConfig(
    encoder=VGG16Config(input=True),
    decoder=ResidualEncoderConfig(),
    head=UVRegressionConfig(),
)
CLASSIFICATION = NetworkConfig(
    encoder=VGG16Config(),
    decoder=ResidualConcatConfig(),
    head=ChannelBinsConfig(),
)
ENCODER = 7_635_264 + 2 * 2_688  # conv1_1 to conv4_3 by hand, and a scale and shift a channel
ENCODER_MULTIPLICATIONS = 13_959_364_608  # at 224 x 224, by hand as in the encoder's own test
SIDE = 224


def conv(c_in: int, c_out: int, kernel: int, *, bias: bool) -> int:
    return kernel * kernel * c_in * c_out + (c_out if bias else 0)


def count(config: NetworkConfig) -> tuple[int, int, tuple[int, ...]]:
    """Parameters, FLOPs and output shape at 224 x 224, without computing anything."""
    with torch.device("meta"):
        network = Network(config)
        with FlopCounterMode(display=False) as flops:
            raw = network(torch.zeros(1, 1, SIDE, SIDE))
    return sum(p.numel() for p in network.parameters()), flops.get_total_flops(), tuple(raw.shape)


def test_figure_2_the_regression_network_at_224():
    parameters, flops, shape = count(REGRESSION)
    assert shape == (1, 2, 224, 224)
    full = SIDE * SIDE
    ways_up = [  # c_in, c_out, kernel, places
        (512, 256, 1, full // 64),
        (256, 128, 3, full // 16),
        (128, 64, 3, full // 4),
        (64, 3, 3, full),
        (3, 3, 3, full),
    ]
    convolutions = sum(conv(a, b, k, bias=False) for a, b, k, _ in ways_up)
    norms = 2 * sum(b for _, b, _, _ in ways_up) + 2 * (256 + 128 + 64 + 3)  # own and laterals'
    head = conv(3, 2, 3, bias=True)
    assert parameters == ENCODER + convolutions + norms + head == 8_144_027
    multiplications = sum(k * k * a * b * places for a, b, k, places in ways_up)
    multiplications += 9 * 3 * 2 * full
    assert flops == 2 * (ENCODER_MULTIPLICATIONS + multiplications)


def test_figure_3_the_classification_network_at_224():
    parameters, flops, shape = count(CLASSIFICATION)
    assert shape == (1, 100, 224, 224)
    full = SIDE * SIDE
    ways_up = [
        (512, 256, 1, full // 64),
        (256, 128, 3, full // 16),
        (128, 64, 3, full // 4),
        (64, 64, 3, full),
    ]
    joined = 256 + 128 + 64 + 64
    final = [(joined, 128), (128, 128), (128, 64)]
    convolutions = sum(conv(a, b, k, bias=False) for a, b, k, _ in ways_up)
    norms = 2 * sum(b for _, b, _, _ in ways_up) + 2 * (256 + 128 + 64)
    last = sum(conv(a, b, 3, bias=True) for a, b in final) + 2 * conv(64, 50, 1, bias=True)
    assert parameters == ENCODER + convolutions + norms + last == 8_996_964
    multiplications = sum(k * k * a * b * places for a, b, k, places in ways_up)
    multiplications += sum(9 * a * b * full for a, b in final) + 2 * 64 * 50 * full
    assert flops == 2 * (ENCODER_MULTIPLICATIONS + multiplications)


def narrow(**decoder) -> NetworkConfig:
    return NetworkConfig(
        encoder=VGG16Config(width=0.1),
        decoder=ResidualConcatConfig(**{"final": (9, 8, 7), **decoder}),
        head=ChannelBinsConfig(),
    )


@pytest.mark.parametrize(
    "decoder",
    [
        {},
        {"merge": "sum", "sum_width": 11},
        {"units": False},
        {"units": False, "merge": "sum"},
        {"final": (8,)},
        {"final": (8, 8)},
        {"widths": (5, 6, 7)},
    ],
)
def test_every_alternative_answers_at_full_size(decoder):
    network = Network(narrow(**decoder))
    assert network(100 * torch.rand(2, 1, 24, 40)).shape == (2, 100, 24, 40)


def test_the_join_concatenates_the_top_and_every_units_map():
    network = Network(narrow())
    channels = network.encoder.channels  # 6, 13, 26, 51
    assert channels == (6, 13, 26, 51)
    assert network.decoder.merge.out_channels == 26 + 13 + 6 + 6
    assert network.decoder.final[0].in_channels == 51


def test_without_units_the_join_is_of_what_the_encoder_gives():
    network = Network(narrow(units=False))
    assert network.decoder.units is None
    assert network.decoder.merge.out_channels == sum(network.encoder.channels)


def test_a_sum_is_the_sum_of_what_a_join_would_hold():
    torch.manual_seed(0)
    merge = ResidualConcatConfig(units=False, merge="sum", sum_width=3).build((2, 4), (1, 2)).merge
    coarse, fine = torch.rand(1, 4, 2, 2), torch.rand(1, 2, 4, 4)
    raised = nn.functional.interpolate(coarse, (4, 4), mode="bilinear")
    expected = nn.functional.conv2d(raised, merge.projections[0].weight)
    expected = expected + nn.functional.conv2d(fine, merge.projections[1].weight)
    torch.testing.assert_close(merge([coarse, fine]), expected, atol=1e-6, rtol=1e-5)


@pytest.mark.parametrize("config", [REGRESSION, CLASSIFICATION])
def test_batch_norm_before_every_relu_but_the_last_few(config):
    """Walk the built network: each ReLU's input is a batch norm, save the final convolutions'."""
    with torch.device("meta"):
        network = Network(config)
    assert all(one.batch_norm is not None for block in network.encoder.layers() for one in block)
    for name, module in network.decoder.named_modules():
        children = list(module.children()) if isinstance(module, nn.Sequential) else []
        for before, after in pairwise(children):
            if isinstance(after, nn.ReLU):
                assert isinstance(before, nn.Conv2d if name == "final" else nn.BatchNorm2d)


def test_new_layers_are_xavier_initialised():
    """Glorot & Bengio 2010: uniform in ±sqrt(6 / (fan in + fan out)), so that is the largest."""
    torch.manual_seed(0)
    network = Network(narrow())
    checked = 0
    for module in [*network.decoder.modules(), *network.head.modules()]:
        if isinstance(module, nn.Conv2d):
            places = module.kernel_size[0] * module.kernel_size[1]
            bound = (6 / (places * (module.in_channels + module.out_channels))) ** 0.5
            assert 0.8 * bound < module.weight.abs().max() <= bound
            assert module.bias is None or not module.bias.any()
            checked += 1
    assert checked == 1 + 3 + 3 + 2


def test_laterals_of_other_channels_are_projected_to_the_widths():
    decoder = ResidualEncoderConfig(widths=(4, 6), final=(5,)).build((3, 8, 20), (2, 4, 8))
    y = decoder((torch.rand(1, 3, 16, 16), torch.rand(1, 8, 8, 8), torch.rand(1, 20, 4, 4)))
    assert y.shape == (1, 5, 16, 16)
    assert (decoder.out_channels, decoder.out_stride) == (5, 2)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: ResidualConcatConfig(merge="product"), "merge must be one of concat, sum"),
        (lambda: ResidualConcatConfig(final=()), "final needs the channels of one 3x3"),
        (
            lambda: ResidualEncoderConfig(widths=(4,)).build((3, 8, 20), (2, 4, 8)),
            "need 2 widths, one for each of the encoder's maps but the coarsest; got 1",
        ),
    ],
)
def test_says_which_option_is_wrong(make, message):
    with pytest.raises(OptionError, match=message):
        make()


def test_without_batch_norm_convolutions_have_a_bias_in_its_place():
    with torch.device("meta"):
        network = Network(narrow(norm=False))
    assert not [m for m in network.decoder.modules() if isinstance(m, nn.BatchNorm2d)]
    assert all(
        m.bias is not None
        for m in network.decoder.modules()
        if isinstance(m, nn.Conv2d) and m.kernel_size == (3, 3)
    )


def test_a_unit_scales_up_adds_and_convolves():
    """By hand: without batch norm, a unit is ReLU(conv(twice as large + the encoder's map))."""
    torch.manual_seed(0)
    units = ResidualUnits((2, 3), norm=False)
    fine, coarse = torch.rand(1, 2, 4, 4), torch.rand(1, 3, 2, 2)
    top, mixed = units((fine, coarse))
    raised = nn.functional.interpolate(top, scale_factor=2, mode="bilinear")
    weight = units.steps[0].mix[0].weight
    expected = nn.functional.conv2d(raised + fine, weight, padding=1).relu()
    torch.testing.assert_close(mixed, expected)
