"""Certificates for HTTPS: those of files, or one that the server signs for itself."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from tempfile import TemporaryDirectory

#: how long a certificate of our own holds
_VALID = timedelta(days=30)


@dataclass(frozen=True)
class Certificate:
    """What a server needs for HTTPS.

    Attributes:
        context: of a server.
        file: the certificate, for clients to trust.
    """

    context: ssl.SSLContext
    file: Path


def from_files(certificate: str, key: str) -> Certificate:
    """Return the certificate of two files in PEM.

    Raises:
        OSError: one cannot be read, or they are not a certificate and its key.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return Certificate(context, Path(certificate))


@contextmanager
def self_signed(host: str) -> Iterator[Certificate]:
    """Make a certificate for this machine, in files that are gone when the block ends.

    Args:
        host: a name or an address of the server, besides the local ones.
    """
    with TemporaryDirectory(prefix="membership-mock-") as folder:
        certificate, key = Path(folder, "certificate.pem"), Path(folder, "key.pem")
        key.touch(mode=0o600)
        public, private = _signed(host)
        certificate.write_bytes(public)
        key.write_bytes(private)
        yield from_files(str(certificate), str(key))


def _signed(host: str) -> tuple[bytes, bytes]:
    """Return a certificate and its key in PEM."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "membership_mock")])
    now = datetime.now(timezone.utc)

    def named(each: str) -> x509.GeneralName:
        try:
            return x509.IPAddress(ipaddress.ip_address(each))
        except ValueError:
            return x509.DNSName(each)

    names = [named(each) for each in dict.fromkeys(["localhost", "127.0.0.1", "::1", host])]
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + _VALID)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    return (
        signed.public_bytes(serialization.Encoding.PEM),
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ),
    )
