"""Certificates: issued once, numbered without gaps, signed, checkable by anybody who holds the code.

Connectors and routes import it. What a certificate looks like is a report of the procedure.
"""
from app.certificates.models import Certificate
from app.certificates.operations import (
    can_download, certificate_for, certificates_of, issue_certificate, revoke_certificate,
)
from app.certificates.verification import Verified, verify_code

__all__ = [
    "Certificate", "Verified", "can_download", "certificate_for", "certificates_of", "issue_certificate",
    "revoke_certificate", "verify_code",
]
