# SPDX-License-Identifier: Apache-2.0
"""Programs of the repository, not of the package: the demo, the documents' figures."""
