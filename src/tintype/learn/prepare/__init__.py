# SPDX-License-Identifier: Apache-2.0
"""From the archives of public photograph collections to shards; needs no PyTorch."""
