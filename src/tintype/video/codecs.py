# SPDX-License-Identifier: Apache-2.0
"""What films can be written as: a table of codecs, and a table of file formats.

The encoders are those that PyAV's wheels carry. The default of each format is what plays
everywhere: H.264 with 4:2:0 chroma in mp4. A codec whose row says ``exact`` keeps every luma
sample; the others are given the input's luma and lose what ``crf`` lets them lose.

Source: FFmpeg 8 documentation, "Codecs" and "Formats"; x264 and x265 ``--fullhelp``; SVT-AV1
Docs/Parameters.md; libvpx "VP9 encoding guide".
"""

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import cv2

from tintype.errors import OptionError, OutputError, UnsupportedFilm
from tintype.video.sequences import is_sequence

AUTO = "auto"
_AVX_512 = 13  # OpenCV's number of AVX-512F, which its Python names leave out
PRESETS = (
    "ultrafast",
    "superfast",
    "veryfast",
    "faster",
    "fast",
    "medium",
    "slow",
    "slower",
    "veryslow",
)
_YUV8 = ("yuv420p", "yuv422p", "yuv444p")
_YUV10 = ("yuv420p10le", "yuv422p10le", "yuv444p10le")
_YUV12 = ("yuv420p12le", "yuv422p12le", "yuv444p12le")
_YUV16 = ("yuv420p16le", "yuv422p16le", "yuv444p16le")
_YUVA = tuple(
    f"yuva{chroma}p{depth}" for depth in ("", "10le", "16le") for chroma in ("420", "422", "444")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Codec:
    """One way of coding pictures.

    Attributes:
        encoder: FFmpeg's name.
        formats: the pixel formats that we write, of what the encoder takes.
        crf: the default quality; None where the codec has no such scale.
        exact: whether every sample survives.
        least_side: the shortest side that the encoder can be trusted with, pixels.
        even: whether 4:2:0 needs even sides, so that odd ones take 4:4:4.
        own_subsampling: whether the input's chroma size is kept, rather than 4:2:0, which is what
            players expect and loses nothing of colours that are computed.
        tag: the four-character code that players look for in mp4, where FFmpeg's is another.
        pieces: whether packets of separate runs of the encoder make one stream.
        weaves: whether it can say that frames are woven of two fields, and which comes first.
    """

    encoder: str
    formats: tuple[str, ...]
    crf: int | None = None
    exact: bool = False
    least_side: int = 1
    even: bool = False
    own_subsampling: bool = False
    tag: str | None = None
    pieces: bool = True
    weaves: bool = False


CODECS: dict[str, Codec] = {
    "h264": Codec(encoder="libx264", formats=_YUV8 + _YUV10, crf=18, even=True, weaves=True),
    "hevc": Codec(
        encoder="libx265",
        formats=_YUV8 + _YUV10 + _YUV12,
        crf=20,
        even=True,
        least_side=64,
        tag="hvc1",
    ),
    "vp9": Codec(encoder="libvpx-vp9", formats=_YUV8, crf=24),
    "av1": Codec(
        encoder="libsvtav1", formats=("yuv420p", "yuv420p10le"), crf=28, even=True, least_side=64
    ),
    "ffv1": Codec(
        encoder="ffv1",
        formats=_YUV8 + _YUV10 + _YUV12 + _YUV16 + _YUVA,
        exact=True,
        own_subsampling=True,
        weaves=True,
    ),
    "prores": Codec(
        encoder="prores_ks",
        formats=("yuv422p10le", "yuv444p10le", "yuva444p10le"),  # 422 HQ, 4444, 4444 with alpha
        own_subsampling=True,
    ),
    "png": Codec(encoder="png", formats=("rgb24", "rgba", "rgb48be", "rgba64be"), exact=True),
    "gif": Codec(encoder="gif", formats=("rgb24", "rgba"), pieces=False),
    "webp": Codec(encoder="libwebp_anim", formats=("rgba",), crf=15, pieces=False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFormat:
    """One kind of file.

    Attributes:
        muxer: FFmpeg's name.
        codecs: what it may hold, its default first.
        deep: the default for more than 8 bits.
        other_streams: whether it holds sound, subtitles and the like at all.
        tick: the unit that its time stamps are rounded to, seconds; None where any will do.
    """

    muxer: str
    codecs: tuple[str, ...]
    deep: str | None = None
    other_streams: bool = True
    tick: Fraction | None = None

    @property
    def numbered(self) -> bool:
        """Whether it is one file for each picture, with its number in the name."""
        return self.muxer == "image2"


_MILLISECOND = Fraction(1, 1000)
_MP4_CODECS = ("h264", "hevc", "vp9", "av1")

FORMATS: dict[str, FileFormat] = {
    ".mp4": FileFormat(muxer="mp4", codecs=_MP4_CODECS, deep="hevc"),
    ".m4v": FileFormat(muxer="mp4", codecs=_MP4_CODECS, deep="hevc"),
    ".mov": FileFormat(muxer="mov", codecs=("h264", "hevc", "prores"), deep="hevc"),
    ".mkv": FileFormat(
        muxer="matroska",
        codecs=("h264", "hevc", "vp9", "av1", "ffv1", "prores"),
        deep="hevc",
        tick=_MILLISECOND,
    ),
    ".webm": FileFormat(muxer="webm", codecs=("vp9", "av1"), deep="av1", tick=_MILLISECOND),
    ".gif": FileFormat(muxer="gif", codecs=("gif",), other_streams=False, tick=Fraction(1, 100)),
    ".webp": FileFormat(muxer="webp", codecs=("webp",), other_streams=False, tick=_MILLISECOND),
    ".png": FileFormat(muxer="image2", codecs=("png",), other_streams=False),
}


def find_format(path: Path) -> FileFormat:
    """Look up what a path's suffix stands for.

    Raises:
        OutputError: the suffix is not one that films are written to, or a sequence of pictures
            has no place for its numbers.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise OutputError(
            f"cannot write a film as {path.name!r}: its name must end in one of "
            f"{', '.join(FORMATS)}"
        )
    found = FORMATS[suffix]
    if found.numbered and not is_sequence(path):
        raise OutputError(
            f"a sequence of pictures needs a place for the number in its name, such as "
            f"{path.stem}_%05d{path.suffix}; got {path.name!r}"
        )
    return found


def choose_codec(name: str, path: Path, *, depth: int, size: tuple[int, int]) -> str:
    """The key of the codec that a film is written with.

    Args:
        name: a key of :data:`CODECS`, or ``auto``.
        path: of the result.
        depth: bits of the input's samples.
        size: its (H, W).

    Raises:
        OutputError: that kind of file cannot hold that codec.
    """
    found = find_format(path)
    if name == AUTO:
        deep = depth > 8 and found.deep
        return deep if deep and min(size) >= CODECS[deep].least_side else found.codecs[0]
    if name not in found.codecs:
        holders = [suffix for suffix, row in FORMATS.items() if name in row.codecs]
        raise OutputError(
            f"{path.suffix} files hold {', '.join(found.codecs)}, not {name}; "
            f"for {name}, name the result {' or '.join(holders)}"
        )
    return name


def encoder_options(
    name: str, *, crf: int | None, preset: str, size: tuple[int, int]
) -> dict[str, str]:
    """What an encoder is told, in its own words.

    Args:
        name: a key of :data:`CODECS`.
        crf: quality; None for the codec's own default.
        preset: one of :data:`PRESETS`.
        size: (H, W) of the film.

    Raises:
        UnsupportedFilm: the encoder cannot be trusted with pictures that small.
        OptionError: the codec has no such scale of quality.
    """
    codec = CODECS[name]
    if min(size) < codec.least_side:
        raise UnsupportedFilm(
            f"{name} needs pictures of at least {codec.least_side} pixels each way, this film has "
            f"{size[1]} x {size[0]}; use the codec h264 or ffv1"
        )
    if crf is not None and codec.crf is None:
        raise OptionError(f"{name} has no crf: its quality is fixed; leave the option out")
    quality = codec.crf if crf is None else crf
    slowness = PRESETS.index(preset)  # 0 is the fastest
    match name:
        case "h264":
            return {"crf": str(quality), "preset": preset, **_without_chance()}
        case "hevc":
            return {"crf": str(quality), "preset": preset, "x265-params": "log-level=none"}
        case "vp9":
            speed = {"deadline": "good", "cpu-used": str(max(0, 6 - slowness)), "row-mt": "1"}
            return {"crf": str(quality), "b": "0", **speed}
        case "av1":
            return {"crf": str(quality), "preset": str(max(3, 12 - slowness))}
        case "ffv1":
            return {"level": "3", "slicecrc": "1", "g": "1"}
        case "webp":
            return {"quality": str(max(0, 100 - (quality or 0))), "loop": "0"}
    return {}


def _without_chance() -> dict[str, str]:
    """What keeps x264 to the same stream from the same film, or a part made again would differ.

    Its AVX-512 code, with B pictures and the macroblock tree, gives another stream each time for
    most sizes of picture; its AVX2 code never does, and is as fast.
    """
    return {"x264-params": "asm=AVX2"} if cv2.checkHardwareSupport(_AVX_512) else {}
