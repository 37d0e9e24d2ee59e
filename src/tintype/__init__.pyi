# SPDX-License-Identifier: Apache-2.0
from tintype.errors import TintypeError as TintypeError
from tintype.imaging.files import read as read
from tintype.imaging.files import write as write
from tintype.imaging.photograph import Photograph as Photograph
from tintype.inference.alternatives import Alternative as Alternative
from tintype.inference.colorizer import Colored as Colored
from tintype.inference.colorizer import Colorizer as Colorizer
from tintype.inference.pictures import colorize as colorize
from tintype.inference.progress import Progress as Progress
from tintype.jobs.folder import FolderResult as FolderResult
from tintype.jobs.folder import colorize_folder as colorize_folder
from tintype.jobs.work import Outcome as Outcome
from tintype.spec.hints import Hint as Hint
from tintype.spec.options import ColorizeOptions as ColorizeOptions
from tintype.spec.options import EngineOptions as EngineOptions
from tintype.spec.options import FileOptions as FileOptions
from tintype.spec.options import FolderOptions as FolderOptions
from tintype.spec.options import SampleOptions as SampleOptions

__version__: str
