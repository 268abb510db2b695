"""Preparing a database and starting the processes of one machine; what `pingshen init` and `pingshen run` do."""
from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
from flask import Flask
from flask_migrate import upgrade

from app import config
from app.audit.replays.golden import ensure_sample_replays
from app.definitions import read_folder
from app.errors import SampleDiffers
from app.operations.reading import demo_accounts
from app.operations.releases import publish_unknown
from app.people import SYSTEM, load_demo
from app.registers.loading import load_demo_registers

START_WITHIN = 90.0  # seconds the web process may take to answer


def prepare(app: Flask, demo: bool) -> None:
    """Database at the newest migration; in demo mode the repository's procedures published and its people made.

    What analysts published in the workbench stays in force over a restart: only content that is new here is published.
    """
    logging.getLogger("alembic").setLevel(logging.WARNING)
    upgrade()
    if demo:
        bundle = read_folder(config.ROOT)
        clock = app.extensions["clock"]
        publish_unknown(bundle, actor=SYSTEM, clock=clock, note="随软件提供的流程")
        for name in bundle.procedures:
            load_demo(bundle.procedure(name).demo, clock)
            load_demo_registers(bundle.procedure(name), clock)


def run_all(app: Flask, workers: int) -> None:
    """Starts the sandboxes, web and worker, prints where they are, and stops them all with the first that ends."""
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    _ensure_ports_free(app)
    print("准备数据库与流程 …", flush=True)
    prepare(app, demo=app.config["MODE"] != "production")
    _ensure_same_decisions(app)
    logs = Path(app.config["VAR"]) / "log"
    logs.mkdir(exist_ok=True)
    children = {name: _start(command, extra, logs / f"{name}.log") for name, command, extra in _commands(app, workers)}
    try:
        _wait_until_ready(_own_address(app.config), children, logs)
        _print_welcome(app)
        _wait_for_first(children)
    except KeyboardInterrupt:
        pass
    finally:
        _stop(children)


def _ensure_same_decisions(app: Flask) -> None:
    try:
        ensure_sample_replays(app)
    except SampleDiffers as error:
        raise SystemExit(error.message) from error


def _start(command: list[str], extra: dict, log: Path) -> subprocess.Popen:
    """A child whose output goes to a file: the terminal keeps the address and the accounts in sight."""
    with log.open("ab") as out:
        return subprocess.Popen(command, env=os.environ | extra, stdout=out, stderr=out)


def _ensure_ports_free(app: Flask) -> None:
    _ensure_port_free(app.config["HOST"], int(app.config["PORT"]), "PORT")
    if _has_sandbox(app.config):
        _ensure_port_free("127.0.0.1", _sandbox_port(app.config), "PINGSHEN_GATEWAY_URL")
        _ensure_port_free("127.0.0.1", _sandbox_port(app.config) + 1, "PINGSHEN_GATEWAY_URL")


def _ensure_port_free(host: str, port: int, setting: str) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            raise SystemExit(f"端口 {port} 已被占用：请先停止占用它的程序，或用 {setting} 换一个端口。") from None


def _has_sandbox(settings) -> bool:
    """Whether outside systems are stood in for: not in production, and not when a real gateway is named."""
    return settings["MODE"] != "production" and settings["GATEWAY_URL"].startswith("http://127.0.0.1:")


def _sandbox_port(settings) -> int:
    return int(settings["GATEWAY_URL"].rpartition(":")[2])


def _commands(app: Flask, workers: int):
    settings = app.config
    python = sys.executable
    if _has_sandbox(settings):
        yield "sandbox", [python, "-m", "app.sandbox.gateway", "--port", str(_sandbox_port(settings))], {}
    own_identity = _has_sandbox(settings) and not settings["OIDC_ISSUER"]
    if own_identity:
        yield "identity", [python, "-m", "app.sandbox.identity", "--port", str(_sandbox_port(settings) + 1)], {}
    yield "web", [
        python, "-m", "gunicorn", "app.wsgi:application", "--bind", f"{settings['HOST']}:{settings['PORT']}",
        "--worker-class", "gthread", "--workers", str(workers), "--threads", str(settings["WEB_THREADS"]), "--log-level", "warning",
        "--worker-tmp-dir", settings["VAR"],
    ], {"PINGSHEN_OIDC_ISSUER": f"http://127.0.0.1:{_sandbox_port(settings) + 1}"} if own_identity else {}
    yield "worker", [
        python, "-m", "celery", "-q", "-A", "app.worker", "worker", "--beat", "--pool", "threads", "--concurrency", "2",
        "--loglevel", "WARNING", "--without-gossip", "--without-mingle", "--without-heartbeat",
    ], {"PYTHONWARNINGS": "ignore:You're running the worker"} | _superior(settings)  # in a container everybody is root


def _superior(settings) -> dict[str, str]:
    """Where certificates are registered: a stand-in where the other outside systems have one too."""
    stood_in = _has_sandbox(settings) and not settings["PROVINCE_URL"]
    return {"PINGSHEN_PROVINCE_URL": f"{settings['GATEWAY_URL'].rstrip('/')}/province"} if stood_in else {}


def _own_address(settings) -> str:
    """Where the web process is reached from here; PUBLIC_URL may be that of a proxy that is not up yet."""
    host = "127.0.0.1" if settings["HOST"] in ("0.0.0.0", "::") else settings["HOST"]
    return f"http://{host}:{settings['PORT']}"


def _wait_until_ready(url: str, children: dict, logs: Path) -> None:
    deadline = time.monotonic() + START_WITHIN
    while time.monotonic() < deadline:
        for name, child in children.items():
            if child.poll() is not None:
                last = "\n".join((logs / f"{name}.log").read_text("utf-8", "replace").splitlines()[-15:])
                raise SystemExit(f"{last}\n{name} 没有启动（退出码 {child.returncode}），请查看上面的信息。")
        try:
            if httpx.get(f"{url}/health/live", timeout=2, trust_env=False).status_code < 500:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.2)
    raise SystemExit(f"{START_WITHIN:.0f} 秒内没有启动成功，请查看 {logs} 中的日志。")


def _print_welcome(app: Flask) -> None:
    print(f"\n评审已启动： {app.config['PUBLIC_URL']}\n")
    if app.config["MODE"] != "production":
        with app.app_context():
            for account in demo_accounts():
                print(f"  {account['id']:<14} {account['password']:<16} {account['name']}（{account['roles']}）")
    print(f"\n日志在 {app.config['VAR']}/log 。按 Ctrl+C 停止。", flush=True)


def _wait_for_first(children: dict) -> None:
    while all(child.poll() is None for child in children.values()):
        time.sleep(0.5)
    ended = [name for name, child in children.items() if child.poll() is not None]
    print(f"{'、'.join(ended)} 已停止，其余进程随之停止。原因见日志。", flush=True)


def _stop(children: dict) -> None:
    for child in children.values():
        if child.poll() is None:
            child.terminate()
    for child in children.values():
        try:
            child.wait(15)
        except subprocess.TimeoutExpired:
            child.kill()
