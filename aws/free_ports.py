"""Prints a port that is free, as is the next one: python aws/free_ports.py

It lies below those that the system gives to outgoing connections: one of these could take it before a server does.
"""

import random
import socket


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


if __name__ == "__main__":
    candidates = random.sample(range(10_000, 30_000), 1_000)
    print(next(port for port in candidates if is_free(port) and is_free(port + 1)))
