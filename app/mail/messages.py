"""A row of the outbox as a message for the mail server: text and HTML side by side, whatever language it is in."""
from __future__ import annotations

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from urllib.parse import urlsplit

from flask import current_app

from app.clock import Clock
from app.mail.models import Mail


def message_of(mail: Mail, clock: Clock) -> EmailMessage:
    """The message. Raises ValueError when a header would hold a line break."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = mail.subject
    message["From"] = _sender()
    message["To"] = mail.address
    message["Date"] = format_datetime(clock())
    message["Message-ID"] = f"<mail-{mail.id}-{int(mail.created_at.timestamp())}@{_host()}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    return message


def _sender() -> Address:
    name, spec = parseaddr(current_app.config["MAIL_FROM"])
    return Address(name or current_app.config["SITE_NAME"], addr_spec=spec or f"no-reply@{_host()}")


def _host() -> str:
    return urlsplit(current_app.config["PUBLIC_URL"]).hostname or "localhost"
