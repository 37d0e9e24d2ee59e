# SPDX-License-Identifier: Apache-2.0
"""The statistics of a record: what is computed over photographs, as one row of a table each.

A statistic is a ratio of two sums over photographs: a mean where nothing is named to divide by.
That covers the means of single photographs as well as the ratios of means (colourfulness against
the truth's, saturation difference, gain over grey, class-rebalanced AuC), and lets one bootstrap
give them all their intervals on the same drawn photographs.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistic:
    """(Σ number - Σ minus) / Σ over, over photographs; all three are columns of a record.

    Attributes:
        name: in the record.
        title: at the head of a table's column.
        number: the column to sum.
        minus: a column to take off; None for none.
        over: the column to divide by; None for the count of photographs.
        aim: what is best: "low", "high", "true" (as the true photographs have it) or a value.
        percent: whether it is shown in per cent.
        digits: after the point, as shown.
        help: what it means and after whom, in a line or two.
    """

    name: str
    title: str
    number: str
    minus: str | None = None
    over: str | None = None
    aim: str | float
    percent: bool = False
    digits: int = 2
    help: str


def _over_true(*, name: str, title: str, number: str, help: str) -> Statistic:
    """A mean over that of the true photographs: best where both are the same."""
    return Statistic(
        name=name,
        title=title,
        number=number,
        over=f"true_{number}",
        aim=1.0,
        digits=3,
        help=help,
    )


STATISTICS: tuple[Statistic, ...] = (
    Statistic(
        name="ciede2000",
        title="ΔE00",
        number="ciede2000",
        aim="low",
        help="Mean CIEDE2000 over pixels, then photographs, on the true lightness (CIE 142).",
    ),
    Statistic(
        name="gain",
        title="below grey",
        number="grey_ciede2000",
        minus="ciede2000",
        over="grey_ciede2000",
        aim="high",
        percent=True,
        digits=1,
        help="How far mean ΔE00 is below constant grey's.",
    ),
    _over_true(
        name="cf_ratio",
        title="cf / true",
        number="cf",
        help="Mean colourfulness over that of the true photographs; 1 is as colourful.",
    ),
    Statistic(
        name="cf",
        title="cf",
        number="cf",
        aim="true",
        digits=1,
        help="Colourfulness on signed opponents (Hasler and Süsstrunk 2003).",
    ),
    Statistic(
        name="cf_abs",
        title="cf_abs",
        number="cf_abs",
        aim="true",
        digits=1,
        help="Colourfulness on absolute opponents, as CT2, DDColor and ColorMNet compute it.",
    ),
    Statistic(
        name="delta_cf",
        title="ΔCF",
        number="cf",
        minus="true_cf",
        aim=0.0,
        digits=1,
        help="Mean cf minus that of the true photographs, signed.",
    ),
    _over_true(
        name="chroma_ratio",
        title="chroma / true",
        number="chroma",
        help="Mean C*uv over that of the true photographs.",
    ),
    _over_true(
        name="peak_ratio",
        title="peak / true",
        number="chroma_peak",
        help="The same of every picture's 98th percentile; well above cf / true: patches.",
    ),
    Statistic(
        name="saturation_difference",
        title="Sat. diff.",
        number="saturation",
        minus="true_saturation",
        over="true_saturation",
        aim=0.0,
        percent=True,
        digits=1,
        help="Relative deviation of mean HSV saturation, signed (Hwang and Zhou 2016, 5.1).",
    ),
    Statistic(
        name="saturation_difference_luv",
        title="Sat. diff. s*uv",
        number="saturation_luv",
        minus="true_saturation_luv",
        over="true_saturation_luv",
        aim=0.0,
        percent=True,
        digits=1,
        help="The same with CIELUV's own saturation, C*uv / L*.",
    ),
    Statistic(
        name="psnr",
        title="PSNR",
        number="psnr",
        aim="high",
        help="Decibel on 8-bit RGB, mean of the photographs' values; lightness is the true one.",
    ),
    Statistic(
        name="ssim",
        title="SSIM",
        number="ssim",
        aim="high",
        digits=4,
        help="On 8-bit RGB, 11×11 Gaussian window, mean of the channels (Wang et al. 2004).",
    ),
    Statistic(
        name="auc",
        title="AuC",
        number="auc",
        aim="high",
        percent=True,
        digits=1,
        help="Area under the cumulative curve of a*b* errors up to 150 (Zhang et al. 2016).",
    ),
    Statistic(
        name="auc_rebalanced",
        title="AuC rebal.",
        number="rebalanced_area",
        over="true_rebalanced_weight",
        aim="high",
        percent=True,
        digits=1,
        help="The same with every class of true colours counting alike (Zhang et al. 2016).",
    ),
    Statistic(
        name="rms_u",
        title="ℓ2 U",
        number="rms_u",
        aim="low",
        help="Root of the mean squared error of u*, CIE units (the paper's ℓ2, a pixel).",
    ),
    Statistic(
        name="rms_v",
        title="ℓ2 V",
        number="rms_v",
        aim="low",
        help="Root of the mean squared error of v*, CIE units.",
    ),
    Statistic(
        name="squared_l2",
        title="L_reg",
        number="squared_l2",
        aim="low",
        digits=0,
        help="The paper's own ‖ΔU‖² + ‖ΔV‖², summed over pixels, so it grows with their number.",
    ),
    Statistic(
        name="acc_u",
        title="Acc.U",
        number="acc_u",
        aim="high",
        percent=True,
        digits=1,
        help="Pixels whose u* is in the true bin of 50 over [-100, 100]; see dataset mode's.",
    ),
    Statistic(
        name="acc_v",
        title="Acc.V",
        number="acc_v",
        aim="high",
        percent=True,
        digits=1,
        help="The same for v*.",
    ),
    Statistic(
        name="acc1_u",
        title="Acc.U ±1",
        number="acc1_u",
        aim="high",
        percent=True,
        digits=1,
        help="Pixels whose u* is at most one bin off.",
    ),
    Statistic(
        name="acc1_v",
        title="Acc.V ±1",
        number="acc1_v",
        aim="high",
        percent=True,
        digits=1,
        help="Pixels whose v* is at most one bin off.",
    ),
    Statistic(
        name="undisplayable",
        title="undisplayable",
        number="undisplayable",
        aim="low",
        percent=True,
        help="Answered colours that sRGB cannot show on the true lightness, before fitting.",
    ),
    Statistic(
        name="lightness_error",
        title="|ΔL*|",
        number="lightness_error",
        aim="low",
        help="How far the lightness is off: of our 8-bit picture, or of a program's own result.",
    ),
    Statistic(
        name="stability",
        title="size stability",
        number="stability",
        aim="low",
        help="Mean ΔE00 of the colours at other network sizes against the candidate's own size.",
    ),
    Statistic(
        name="agreement",
        title="top-1 agreement",
        number="agreement",
        aim="high",
        percent=True,
        digits=1,
        help="Photographs on which an ImageNet classifier says what it says on the true one.",
    ),
    Statistic(
        name="lpips",
        title="LPIPS",
        number="lpips",
        aim="low",
        digits=4,
        help="Learned perceptual distance (Zhang et al. 2018); the record names the network.",
    ),
)
"""Every statistic that a record can hold, in the order of the tables."""
