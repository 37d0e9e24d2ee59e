# SPDX-License-Identifier: Apache-2.0
"""The page and the API: parses, calls the core, replies."""
