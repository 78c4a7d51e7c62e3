"""Tells Mortar which test is running, where it is attached, so that each has a cassette of its own."""

import json
import os
import unittest
import urllib.request


class MortarCase(unittest.TestCase):
    def run(self, result=None):
        if "MORTAR_CONTROL" not in os.environ:
            return super().run(result)
        failed_before = len(result.failures) + len(result.errors)
        _tell("/test/start", file=f"{type(self).__module__}.py", name=self._testMethodName)
        super().run(result)
        passed = len(result.failures) + len(result.errors) == failed_before
        for failure in _tell("/test/end", passed=passed)["failures"]:
            error = AssertionError(failure["message"])
            result.addFailure(self, (AssertionError, error, None))
        return result


def _tell(path, **body):
    request = urllib.request.Request(
        os.environ["MORTAR_CONTROL"] + path,
        json.dumps(body).encode(),
        {"content-type": "application/json"},
    )
    with urllib.request.urlopen(request) as response:
        return json.load(response)
