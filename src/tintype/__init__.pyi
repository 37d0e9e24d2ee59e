# SPDX-License-Identifier: Apache-2.0
from tintype.errors import TintypeError as TintypeError
from tintype.imaging.files import read as read
from tintype.imaging.files import write as write
from tintype.imaging.photograph import Photograph as Photograph
from tintype.inference.colorizer import Colorizer as Colorizer
from tintype.inference.pictures import colorize as colorize
from tintype.spec.hints import Hint as Hint
from tintype.spec.options import ColorizeOptions as ColorizeOptions

__version__: str
