# SPDX-License-Identifier: Apache-2.0
"""The options of a film beside those of its colours, stated once for every face.

What colours are wanted (vividness, saturation, size) is said by
:class:`tintype.spec.options.ColorizeOptions`, as for a photograph. Here is what only a film has:
how the stream is coded, which part of it, how colours are kept steady, how the work is cut up.
"""

from dataclasses import dataclass, field, fields

from tintype.errors import OptionError
from tintype.spec.options import check_option, choice, number
from tintype.video.codecs import AUTO, CODECS, PRESETS

FORWARDS, BOTH_WAYS, ALONE = "motion", "bidirectional", "off"  # how colours are kept steady


@dataclass(frozen=True, slots=True, kw_only=True)
class FilmOptions:
    """How to colour one film. Checked on construction, so every face reports alike.

    Raises:
        OptionError: a value is outside its range or choices; the message names both.
    """

    codec: str = choice(
        AUTO, "How the pictures are coded (auto: what plays everywhere).", among=(AUTO, *CODECS)
    )
    crf: int | None = number(
        None, "Quality: lower is better and larger (default: the codec's).", low=0, high=63
    )
    preset: str = choice("veryfast", "Time the encoder takes to save space.", among=PRESETS)
    start: float | None = number(None, "Second of the film to begin at.", low=0.0, high=1e6)
    end: float | None = number(None, "Second of the film to end before.", low=0.0, high=1e6)
    steady: str = choice(
        FORWARDS,
        "motion: colours are carried along the motion; bidirectional: from later frames too, which "
        "is steadier and slower; off: each frame stands alone and flickers.",
        among=(FORWARDS, BOTH_WAYS, ALONE),
    )
    every: int | None = number(
        None, "Run the network on every n-th frame (default: as motion needs it).", low=1, high=50
    )
    streams: str = choice(
        "all",
        "Sound, subtitles and the rest: all, those that the format can hold, or none.",
        among=("all", "fitting", "none"),
    )
    rate: float = number(24.0, "Frames a second of a sequence of pictures.", low=0.01, high=1000.0)
    segment: float = number(
        10.0, "Seconds of film at most that an interrupted job has to repeat.", low=0.1, high=600.0
    )
    mark: bool = field(
        default=True,
        metadata={
            "help": "Say in the metadata that the colours are computed.",
            "flag": "--mark/--no-mark",
        },
    )
    max_pixels: int = number(
        40_000_000, "Refuse a film whose frames have more pixels.", low=1, high=1_000_000_000
    )

    def __post_init__(self) -> None:
        for option in fields(self):
            value = getattr(self, option.name)
            if value is not None or option.default is not None:
                check_option(option.name, value, option.metadata)
        if self.start is not None and self.end is not None and self.end <= self.start:
            raise OptionError(f"end must be after start, got {self.end} and {self.start}")


DEFAULTS = FilmOptions()
HELP: dict[str, str] = {o.name: o.metadata["help"] for o in fields(FilmOptions)}
