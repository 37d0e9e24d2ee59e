# SPDX-License-Identifier: Apache-2.0
"""Folders of photographs, with a journal."""
