# SPDX-License-Identifier: Apache-2.0
"""tintype colours black-and-white photographs and film, on your own machine."""

__version__ = "0.1.0"
