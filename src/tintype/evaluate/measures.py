# SPDX-License-Identifier: Apache-2.0
"""One photograph, one answer: the numbers of a row.

A candidate's chroma meets the true lightness, is fitted into the gamut and rounded to 8 bits: the
picture that a viewer would get, had the program kept the photograph's lightness. That picture is
what all measures look at, with two exceptions: the paper's look at the u*, v* that were answered,
before fitting, as the paper does; and the share of undisplayable colours asks how much fitting
there was to do.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tintype.color.gamut import fit_chroma
from tintype.color.lab import rgb_to_lab
from tintype.color.luv import luv_to_rgb, rgb_to_lightness, rgb_to_luv
from tintype.evaluate.candidates import Coloring
from tintype.metrics.chroma import mean_chroma, peak_chroma
from tintype.metrics.color_difference import mean_ciede2000_of_lab
from tintype.metrics.colorfulness import colorfulness, colorfulness_abs
from tintype.metrics.displayable import undisplayable_share
from tintype.metrics.error_curve import class_sums, color_classes, pixel_areas
from tintype.metrics.pairs import to_bytes
from tintype.metrics.paper import bin_accuracy, root_mean_square, squared_l2
from tintype.metrics.saturation import mean_hsv_saturation, mean_luv_saturation
from tintype.metrics.similarity import SSIM_WINDOW, psnr, ssim

Row = dict[str, float]
"""Numbers by name; NaN where a number does not apply to the photograph or the candidate."""

NAN = float("nan")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Truth:
    """A true photograph, and what all candidates are held against; arrays are float32.

    Attributes:
        rgb: ``(3, H, W)`` encoded sRGB in [0, 1].
        luv: ``(3, H, W)`` L*, u*, v*.
        lab: ``(3, H, W)`` L*, a*, b*.
        classes: ``(H, W)`` int64: class of each colour, for the class-rebalanced AuC.
    """

    rgb: NDArray[np.float32]
    luv: NDArray[np.float32]
    lab: NDArray[np.float32]
    classes: NDArray[np.int64]

    @classmethod
    def of(cls, rgb: NDArray[np.float32]) -> "Truth":
        """The truth that a photograph's ``(3, H, W)`` encoded sRGB holds."""
        lab = rgb_to_lab(rgb)
        return cls(rgb=rgb, luv=rgb_to_luv(rgb), lab=lab, classes=color_classes(lab[1:]))

    def numbers(self) -> Row:
        """What the record says of the photograph itself."""
        return {
            "height": self.rgb.shape[1],
            "width": self.rgb.shape[2],
            **_strengths(self.rgb, self.luv),
        }


def render(lightness: NDArray[np.float32], chroma: NDArray[np.float32]) -> NDArray[np.float32]:
    """The picture that chroma gives on a lightness, as a viewer would get it.

    Args:
        lightness: ``(H, W)`` float32, L* in [0, 100].
        chroma: ``(2, H, W)`` float32: u*, v* in CIE units; fitted into the gamut.

    Returns:
        ``(3, H, W)`` float32 encoded sRGB, on the steps of 8 bits.
    """
    fitted = fit_chroma(np.concatenate((lightness[None], chroma)))
    return to_bytes(luv_to_rgb(fitted)).astype(np.float32) / np.float32(255)


def measure(
    truth: Truth, coloring: Coloring, picture: NDArray[np.float32]
) -> tuple[Row, NDArray[np.float64]]:
    """Hold one answer against the truth.

    Args:
        truth: the photograph.
        coloring: the candidate's answer.
        picture: :func:`render` of its chroma on the true lightness.

    Returns:
        The numbers, and ``(CLASSES,)`` sums of the pixels' areas for the class-rebalanced AuC,
        which takes all photographs together.
    """
    lab = rgb_to_lab(picture)
    areas = pixel_areas(lab[1:], truth.lab[1:])
    decibel = float(psnr(picture, truth.rgb))
    row = {
        "ciede2000": float(mean_ciede2000_of_lab(lab, truth.lab)),
        "psnr": decibel if np.isfinite(decibel) else NAN,
        "ssim": float(ssim(picture, truth.rgb)) if _ssim_applies(picture) else NAN,
        **_strengths(picture, rgb_to_luv(picture)),
        "auc": float(np.mean(areas, dtype=np.float64)),
        "undisplayable": _undisplayable(truth, coloring),
        "lightness_error": _lightness_error(truth, coloring, picture),
        **_paper_numbers(coloring.chroma, truth.luv[1:]),
    }
    return row, class_sums(areas, truth.classes)


def _strengths(rgb: NDArray[np.float32], luv: NDArray[np.float32]) -> Row:
    """How strong a picture's colours are; of the truth and of every answer to it."""
    return {
        "cf": float(colorfulness(rgb)),
        "cf_abs": float(colorfulness_abs(rgb)),
        "chroma": float(mean_chroma(luv)),
        "chroma_peak": float(peak_chroma(luv)),
        "saturation": float(mean_hsv_saturation(rgb)),
        "saturation_luv": float(mean_luv_saturation(luv)),
    }


def _paper_numbers(chroma: NDArray[np.float32], true: NDArray[np.float32]) -> Row:
    """The paper's measures, of the chroma as it was answered."""
    rms_u, rms_v = root_mean_square(chroma, true).tolist()
    acc_u, acc_v = bin_accuracy(chroma, true).tolist()
    near_u, near_v = bin_accuracy(chroma, true, tolerance=1).tolist()
    return {
        "squared_l2": float(squared_l2(chroma, true)),
        "rms_u": rms_u,
        "rms_v": rms_v,
        "acc_u": acc_u,
        "acc_v": acc_v,
        "acc1_u": near_u,
        "acc1_v": near_v,
    }


def _undisplayable(truth: Truth, coloring: Coloring) -> float:
    """Share of colours that had to be fitted; a finished picture was fitted by its maker."""
    if coloring.lightness is not None:
        return NAN
    return float(undisplayable_share(np.concatenate((truth.luv[:1], coloring.chroma))))


def _lightness_error(truth: Truth, coloring: Coloring, picture: NDArray[np.float32]) -> float:
    """Mean |ΔL*|: of the candidate's own finished picture where there is one, else of ours."""
    found = rgb_to_lightness(picture)[0] if coloring.lightness is None else coloring.lightness
    return float(np.mean(np.abs(found - truth.luv[0]), dtype=np.float64))


def _ssim_applies(picture: NDArray[np.float32]) -> bool:
    return bool(min(picture.shape[1:]) >= SSIM_WINDOW)
