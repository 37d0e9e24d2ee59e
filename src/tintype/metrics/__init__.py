# SPDX-License-Identifier: Apache-2.0
"""Pure measures of colour on arrays: how far, how colourful, how steady, how sure.

Pictures are NumPy arrays ``(..., 3, H, W)`` of encoded sRGB in [0, 1]; predicted stands before
true. A measure reduces the last three axes, so one picture gives one number and a batch gives one
number each; averaging over photographs is the caller's, with :mod:`tintype.metrics.bootstrap`.
Each function names the protocol that it follows, because most of these measures exist in several
incompatible variants.
"""
