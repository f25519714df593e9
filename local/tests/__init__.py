"""The tests of what is written in Python."""

import logging

# Its tests run loops in debug mode, which tells in the middle of a line of results that a busy machine was slow.
logging.getLogger("asyncio").setLevel(logging.ERROR)
