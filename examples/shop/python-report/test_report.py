import json
import threading
import unittest
import urllib.error
import urllib.request

from gateway import Gateway
from mortar_case import MortarCase
from report import totals
from server import create_server


class ReportTest(MortarCase):
    def test_totals_of_all_pages(self):
        report = totals(Gateway(secret_key="sk_test_december", page_size=3))
        self.assertEqual(report["eur"], {"paid": 27850, "refunded": 2500, "net": 25350, "declined": 1})
        self.assertEqual(report["usd"], {"paid": 1900, "refunded": 0, "net": 1900, "declined": 0})

    def test_no_payments_yet(self):
        self.assertEqual(totals(Gateway(secret_key="sk_test_nothing")), {})

    def test_serves_totals(self):
        status, body = self.ask(Gateway(secret_key="sk_test_december"), "/totals")
        self.assertEqual((status, body["eur"]["net"]), (200, 25350))

    def test_a_key_that_the_gateway_refuses_is_its_failure(self):
        status, body = self.ask(Gateway(secret_key="wrong"), "/totals")
        self.assertEqual((status, body), (502, {"error": "gateway", "status": 401}))

    def test_an_unknown_page_asks_the_gateway_nothing(self):
        status, _ = self.ask(Gateway(secret_key="sk_test_december"), "/profits")
        self.assertEqual(status, 404)

    def ask(self, gateway, path):
        server = create_server(gateway)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{server.server_port}{path}") as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)


if __name__ == "__main__":
    unittest.main()
