# SPDX-License-Identifier: Apache-2.0
"""Everything that needs PyTorch: networks, data, training, export (extra: train)."""
