"""A stand-in of a payment gateway and of public registers: `python -m app.sandbox.gateway --port 8010`.

Not part of the service and never imported by it: they meet only over HTTP. It moves no money. It keeps its orders in
memory unless `--database` names an SQLite file, signs with PINGSHEN_GATEWAY_SECRET, and speaks Chinese to payers.
"""
from __future__ import annotations

import argparse
import logging
import os
import time
from pathlib import Path

from flask import Flask, Response, abort, jsonify, redirect, render_template, request
from werkzeug.serving import make_server

from app.invented_registers import answer_of, mood_of
from app.sandbox.notices import Notifier
from app.sandbox.orders import Orders, OrderConflict
from app.sandbox.signatures import HEADER, is_signed

SLOW_FOR = 8.0  # seconds; whoever asks gives up before
DEFAULT_SECRET = "sandbox-secret"
TEMPLATES = Path(__file__).with_name("templates")


def create_gateway(secret: str = DEFAULT_SECRET, database: str = ":memory:",
                   pauses: tuple[float, ...] = Notifier.PAUSES) -> Flask:
    """The gateway as an app. `pauses`: seconds between the tries of a notice."""
    app = Flask("sandbox", template_folder=str(TEMPLATES), static_folder=None)
    app.json.ensure_ascii = False
    orders = Orders(database)
    app.extensions["orders"] = orders
    _register_orders(app, orders, secret)
    _register_pay_page(app, orders, Notifier(orders, secret, pauses))
    _register_look_ups(app)
    _register_province(app)
    return app


def _register_orders(app: Flask, orders: Orders, secret: str) -> None:
    @app.before_request
    def ensure_signed():
        if request.path.startswith(("/orders", "/statements")):
            content = request.get_data() or f"{request.method} {request.path}".encode()
            if not is_signed(content, request.headers.get(HEADER, ""), secret):
                return jsonify(code="signature"), 401

    @app.post("/orders")
    def place():
        try:
            return jsonify(orders.place(request.get_json(), request.url_root.rstrip("/")))
        except OrderConflict:
            return jsonify(code="conflict"), 409

    @app.get("/orders/<order_no>")
    def show(order_no):
        return jsonify(orders.get(order_no) or abort(404))

    @app.post("/orders/<order_no>/close")
    def close(order_no):
        return jsonify(orders.close(order_no) or abort(404))

    @app.get("/statements/<day>")
    def statement(day):
        return jsonify(day=day, payments=orders.payments_on(day))


def _register_pay_page(app: Flask, orders: Orders, notifier: Notifier) -> None:
    @app.get("/pay/<order_no>")
    def pay_page(order_no):
        return render_template("pay.html", order=orders.get(order_no) or abort(404))

    @app.post("/pay/<order_no>")
    def pay(order_no):
        order = orders.get(order_no) or abort(404)
        if order["state"] == "closed":
            abort(409)
        paid = request.form.get("result") == "success"
        payment = orders.record(order_no, "paid" if paid else "failed")
        notifier.send(order_no, payment)
        return redirect(order["return_url"], 303)


def _register_province(app: Flask) -> None:
    """A superior system that takes certificates in and gives each a number of its own; the same request twice is one."""
    numbers: dict[str, str] = {}

    @app.post("/province/certificates")
    def take_in():
        said = request.get_json()
        number = numbers.setdefault(said["request"], f"示范省{len(numbers) + 1:08d}")
        return jsonify(accepted=True, number=number)


def _register_look_ups(app: Flask) -> None:
    @app.get("/lookup/<register>")
    def look_up(register):
        mood = mood_of(request.args.to_dict())
        if mood == "slow":
            time.sleep(SLOW_FOR)
        if mood == "garbled":
            return Response("<html>维护中", mimetype="text/html")
        answer = answer_of(register, request.args.to_dict())
        return jsonify(answer) if answer else Response(status=404)

    @app.get("/health")
    def health():
        return jsonify(status="ok")


def main() -> None:
    """Serves until it is stopped."""
    parser = argparse.ArgumentParser(description="Sandbox of a payment gateway and of public registers")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8010)
    parser.add_argument("--database", default=":memory:", help="SQLite file that keeps the orders")
    options = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    secret = os.environ.get("PINGSHEN_GATEWAY_SECRET", DEFAULT_SECRET)
    make_server(options.host, options.port, create_gateway(secret, options.database), threaded=True).serve_forever()


if __name__ == "__main__":
    main()
