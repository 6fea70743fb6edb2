"""Serves the OC4IDS schema on the loopback address, as the validator expects to find it."""

import contextlib
import functools
import http.server
import pathlib
import threading

ADDRESS = ("127.0.0.1", 8765)
BASE = "/infrastructure/schema/0__9__5"
FILES = pathlib.Path(__file__).parent / "third-party" / "oc4ids"


class Handler(http.server.SimpleHTTPRequestHandler):
    """Hands out files below BASE, and is silent."""

    def translate_path(self, path):
        if not path.startswith(BASE):
            return str(FILES / "missing")
        return super().translate_path(path[len(BASE):])

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def serving():
    """Serves while the block runs; gives the address."""
    handler = functools.partial(Handler, directory=str(FILES))
    server = http.server.ThreadingHTTPServer(ADDRESS, handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://{ADDRESS[0]}:{ADDRESS[1]}{BASE}/"
    finally:
        server.shutdown()
        server.server_close()
