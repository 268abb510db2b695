"""Certificates: issued once, numbered without gaps, signed, corrected by new editions, checkable by anybody.

Connectors and routes import it. What a certificate looks like is a report of the procedure.
"""
from app.certificates.changing import take_number
from app.certificates.keeping import sees_register
from app.certificates.models import Certificate, CertificateChange, CertificateCheck
from app.certificates.operations import (
    can_download, certificate_for, certificates_of, issue_certificate, newest, release_certificate, revoke_certificate,
)
from app.certificates.verification import Verified, verify_code, verify_file, verify_number

__all__ = [
    "Certificate", "CertificateChange", "CertificateCheck", "Verified", "can_download", "certificate_for", "certificates_of",
    "issue_certificate", "newest", "release_certificate", "revoke_certificate", "sees_register", "take_number", "verify_code",
    "verify_file", "verify_number",
]
