# SPDX-License-Identifier: Apache-2.0
"""Controlled runs at one budget: what to build the network of, asked one thing at a time."""
