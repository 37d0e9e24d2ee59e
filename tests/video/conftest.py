# SPDX-License-Identifier: Apache-2.0
"""Films small enough to be quick, made here, and a network that needs no training.

The pictures are the cameraman (scikit-image, CC0) seen through a window that wanders over him.
"""

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import av
import cv2
import numpy as np
import pytest
from PIL import Image

from tintype.imaging.resize import resize
from tintype.inference.prediction import Prediction
from tintype.spec.model import ModelSpec
from tintype.spec.options import ColorizeOptions
from tintype.video.film import color_film
from tintype.video.job import plan_film
from tintype.video.options import FilmOptions
from tintype.video.pixels import find_kind, plane_array

SIZE = 48, 64  # (H, W)
MP4_BASE = Fraction(1, 12800)


class FakeNetwork:
    """Colours by brightness and texture, so that what moves flickers, as real networks let it.

    Attributes:
        seen: the sizes that it was shown, in order.
    """

    spec = ModelSpec(
        name="fake",
        file="fake.onnx",
        sha256="0" * 64,
        size=64,
        multiple=32,
        stride=4,
        temperature=0.4,
        gain=1.0,
        power=1.0,
        limit=1.0,
        turn=(0.0, 0.0, 0.0, 0.0),
        correction=0.0,
        restraint=0.0,
        members=1,
        looks=(),
        bin_step=10.0,
        hints=True,
        parameters=0,
        license="CC0-1.0",
        card="",
    )

    def __init__(self) -> None:
        self.seen: list[tuple[int, ...]] = []
        self.temperatures: list[float | None] = []
        self.hints: list[Sequence[Any]] = []

    def predict(
        self,
        lightness: np.ndarray,
        *,
        temperature: float | None = None,
        size: int | None = None,
        hints: Sequence[Any] = (),
        want: Iterable[str] = (),
    ) -> Prediction:
        self.seen.append(lightness.shape)
        self.temperatures.append(temperature)
        self.hints.append(hints)
        height, width = (max(1, side // 4) for side in lightness.shape)
        light = resize(lightness, (height, width))
        rough = light - cv2.blur(light, (3, 3))
        u = 40 * np.sin(light / 12 + rough)
        v = 40 * np.cos(light / 15 - rough)
        chroma = np.stack((u, v)).astype(np.float32)
        for hint in hints:  # as the real one: a hint wins at its place
            chroma[:, int(hint.y) // 4, int(hint.x) // 4] = 50.0
        return Prediction(chroma=chroma, confidence=np.full((height, width), 0.6, np.float32))


@pytest.fixture
def network() -> FakeNetwork:
    return FakeNetwork()


@pytest.fixture(scope="session")
def cameraman(skimage_data) -> np.ndarray:
    """(256, 256) uint8."""
    with Image.open(skimage_data / "camera.png") as opened:
        return np.array(opened.convert("L").resize((256, 256), Image.Resampling.BOX))


@pytest.fixture(scope="session")
def wander(cameraman) -> Callable[..., list[np.ndarray]]:
    """Make pictures of a window that moves over the cameraman."""

    def make(count: int, size: tuple[int, int] = SIZE, *, start: int = 20) -> list[np.ndarray]:
        height, width = size
        found = []
        for index in range(count):
            top = (start + index) % (cameraman.shape[0] - height)
            left = (start + 2 * index) % (cameraman.shape[1] - width)
            found.append(cameraman[top : top + height, left : left + width])
        return found

    return make


def write_pictures(
    path: Path,
    pictures: Sequence[np.ndarray],
    *,
    codec: str = "libx264",
    pixel_format: str = "yuv420p",
    stamps: Sequence[int] | None = None,
    base: Fraction = MP4_BASE,
    rate: Fraction = Fraction(25),
    options: dict[str, str] | None = None,
    container_options: dict[str, str] | None = None,
    file_format: str | None = None,
    before: Callable[[Any, Any], None] | None = None,
    after: Callable[[Any], None] | None = None,
) -> Path:
    """Write a grey film.

    Args:
        path: where to.
        pictures: ``(H, W)`` uint8 luma codes; shifted to deeper formats.
        codec: FFmpeg's name of the encoder.
        pixel_format: of the encoder.
        stamps: pts of the pictures; by default one tick of ``rate`` apart.
        base: seconds per unit of pts.
        rate: frames a second.
        options: of the encoder.
        container_options: of the muxer.
        file_format: FFmpeg's name, where the suffix does not say it.
        before: called with the container and the stream before anything is written.
        after: called with the container when all pictures are written.
    """
    height, width = pictures[0].shape
    if stamps is None:
        stamps = [int(index / rate / base) for index in range(len(pictures))]
    with av.open(
        str(path), "w", format=file_format, container_options=container_options or {}
    ) as container:
        stream: Any = container.add_stream(codec, rate=rate, options=options or {})
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        stream.codec_context.time_base = base
        if before is not None:
            before(container, stream)
        for picture, pts in zip(pictures, stamps, strict=True):
            frame = make_frame(picture, pixel_format)
            frame.pts, frame.time_base = pts, base
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if after is not None:
            after(container)
    return path


def make_frame(picture: np.ndarray, pixel_format: str) -> av.VideoFrame:
    """A grey frame in any pixel format that has planes, or is plain RGB."""
    height, width = picture.shape
    kind = find_kind(pixel_format)
    frame = av.VideoFrame(width, height, pixel_format)
    codes = picture.astype(np.uint16) << (kind.depth - 8)
    if kind.rgb:
        channels = 4 if kind.alpha else 3
        pixels = plane_array(frame, 0, kind.depth, channels=channels)
        pixels[..., :3] = codes[..., None]
        if kind.alpha:
            pixels[..., 3] = codes[::-1]
        return frame
    for index in range(1, len(frame.planes)):
        plane_array(frame, index, kind.depth)[:] = 1 << (kind.depth - 1)
    plane_array(frame, 0, kind.depth)[:] = codes
    if kind.alpha:
        plane_array(frame, 3, kind.depth)[:] = codes[::-1]
    return frame


def add_sound(container: Any, *, rate: int = 8000, codec: str = "aac") -> Any:
    """Add a stream of sound; :func:`write_sound` fills it."""
    return container.add_stream(codec, rate=rate)


def write_sound(container: Any, stream: Any, seconds: float) -> None:
    """Fill a stream with a rising tone."""
    rate, layout = stream.rate, stream.codec_context.layout
    count = int(seconds * rate)
    tone = np.sin(np.arange(count) ** 2 / count / 20).astype(np.float32) / 2
    for first in range(0, count, 1024):
        piece = np.repeat(tone[None, first : first + 1024], layout.nb_channels, axis=0)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(piece), format="fltp", layout=layout.name
        )
        frame.rate, frame.pts = rate, first
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def read_luma(path: Path, **options: Any) -> list[np.ndarray]:
    """The luma planes of a film, copied."""
    with av.open(str(path), **options) as container:
        found = []
        for frame in container.decode(video=0):
            kind = find_kind(frame.format.name)
            found.append(plane_array(frame, 0, kind.depth, channels=3 if kind.rgb else 1).copy())
        return found


def read_packets(path: Path, index: int) -> list[tuple[Fraction, bytes]]:
    """Time and content of the packets of one stream."""
    with av.open(str(path)) as container:
        return [
            (Fraction(packet.pts * packet.time_base), bytes(packet))
            for packet in container.demux(container.streams[index])
            if packet.size
        ]


def read_times(path: Path) -> list[Fraction]:
    """When each frame of a film is shown, in seconds."""
    with av.open(str(path)) as container:
        return [Fraction(frame.pts * frame.time_base) for frame in container.decode(video=0)]


def steps(times: Sequence[Fraction]) -> list[Fraction]:
    return [later - earlier for earlier, later in pairwise(times)]


@pytest.fixture(scope="session")
def films() -> SimpleNamespace:
    """The functions above, which tests cannot import."""
    return SimpleNamespace(
        write=write_pictures,
        make_frame=make_frame,
        add_sound=add_sound,
        write_sound=write_sound,
        read_luma=read_luma,
        read_packets=read_packets,
        read_times=read_times,
        steps=steps,
    )


@pytest.fixture
def color(network):
    """Colour a film and say what has become of it."""

    def run(source, target, *, stop=None, on_progress=None, colors=None, **options):
        plan = {name: options.pop(name) for name in ("resume", "overwrite") if name in options}
        job = plan_film(
            source,
            target,
            options=FilmOptions(**options),
            colors=colors or ColorizeOptions(),
            **plan,
        )
        return color_film(job, network, stop=stop, on_progress=on_progress)

    return run


@pytest.fixture
def scene(cameraman) -> np.ndarray:
    """(72, 108) float32 L*."""
    return cv2.resize(cameraman[20:116, 60:204], (108, 72)).astype(np.float32) / 2.55


@pytest.fixture
def another(cameraman) -> np.ndarray:
    """Another one, of the same size."""
    return cv2.resize(cameraman[130:226, 100:244], (108, 72)).astype(np.float32) / 2.55
