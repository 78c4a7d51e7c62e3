"""Serves the report: GET /totals."""

import json
import os
import urllib.error
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from gateway import Gateway
from report import totals


def create_server(gateway, port=0):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            if self.path != "/totals":
                return self.answer(404, {"error": "not_found"})
            try:
                self.answer(200, totals(gateway))
            except urllib.error.HTTPError as error:
                self.answer(502, {"error": "gateway", "status": error.code})
            except (urllib.error.URLError, TimeoutError):
                self.answer(504, {"error": "gateway_unreachable"})

        def answer(self, status, body):
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_):
            pass

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


if __name__ == "__main__":
    create_server(Gateway(), int(os.environ.get("PORT", "3001"))).serve_forever()
