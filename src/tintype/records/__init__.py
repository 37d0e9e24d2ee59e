# SPDX-License-Identifier: Apache-2.0
"""Journals and self-contained HTML reports."""
