"""Runs a command in a pseudo-terminal: terminal.py COMMAND [ARGUMENT...] <SCRIPT

The script is JSON: a list of [what has to appear, what is then typed]. What the terminal showed is printed, with plain
line ends and without bells, and the command's exit code is this process's.
"""

import json
import os
import pty
import select
import signal
import sys
import time

SECONDS = 100
NOTHING_APPEARED = 99
BELL = b"\a"


def main():
    script = json.load(sys.stdin)
    child, terminal = pty.fork()
    if child == 0:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # it may be ignored in what started the test; at a terminal it is not
        os.execvp(sys.argv[1], sys.argv[1:])
    shown, read_on, deadline = b"", 0, time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if script and (at := shown.find(script[0][0].encode(), read_on)) >= 0:
            read_on = at + len(script[0][0].encode())
            os.write(terminal, script.pop(0)[1].encode())
            continue
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # Linux: the other side has closed
            piece = b""
        if not piece:
            break
        shown += piece.replace(BELL, b"")
    else:
        os.kill(child, 9)
        sys.stdout.write(shown.decode())
        # Not among what was shown, where a test would find what it waits for.
        sys.stderr.write("The command did not end; waited for: " + repr(script[:1]) + "\n")
        sys.exit(NOTHING_APPEARED)
    sys.stdout.write(shown.decode().replace("\r\n", "\n"))
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


main()
