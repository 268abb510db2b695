"""Orders and payments of the sandbox gateway, in an SQLite database of its own."""
from __future__ import annotations

import json
import secrets
import sqlite3
import threading
from datetime import datetime, timezone
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
ORDER_FIELDS = ("order_no", "merchant", "amount", "currency", "subject", "notify_url", "return_url")


class OrderConflict(Exception):
    """The same order number with another content."""


class Orders:
    """A table of orders; each is a JSON text, because a stand-in needs no schema."""

    def __init__(self, database: str):
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(database, check_same_thread=False, isolation_level=None)
        self._connection.execute("CREATE TABLE IF NOT EXISTS orders (order_no TEXT PRIMARY KEY, said TEXT)")

    def place(self, asked: dict, root: str) -> dict:
        """The order; the same number again gives the same order. Raises OrderConflict."""
        with self._lock:
            known = self._read(asked["order_no"])
            if known is None:
                known = {key: asked[key] for key in ORDER_FIELDS} | {"state": "open", "payments": []}
                known["pay_url"] = f"{root}/pay/{asked['order_no']}"
                self._write(known)
            if any(known[key] != asked[key] for key in ("merchant", "amount", "currency")):
                raise OrderConflict
            return known

    def get(self, order_no: str) -> dict | None:
        """The order, or None."""
        with self._lock:
            return self._read(order_no)

    def close(self, order_no: str) -> dict | None:
        """Closes an unpaid order."""
        with self._lock:
            order = self._read(order_no)
            if order and order["state"] == "open":
                order["state"] = "closed"
                self._write(order)
            return order

    def payments_on(self, day: str) -> list[dict]:
        """The payments of a day in Shanghai, failed tries left out."""
        with self._lock:
            rows = self._connection.execute("SELECT said FROM orders").fetchall()
        found = [payment for (said,) in rows for payment in json.loads(said)["payments"] if payment["status"] != "failed"]
        return [p for p in found if datetime.fromisoformat(p["paid_at"]).astimezone(SHANGHAI).date().isoformat() == day]

    def record(self, order_no: str, status: str) -> dict:
        """Adds a payment, or a failed try, and returns it."""
        with self._lock:
            order = self._read(order_no)
            payment = {
                "gateway_no": f"GW{datetime.now():%Y%m%d}{secrets.randbelow(10**12):012d}", "status": status,
                "amount": order["amount"], "currency": order["currency"], "channel": "沙箱支付",
                "paid_at": datetime.now(timezone.utc).isoformat(timespec="seconds"),
            }
            order["payments"].append(payment)
            order["state"] = "paid" if status == "paid" else order["state"]
            self._write(order)
            return payment

    def _read(self, order_no: str) -> dict | None:
        row = self._connection.execute("SELECT said FROM orders WHERE order_no = ?", (order_no,)).fetchone()
        return row and json.loads(row[0])

    def _write(self, order: dict) -> None:
        self._connection.execute("INSERT OR REPLACE INTO orders VALUES (?, ?)", (order["order_no"], json.dumps(order)))
