# SPDX-License-Identifier: Apache-2.0
"""``python -m scripts.clips FOLDER``: colour clips to measure film on, of package photographs.

The clips are made, so their true colours are known, and anybody can make the same. A camera moves
over a photograph, slowly or fast, near or far; something passes before it; a cut and a flash come
in between. The photographs come with scikit-image: coffee (Rachel Michetti) and chelsea (Stéfan van
der Walt), both CC0; Eileen Collins (NASA), public domain; the rocket (SpaceX), CC0.
"""

import argparse
from collections.abc import Iterator
from fractions import Fraction
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

SIZE = 432, 768  # (H, W)
FRAMES = 150
_RATE = 25
_GRAIN = 1.5  # codes of 8 bits

Picture = NDArray[np.uint8]


def main() -> None:
    """Write the clips."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n\n")[0])
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    for name, pictures in CLIPS.items():
        print(write_clip(folder / f"{name}.mp4", pictures(), SIZE))


def pan() -> Iterator[Picture]:
    """A slow pan over a still life, drawing nearer."""
    for share in np.linspace(0, 1, FRAMES):
        yield look(photograph("coffee"), 0.15 + 0.25 * share, 0.2 + 0.1 * share, 1.35 + 0.3 * share)


def passing() -> Iterator[Picture]:
    """A cat, and a portrait that passes before her."""
    portrait = cv2.resize(photograph("astronaut"), (SIZE[0] * 2 // 3,) * 2)
    height, width = portrait.shape[:2]
    for share in np.linspace(0, 1, FRAMES):
        picture = look(photograph("chelsea"), 0.2 + 0.1 * share, 0.2, 1.3)
        left = round((SIZE[1] - width) * share)
        picture[SIZE[0] // 6 : SIZE[0] // 6 + height, left : left + width] = portrait
        yield picture


def cuts() -> Iterator[Picture]:
    """A fast pan, a cut to another picture, a flash in it, and the cut back."""
    for number in range(FRAMES):
        share = number / FRAMES
        if 50 <= number < 110:
            picture = look(photograph("astronaut"), 0.1 + 0.4 * share, 0.05, 1.3)
            yield np.full_like(picture, 250) if number in (80, 81) else picture
        else:
            yield look(photograph("rocket"), 0.05 + 0.55 * share, 0.3 * share, 1.6)


CLIPS = {"pan": pan, "passing": passing, "cuts": cuts}


def photograph(name: str) -> Picture:
    """A photograph of scikit-image's, ``(h, w, 3)`` RGB."""
    suffix = "jpg" if name == "rocket" else "png"
    with Image.open(str(package_files("skimage") / "data" / f"{name}.{suffix}")) as opened:
        return np.array(opened.convert("RGB"))


def look(
    picture: Picture, x: float, y: float, zoom: float, size: tuple[int, int] = SIZE
) -> Picture:
    """What a camera sees of a picture.

    Args:
        picture: ``(h, w, 3)``.
        x: where it stands, from 0 (left) to 1 (right), as far as the zoom leaves room.
        y: the same from top to bottom.
        zoom: 1 sees as much as fits.
        size: (H, W) of what it takes.
    """
    height, width = picture.shape[:2]
    scale = zoom * max(size[0] / height, size[1] / width)
    left = x * (scale * width - size[1])
    top = y * (scale * height - size[0])
    matrix = np.array([[scale, 0, -left], [0, scale, -top]])
    seen = cv2.warpAffine(picture, matrix, size[::-1], flags=cv2.INTER_LINEAR)
    return np.asarray(seen, np.uint8)


def write_clip(path: Path, pictures: Iterator[Picture], size: tuple[int, int] = SIZE) -> Path:
    """Write pictures of a size with grain of film, coded so that little is lost."""
    rng = np.random.default_rng(0)
    height, width = size
    grain = rng.normal(0, _GRAIN, (2 * height, 2 * width, 1))
    with av.open(str(path), "w") as container:
        stream: Any = container.add_stream("libx264", rate=_RATE)
        stream.height, stream.width = size
        stream.pix_fmt, stream.options = "yuv420p", {"crf": "12", "preset": "fast"}
        stream.codec_context.colorspace, stream.codec_context.color_range = 6, 1
        for number, picture in enumerate(pictures):
            y, x = rng.integers(0, height), rng.integers(0, width)
            noisy = picture + grain[y : y + height, x : x + width]
            frame = av.VideoFrame.from_ndarray(np.clip(noisy, 0, 255).astype(np.uint8))
            frame = frame.reformat(format="yuv420p", dst_colorspace="ITU601", dst_color_range=1)
            frame.pts, frame.time_base = number, Fraction(1, _RATE)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


if __name__ == "__main__":
    main()
