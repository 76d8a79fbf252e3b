"""A certificate of a test's own for servers on loopback."""

import shutil
import ssl
import subprocess
from pathlib import Path


def make_certificate(folder: Path, *names: str) -> tuple[Path, Path]:
    """Make a key and a certificate for hosts ("DNS:www.example.org", "IP:127.0.0.1"), signed by itself.

    Returns:
        The paths of key and certificate.
    """
    openssl = shutil.which("openssl")
    assert openssl, "the test needs openssl, which Debian's python3 image and continuous integration hold"
    folder.mkdir(parents=True, exist_ok=True)
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        # A key on a curve is made at once; one of RSA takes up to a second.
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"]
        + ["-subj", "/CN=localhost"]
        + ["-addext", f"subjectAltName={','.join(names)}", "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    return key, certificate


def server_side(key: Path, certificate: Path) -> ssl.SSLContext:
    """Return what a server needs to answer with the certificate."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
