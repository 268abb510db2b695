"""The connection to the mail server that MAIL_URL names. The only user of smtplib's classes besides their errors."""
from __future__ import annotations

import smtplib
import ssl
from urllib.parse import unquote, urlsplit

from flask import current_app

TIMEOUT = 20  # seconds


def connect() -> smtplib.SMTP:
    """An open connection, signed in where MAIL_URL has a name. Raises OSError or SMTPException.

    smtps:// speaks TLS from the first byte; smtp:// as soon as the server offers it, and a password never goes without.
    """
    url = urlsplit(current_app.config["MAIL_URL"])
    if url.scheme == "smtps":
        server = smtplib.SMTP_SSL(url.hostname, url.port or 465, timeout=TIMEOUT, context=ssl.create_default_context())
    else:
        server = smtplib.SMTP(url.hostname, url.port or 25, timeout=TIMEOUT)
    try:
        _secure(server, url)
    except BaseException:
        server.close()
        raise
    return server


def _secure(server: smtplib.SMTP, url) -> None:
    server.ehlo()
    if url.scheme != "smtps" and server.has_extn("starttls"):
        server.starttls(context=ssl.create_default_context())
        server.ehlo()
    elif url.scheme != "smtps" and url.username:
        raise smtplib.SMTPNotSupportedError("the server offers no TLS: the password is not sent in the open")
    if url.username:
        server.login(unquote(url.username), unquote(url.password or ""))
