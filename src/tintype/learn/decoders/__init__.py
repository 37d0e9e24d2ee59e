# SPDX-License-Identifier: Apache-2.0
"""Decoders: from a pyramid of features to one map."""
