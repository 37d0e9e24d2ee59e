# SPDX-License-Identifier: Apache-2.0
from dataclasses import FrozenInstanceError, fields

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tintype.errors import OptionError
from tintype.imaging.formats import FORMATS
from tintype.spec.options import (
    DEFAULTS,
    HELP,
    ColorizeOptions,
    EngineOptions,
    FileOptions,
    FolderOptions,
    SampleOptions,
)

CLASSES = (ColorizeOptions, SampleOptions, FileOptions, EngineOptions, FolderOptions)


def test_no_two_options_share_a_name():
    assert len(HELP) == sum(len(fields(options)) for options in CLASSES)


def test_every_help_is_one_sentence_that_fits_a_terminal():
    assert all(text.endswith(".") and len(text) < 90 for text in HELP.values())


def test_every_default_is_valid():
    for options in CLASSES:
        options()


def test_every_format_can_be_chosen():
    assert all(FileOptions(format=row.name).format == row.name for row in FORMATS)


@pytest.mark.parametrize(
    ("options", "given", "message"),
    [
        (ColorizeOptions, {"vividness": 1.1}, r"vividness must be in \[0.0, 1.0\], got 1.1"),
        (ColorizeOptions, {"vividness": float("nan")}, "vividness must be .* got nan"),
        (ColorizeOptions, {"saturation": -0.1}, "saturation must be .* got -0.1"),
        (ColorizeOptions, {"saturation": float("inf")}, "saturation must be .* got inf"),
        (ColorizeOptions, {"size": 32}, r"size must be in \[64, 2048\], got 32"),
        (ColorizeOptions, {"tone": "sepia"}, "tone must be one of auto, keep, off; got 'sepia'"),
        (ColorizeOptions, {"tone": None}, "tone must be one of .* got None"),
        (FileOptions, {"max_pixels": 0}, "max_pixels must be at least 1, got 0"),
        (FileOptions, {"format": "gif"}, "format must be one of jpeg, .* got 'gif'"),
        (FileOptions, {"quality": 101}, r"quality must be in \[1, 100\], got 101"),
        (EngineOptions, {"device": "abacus"}, "device must be one of auto, cpu, .* 'abacus'"),
    ],
)
def test_what_is_out_of_range_is_refused_with_the_range(options, given, message):
    with pytest.raises(OptionError, match=message):
        options(**given)


@given(vividness=st.floats(0, 1), saturation=st.floats(0, 3), size=st.integers(64, 2048))
def test_what_is_in_range_is_taken_as_it_is(vividness, saturation, size):
    options = ColorizeOptions(vividness=vividness, saturation=saturation, size=size)
    assert (options.vividness, options.saturation, options.size) == (vividness, saturation, size)


def test_options_are_frozen():
    with pytest.raises(FrozenInstanceError):
        DEFAULTS.vividness = 0.1
