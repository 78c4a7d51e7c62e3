"""Reads the books of the payment gateway."""

import json
import os
import urllib.parse
import urllib.request


class Gateway:
    """What the report needs of Stripe's API."""

    def __init__(self, base=None, secret_key=None, timeout_seconds=10, page_size=100):
        self.base = (base or os.environ.get("STRIPE_API_BASE", "https://api.stripe.com")).rstrip("/")
        self.secret_key = secret_key or os.environ["STRIPE_SECRET_KEY"]
        self.timeout_seconds = timeout_seconds
        self.page_size = page_size

    def payments(self):
        return self._all("/v1/payment_intents")

    def refunds(self):
        return self._all("/v1/refunds")

    def _all(self, path):
        """Every object of a list, page by page."""
        after = {}
        while True:
            page = self._get(path, {"limit": self.page_size, **after})
            yield from page["data"]
            if not page["has_more"]:
                return
            after = {"starting_after": page["data"][-1]["id"]}

    def _get(self, path, query):
        request = urllib.request.Request(
            f"{self.base}{path}?{urllib.parse.urlencode(query)}",
            headers={"authorization": f"Bearer {self.secret_key}"},
        )
        with urllib.request.urlopen(request, timeout=self.timeout_seconds) as response:
            return json.load(response)
