# SPDX-License-Identifier: Apache-2.0
"""A film's colour tags: what its codes say about matrix, primaries, transfer curve and range.

FFmpeg passes the code points of ITU-T H.273 on as numbers. Where a film leaves one open, players
go by its size, and for primaries by its matrix first, and so do we; what we went by is then written
into the result, so that players of the result need not guess.

Source: ITU-T H.273 (07/2024), tables 2 to 4; mpv's ``mp_csp_guess_colorspace``,
``mp_csp_guess_primaries`` and ``mp_image_params_guess_csp`` for the guess.
"""

from dataclasses import dataclass

from tintype.errors import UnsupportedFilm
from tintype.imaging.film import Coding

UNSPECIFIED = 2
LIMITED, FULL = 1, 2  # FFmpeg's AVCOL_RANGE_MPEG and AVCOL_RANGE_JPEG; 0 is unspecified

_MATRICES = {
    1: "bt709",
    4: "fcc",
    5: "bt601",
    6: "bt601",
    7: "smpte240m",
    9: "bt2020",
}
_RGB_MATRIX = 0
_PRIMARIES = {
    1: "bt709",
    5: "bt601-625",
    6: "bt601-525",
    7: "bt601-525",
    9: "bt2020",
    12: "p3-d65",
}
_SDR_CURVES = {1, UNSPECIFIED, 4, 5, 6, 7, 11, 12, 13, 14, 15}
_CURVE_NAMES = {8: "linear light", 16: "PQ (HDR10)", 18: "HLG (HDR)"}
_HD_HEIGHT, _HD_WIDTH = 577, 1280  # from here on players take BT.709 for granted
_OF_MATRIX = {_RGB_MATRIX: 1, 1: 1, 9: 9}  # the primaries that go with a matrix, if unsaid
_OF_HEIGHT = {576: 5, 480: 6, 486: 6}  # those of PAL and NTSC; BT.709 where neither is likely


@dataclass(frozen=True, slots=True, kw_only=True)
class ColorTags:
    """Code points of H.273, as FFmpeg numbers them; 2 is unspecified, for range 0 is.

    Attributes:
        matrix: of Y'CbCr; 0 for RGB.
        primaries: the chromaticities of red, green and blue.
        transfer: the curve between light and samples.
        range: 1 limited, 2 full.
    """

    matrix: int = UNSPECIFIED
    primaries: int = UNSPECIFIED
    transfer: int = UNSPECIFIED
    range: int = 0


def complete_tags(tags: ColorTags, size: tuple[int, int], *, full_range: bool) -> ColorTags:
    """Fill in what a film leaves open.

    Args:
        tags: as the film has them.
        size: its (H, W).
        full_range: whether its pixel format is of full range unless it is tagged otherwise, as
            grey, RGB and JPEG are.
    """
    high_definition = size[0] >= _HD_HEIGHT or size[1] >= _HD_WIDTH
    guess = 1 if high_definition else 6
    matrix = guess if tags.matrix in (UNSPECIFIED, _RGB_MATRIX) else tags.matrix
    primaries = tags.primaries
    if primaries == UNSPECIFIED:
        of_size = 1 if high_definition else _OF_HEIGHT.get(size[0], 1)
        primaries = _OF_MATRIX.get(tags.matrix, of_size)
    return ColorTags(
        matrix=matrix,
        primaries=primaries,
        transfer=tags.transfer,
        range=tags.range or (FULL if full_range else LIMITED),
    )


def tags_to_coding(tags: ColorTags, *, depth: int) -> Coding:
    """How samples with these tags stand for light.

    Args:
        tags: from :func:`complete_tags`.
        depth: bits of a sample.

    Raises:
        UnsupportedFilm: HDR, or a matrix or primaries that are not of the common kinds.
    """
    if tags.transfer not in _SDR_CURVES:
        curve = _CURVE_NAMES.get(tags.transfer, f"transfer curve {tags.transfer}")
        raise UnsupportedFilm(
            f"the film is coded in {curve}, which tintype cannot colour faithfully; "
            f"convert it to SDR (BT.709) first"
        )
    if tags.matrix not in _MATRICES:
        raise UnsupportedFilm(
            f"the film's colour matrix is number {tags.matrix} of ITU-T H.273, which tintype does "
            f"not know; convert it to BT.709 first"
        )
    if tags.primaries not in _PRIMARIES:
        raise UnsupportedFilm(
            f"the film's primaries are number {tags.primaries} of ITU-T H.273, which tintype does "
            f"not know; convert it to BT.709 first"
        )
    return Coding(
        matrix=_MATRICES[tags.matrix],
        primaries=_PRIMARIES[tags.primaries],
        depth=depth,
        full_range=tags.range == FULL,
    )
