# SPDX-License-Identifier: Apache-2.0
"""Colour science: pure functions of NumPy arrays and PyTorch tensors alike."""
