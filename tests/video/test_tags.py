# SPDX-License-Identifier: Apache-2.0
"""Colour tags: what is left open is filled in as players do; what we cannot colour is refused."""

import pytest
from av.video.reformatter import ColorPrimaries, ColorTrc

from tintype.errors import UnsupportedFilm
from tintype.video.tags import FULL, LIMITED, ColorTags, complete_tags, tags_to_coding


@pytest.mark.parametrize(
    ("size", "matrix"), [((432, 768), 6), ((576, 720), 6), ((720, 1280), 1), ((1080, 1440), 1)]
)
def test_an_unsaid_matrix_goes_by_size(size, matrix):
    assert complete_tags(ColorTags(), size, full_range=False).matrix == matrix


@pytest.mark.parametrize(
    ("matrix", "size", "primaries"),
    [
        (9, (2160, 3840), 9),
        (9, (480, 720), 9),
        (1, (480, 720), 1),
        (0, (480, 720), 1),
        (6, (480, 720), 6),
        (5, (486, 720), 6),
        (6, (576, 720), 5),
        (6, (432, 768), 1),
        (6, (1080, 1920), 1),
        (2, (480, 720), 6),
        (2, (576, 720), 5),
        (2, (1080, 1920), 1),
        (7, (1035, 1920), 1),
    ],
)
def test_unsaid_primaries_go_by_the_matrix_and_then_by_size(matrix, size, primaries):
    found = complete_tags(ColorTags(matrix=matrix), size, full_range=False)
    assert found.primaries == primaries
    assert (
        tags_to_coding(found, depth=8).primaries
        == {1: "bt709", 5: "bt601-625", 6: "bt601-525", 9: "bt2020"}[primaries]
    )


def test_what_is_said_stays():
    said = ColorTags(matrix=9, primaries=9, transfer=14, range=FULL)
    assert complete_tags(said, (432, 768), full_range=False) == said


@pytest.mark.parametrize(("full", "found"), [(True, FULL), (False, LIMITED)])
def test_an_unsaid_range_goes_by_the_pixel_format(full, found):
    assert complete_tags(ColorTags(), (432, 768), full_range=full).range == found


@pytest.mark.parametrize(
    ("matrix", "name"),
    [
        (1, "bt709"),
        (4, "fcc"),  # 47 CFR 73.682: NTSC of 1953
        (5, "bt601"),  # PAL and SECAM, of BT.470-6's systems B and G
        (6, "bt601"),  # NTSC, of SMPTE ST 170; the same coefficients
        (7, "smpte240m"),
        (9, "bt2020"),  # with non-constant luminance
    ],
)
def test_matrices_mean_what_the_standard_says(matrix, name):
    """ITU-T H.273, table 4."""
    tags = ColorTags(matrix=matrix, primaries=1, range=LIMITED)
    assert tags_to_coding(tags, depth=8).matrix == name


def test_primaries_mean_what_ffmpeg_means():
    for primaries, name in [
        (ColorPrimaries.BT709, "bt709"),
        (ColorPrimaries.BT470BG, "bt601-625"),
        (ColorPrimaries.SMPTE170M, "bt601-525"),
        (ColorPrimaries.SMPTE240M, "bt601-525"),
        (ColorPrimaries.BT2020, "bt2020"),
        (ColorPrimaries.SMPTE432, "p3-d65"),
    ]:
        tags = ColorTags(matrix=1, primaries=primaries.value, range=LIMITED)
        assert tags_to_coding(tags, depth=8).primaries == name


@pytest.mark.parametrize(
    ("transfer", "said"),
    [
        (ColorTrc.SMPTE2084, r"PQ \(HDR10\)"),
        (ColorTrc.ARIB_STD_B67, r"HLG \(HDR\)"),
        (ColorTrc.LINEAR, "linear light"),
        (ColorTrc.LOG, "transfer curve 9"),
    ],
)
def test_hdr_is_refused_with_what_to_do(transfer, said):
    tags = ColorTags(matrix=1, transfer=transfer.value, range=LIMITED)
    with pytest.raises(UnsupportedFilm, match=f"{said}.*convert it to SDR"):
        tags_to_coding(tags, depth=10)


@pytest.mark.parametrize("tags", [ColorTags(matrix=8), ColorTags(matrix=1, primaries=4)])
def test_unknown_colours_are_refused_with_their_number(tags):
    with pytest.raises(UnsupportedFilm, match=r"number [84] of ITU-T H\.273"):
        tags_to_coding(tags, depth=8)
