# SPDX-License-Identifier: Apache-2.0
"""Films as the server takes them: which files are let in, and the work that is done on one.

FFmpeg reads much that is no film but a list of other files to open, on this machine or elsewhere.
So what comes from a client must begin as a container of pictures does; lists and scripts do not.

Source: the containers' own specifications, for their first bytes; FFmpeg documentation, "Demuxers",
for those that open other files (hls, dash, concat, imf).
"""

from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from threading import Event

from tintype.errors import MissingExtra, UnsupportedFilm
from tintype.inference.colorizer import Colorizer
from tintype.spec.options import ColorizeOptions
from tintype.video.options import FilmOptions
from tintype.web.jobs import Made, Stopped, Tell, Work

HEAD = 12  # bytes that tell

_MEDIA_TYPES = {  # of the results, by suffix
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".mkv": "video/x-matroska",
    ".webm": "video/webm",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
_USUAL = ".mp4"
_BEGINNINGS = (
    b"\x1a\x45\xdf\xa3",  # Matroska, WebM
    b"OggS",
    b"GIF8",
    b"FLV\x01",
    b"\x30\x26\xb2\x75\x8e\x66\xcf\x11",  # ASF
    b"\x00\x00\x01\xba",  # MPEG program stream
    b"\x00\x00\x01\xb3",  # MPEG video
    b"YUV4MPEG2 ",
    b"\x06\x0e\x2b\x34",  # MXF
    b"DKIF",  # IVF
)
_BOXES = (b"ftyp", b"moov", b"mdat", b"free", b"wide", b"skip")  # ISO base media, QuickTime
_RIFFS = (b"AVI ", b"WEBP")


def check_film(path: Path) -> None:
    """Look whether a file begins as a film does.

    Raises:
        MissingExtra: there is nothing to read films with.
        UnsupportedFilm: it does not.
    """
    if find_spec("av") is None:
        raise MissingExtra("this server takes no films: it lacks the extra, tintype[video]")
    with path.open("rb") as file:
        head = file.read(HEAD)
    transport = head[:1] == b"\x47" and path.stat().st_size % 188 == 0
    riff = head[:4] == b"RIFF" and head[8:12] in _RIFFS
    if not (head.startswith(_BEGINNINGS) or head[4:8] in _BOXES or riff or transport):
        raise UnsupportedFilm("not a film that this server takes; send MP4, Matroska, AVI or such")


def film_work(
    colorizer: Colorizer, source: Path, name: str, colors: ColorizeOptions, options: FilmOptions
) -> Work:
    """The work on a film: its result keeps its kind of file where that can be written.

    Args:
        colorizer: the loaded network.
        source: the film's file; the result is put beside it.
        name: the client's, for its suffix.
        colors: what colours are wanted.
        options: all else that is wanted.
    """
    own = PurePosixPath(name).suffix.lower()
    suffix = own if own in _MEDIA_TYPES else _USUAL
    target = source.with_name(f"{source.name}-result{suffix}")

    def work(tell: Tell, stop: Event) -> Made:
        from tintype.video.film import color_film  # FFmpeg's libraries come with it
        from tintype.video.job import plan_film

        job = plan_film(source, target, colors=colors, options=options)
        result = color_film(
            job,
            colorizer.engine,
            on_progress=lambda at: tell(min(1.0, at.frames / at.total) if at.total else 0.0),
            stop=stop,
        )
        if not result.complete:
            raise Stopped
        return Made(path=target, media_type=_MEDIA_TYPES[suffix], notices=job.notices)

    return work
