# SPDX-License-Identifier: Apache-2.0
"""Encoders: from lightness to a pyramid of features."""
