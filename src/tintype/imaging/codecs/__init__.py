# SPDX-License-Identifier: Apache-2.0
"""One module for each file format: bytes to rasters, a photograph to bytes.

Each has ``decode(data, *, max_pixels)``, which gives the file's pages as rasters and refuses by
:mod:`tintype.errors`, and ``encode(photograph, *, settings)``, which is given only what its row of
:data:`tintype.imaging.formats.FORMATS` says that the format can hold.
"""
