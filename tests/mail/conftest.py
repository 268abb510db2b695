"""A real mail server in a thread, which can be switched off and on again on the same port."""
from __future__ import annotations

import socket
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller


class Mailbox:
    """What arrived. `start` and `stop` are the server's power switch."""

    def __init__(self):
        self.letters, self.refused = [], set()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._controller = None

    async def handle_RCPT(self, _server, _session, envelope, address, _options):
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server, _session, envelope):
        self.letters.append(message_from_bytes(envelope.content, policy=policy.default))
        return "250 OK"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    def ascii_only(self):
        """From now on a server of the old kind, which knows no other addresses."""
        self.stop()
        self.start(enable_SMTPUTF8=False)

    def start(self, **how):
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, **how)
        self._controller.start()

    def stop(self):
        if self._controller:
            self._controller.stop()
            self._controller = None


@pytest.fixture
def mailbox():
    box = Mailbox()
    box.start()
    yield box
    box.stop()


@pytest.fixture
def post(app, mailbox):
    """The app with the mail server named."""
    app.config["MAIL_URL"] = mailbox.url
    return mailbox
