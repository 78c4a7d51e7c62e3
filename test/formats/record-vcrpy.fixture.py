"""Run as a program: records the traffic with vcrpy. Arguments: origin, output file, serializer, decode (0 or 1)."""
import http.client
import sys
from urllib.parse import urlsplit

import vcr

origin, output, serializer, decode = sys.argv[1:5]
address = urlsplit(origin)


def ask(method, path, headers=None, body=None):
    connection = http.client.HTTPConnection(address.hostname, address.port)
    connection.request(method, path, body=body, headers=headers or {})
    connection.getresponse().read()
    connection.close()


recorder = vcr.VCR(serializer=serializer, decode_compressed_response=decode == "1")
with recorder.use_cassette(output):
    ask("GET", "/cookies?page=2&q=a%20b", {"Accept": "text/plain"})
    if serializer == "yaml" or decode == "1":
        ask("GET", "/gzip", {"Accept-Encoding": "gzip"})
    if serializer == "yaml":
        ask("GET", "/image.png")
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    ask("POST", "/form", form, "name=Zo%C3%AB&x=1")
    ask("POST", "/json", {"Content-Type": "application/json"}, '{"title":"Zoë","n":[1,2]}'.encode())
    if serializer == "yaml":
        ask("POST", "/upload", {"Content-Type": "application/octet-stream"}, bytes([0, 255, 254, 1, 128]))
    ask("GET", "/redirect")
    ask("GET", "/landed?from=redirect")
    ask("GET", "/missing")
