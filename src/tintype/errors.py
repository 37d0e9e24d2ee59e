# SPDX-License-Identifier: Apache-2.0
"""What tintype raises on purpose.

    TintypeError
    ├── InputError              the caller's photograph or option is at fault (exit 2, HTTP 4xx)
    │   ├── UnreadableImage     the bytes are no picture that we can decode
    │   ├── UnsupportedImage    a picture, but of a kind that we cannot keep or write
    │   ├── UnreadableFilm      the file is no film that we can decode, or none is left in it
    │   ├── UnsupportedFilm     a film, but of a kind that we cannot keep or write
    │   ├── ImageTooLarge       more pixels than the caller allowed
    │   ├── OptionError         an option is outside its documented range
    │   ├── OutputError         the result cannot go where it was to go
    │   └── RecordError         a journal or record is damaged, in use, or of another kind
    ├── ModelError              a network's file is missing, altered, or of another make (exit 3)
    │   └── Diverged            in training, a network's weights have become no numbers
    └── MissingExtra            an optional dependency is not installed (exit 2)

Anything else that escapes is a bug and keeps its own traceback.
"""


class TintypeError(Exception):
    """Base of every deliberate error."""


class InputError(TintypeError):
    """The input is at fault; the message says what to change."""


class UnreadableImage(InputError):
    """The bytes are not a picture that tintype can decode."""


class UnsupportedImage(InputError):
    """A picture, but of a kind that tintype cannot read faithfully or write."""


class UnreadableFilm(InputError):
    """The file is not a film that tintype can decode, or holds no picture."""


class UnsupportedFilm(InputError):
    """A film, but of a kind that tintype cannot read faithfully or write."""


class ImageTooLarge(InputError):
    """The picture has more pixels than the caller allowed."""


class OptionError(InputError):
    """An option is outside its documented range; the message names both."""


class OutputError(InputError):
    """The result cannot be written where it was to go, or would replace what must stay."""


class RecordError(InputError):
    """A journal or record is damaged, is being written by another run, or is of another kind."""


class ModelError(TintypeError):
    """A network's file is missing, altered, or does not fit what its table row says."""


class Diverged(ModelError):
    """In training, a network's weights have become no numbers."""


class MissingExtra(TintypeError):
    """An optional dependency is not installed; the message names the extra to install."""
