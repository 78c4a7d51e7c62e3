"""What the shop has earned."""


def totals(gateway):
    """Cents by currency: what was paid, what was given back, what is left; and how many payments were declined."""
    report = {}

    def of(currency):
        return report.setdefault(currency, {"paid": 0, "refunded": 0, "net": 0, "declined": 0})

    for payment in gateway.payments():
        entry = of(payment["currency"])
        if payment["status"] == "succeeded":
            entry["paid"] += payment["amount"]
        else:
            entry["declined"] += 1
    for refund in gateway.refunds():
        of(refund["currency"])["refunded"] += refund["amount"]
    for entry in report.values():
        entry["net"] = entry["paid"] - entry["refunded"]
    return report
