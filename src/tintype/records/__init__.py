# SPDX-License-Identifier: Apache-2.0
"""What was done, kept so that it can be trusted later: journals, records, and pages made of them.

A *journal* is written while work is going on, a line an event, and outlives a crash. A *record* is
written once, when a measurement is done, and carries where its figures come from. Pages and tables
show either; nothing in a document is typed in by hand.
"""
