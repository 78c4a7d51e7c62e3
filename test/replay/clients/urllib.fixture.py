"""Python's own client, which knows nothing of Mortar but the proxy variables that every Python program reads."""
import hashlib, json, os, urllib.error, urllib.request

base = os.environ["BASE"]
seen = {}


def ask(path, data=None, headers={}):
    with urllib.request.urlopen(urllib.request.Request(base + path, data, headers), timeout=10) as response:
        return [response.status, response.headers.get("content-type"), response.read().decode()]


seen["json"] = ask("/items/1")
seen["post"] = ask("/echo", b'{"a": 1}', {"Content-Type": "application/json"})
seen["large"] = hashlib.sha256(urllib.request.urlopen(base + "/large").read()).hexdigest()
seen["moved"] = ask("/moved")
try:
    ask("/fails/500")
except urllib.error.HTTPError as error:
    seen["failed"] = [error.code, error.read().decode()]
seen["secure"] = urllib.request.urlopen(os.environ["SECURE"] + "/items/2").read().decode()
print(json.dumps(seen))
