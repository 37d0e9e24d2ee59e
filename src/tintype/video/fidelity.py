# SPDX-License-Identifier: Apache-2.0
"""What of a film is still the same in another: luma, time stamps, sound and subtitles, length."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import zip_longest
from pathlib import Path

import av
import numpy as np

from tintype.video.pictures import PictureReader
from tintype.video.pixels import read_samples
from tintype.video.source import describe_film


@dataclass(frozen=True, slots=True, kw_only=True)
class Fidelity:
    """How much of a film has come through.

    Attributes:
        frames: of the film.
        luma: of these, how many have the very same luma in the other.
        times: how many are shown at the very same time after the first.
        later: seconds by which the first is shown later, if the result begins elsewhere.
        packets: of its other streams, sound and the like.
        copied: of these, how many are in the other, bit for bit, at their place.
        longer: seconds that the other lasts longer.
    """

    frames: int
    luma: int
    times: int
    later: float
    packets: int
    copied: int
    longer: float


def compare_films(source: Path, result: Path) -> Fidelity:
    """Hold a film against its source, frame by frame and packet by packet.

    Raises:
        UnreadableFilm: one of them is no film.
    """
    given, made = describe_film(source), describe_film(result)
    frames = luma = times = 0
    shift = Fraction(0)
    pairs = zip_longest(PictureReader(given).read(None), PictureReader(made).read(None))
    for one, other in pairs:
        if one is None:
            break
        frames += 1
        if other is None:
            continue
        later = other.pts * made.time_base - one.pts * given.time_base
        shift = later if frames == 1 else shift
        times += later == shift
        here = read_samples(one.frame, given.kind, given.coding)[0]
        there = read_samples(other.frame, made.kind, made.coding)[0]
        luma += np.array_equal(here, there)
    packets = list(zip_longest(_read_others(source), _read_others(result)))
    return Fidelity(
        frames=frames,
        luma=luma,
        times=times,
        later=float(shift),
        packets=sum(one is not None for one, _ in packets),
        copied=sum(one is not None and one == other for one, other in packets),
        longer=float(made.duration - given.duration),
    )


def _read_others(path: Path) -> Iterator[tuple[int, bytes]]:
    """The packets of all streams but pictures, one stream after the other, as number and bytes."""
    with av.open(str(path)) as container:
        count = sum(stream.type != "video" for stream in container.streams)
    for number in range(count):
        with av.open(str(path)) as container:
            stream = [stream for stream in container.streams if stream.type != "video"][number]
            for packet in container.demux(stream):
                if packet.size:
                    yield number, bytes(packet)
