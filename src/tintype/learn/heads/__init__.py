# SPDX-License-Identifier: Apache-2.0
"""Heads: from a feature map to a prediction of chroma, with its loss and its decode."""
