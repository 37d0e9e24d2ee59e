# SPDX-License-Identifier: Apache-2.0
"""tintype colours black-and-white photographs and film, on your own machine.

    import tintype
    tintype.colorize("grandmother.jpg").save("grandmother-in-colour.jpg")

Names below are imported when they are first used, so that ``import tintype`` costs next to nothing;
``__init__.pyi`` tells editors and type checkers what they are.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOMES = {
    "Alternative": "tintype.inference.alternatives",
    "ColorizeOptions": "tintype.spec.options",
    "Colored": "tintype.inference.colorizer",
    "Colorizer": "tintype.inference.colorizer",
    "EngineOptions": "tintype.spec.options",
    "FileOptions": "tintype.spec.options",
    "FolderOptions": "tintype.spec.options",
    "FolderResult": "tintype.jobs.folder",
    "Hint": "tintype.spec.hints",
    "Outcome": "tintype.jobs.work",
    "Photograph": "tintype.imaging.photograph",
    "Progress": "tintype.inference.progress",
    "SampleOptions": "tintype.spec.options",
    "TintypeError": "tintype.errors",
    "colorize": "tintype.inference.pictures",
    "colorize_folder": "tintype.jobs.folder",
    "read": "tintype.imaging.files",
    "write": "tintype.imaging.files",
}
__all__ = [*_HOMES]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module 'tintype' has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_HOMES[name]), name)
    return value


def __dir__() -> list[str]:
    return [*__all__, "__version__"]
