# SPDX-License-Identifier: Apache-2.0
"""What ``tintype`` tells the shell, the same for every command."""

DONE = 0
SOME_FAILED = 1  # some photographs, or films; the command has said which and why
CALLERS_MISTAKE = 2  # the line on stderr says what to change
OUR_FAULT = 3  # a broken model file; or a bug, which keeps its traceback
INTERRUPTED = 130  # by Ctrl-C; what is done is kept
