# SPDX-License-Identifier: Apache-2.0
import pytest

from tintype.cli.options import option
from tintype.spec.options import ColorizeOptions, EngineOptions, FileOptions


@pytest.mark.parametrize(
    ("options", "name", "metavar"),
    [
        (ColorizeOptions, "vividness", "0..1"),
        (ColorizeOptions, "tone", "auto|keep|off"),
        (FileOptions, "max_pixels", None),
        (EngineOptions, "model", None),
    ],
)
def test_an_option_shows_its_help_and_range(options, name, metavar):
    described = option(options, name)
    assert described.help == options.__dataclass_fields__[name].metadata["help"]
    assert described.metavar == metavar


def test_a_default_that_is_none_is_left_to_the_help():
    assert option(ColorizeOptions, "size").show_default is False
    assert option(ColorizeOptions, "vividness").show_default is True
