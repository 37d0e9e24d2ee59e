# SPDX-License-Identifier: Apache-2.0
"""The result, put together of the parts: a film with all its streams, or an animated picture."""

from collections.abc import Sequence
from itertools import chain
from pathlib import Path

from tintype import __version__
from tintype.video.animation import write_animation
from tintype.video.codecs import CODECS, encoder_options, find_format
from tintype.video.job import FilmJob
from tintype.video.muxing import write_film
from tintype.video.parts import Part, Workshop, read_part


def write_result(
    job: FilmJob, workshop: Workshop, parts: Sequence[Part], made: Path, *, model: str
) -> None:
    """Put parts together.

    Args:
        job: the plan.
        workshop: where the parts are.
        parts: those that are wanted, in order.
        made: where to; its suffix is the result's.
        model: what predicted the colours.

    Raises:
        OutputError: there is no room for it.
        RecordError: a part is not what the journal vouched for.
    """
    packets = chain.from_iterable(read_part(workshop.path(part.number), part) for part in parts)
    codec, options = CODECS[job.codec], job.options
    if not codec.pieces:
        write_animation(
            job.settings,
            packets,
            made,
            find_format(made),
            encoder=codec.encoder,
            options=encoder_options(
                job.codec, crf=options.crf, preset=options.preset, size=job.film.size
            ),
            end=parts[-1].end,
            shift=job.span.shift,
        )
        return
    write_film(
        job.film,
        job.settings,
        packets,
        made,
        end=parts[-1].end,
        delay=max(part.delay for part in parts),
        span=job.span,
        streams=job.streams,
        rate=options.rate,
        mark=f"Colours computed by {model} of tintype {__version__}" if options.mark else None,
    )
