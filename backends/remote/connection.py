"""Open the HTTP client of a service: proxies, certificates and timeouts, from the environment where it has a say."""

import os
import ssl
from pathlib import Path

import httpx

from backends.loopback import is_loopback
from contract.errors import InvalidRequest

__all__ = ["open_client"]

_TIMEOUT = httpx.Timeout(30, connect=5)

# The pool holds as many connections as are read at once, and a few for calls beside that.
_LIMITS = httpx.Limits(max_connections=20, max_keepalive_connections=20, keepalive_expiry=60)

_ENCODINGS = "gzip"
"""Of answers. Others, and several at once, can make far more of a few bytes (backends/remote/exchange.py)."""


def open_client(base_url: str, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """The client of the service at that address.

    It goes by HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY, and trusts what SSL_CERT_FILE or SSL_CERT_DIR names, or
    else certifi's list. A service on this machine is asked directly: no proxy elsewhere could reach it, and it would
    read the secret.

    Raises:
        InvalidRequest: A variable of the environment is wrong.
    """
    trusted = _trusted_certificates()
    try:
        return httpx.AsyncClient(
            base_url=base_url,
            headers={"Accept": "application/json", "Accept-Encoding": _ENCODINGS},
            timeout=_TIMEOUT,
            limits=_LIMITS,
            verify=trusted,
            trust_env=not is_loopback(httpx.URL(base_url).host),
            transport=transport,
        )
    except (ValueError, ImportError, httpx.InvalidURL):
        pass
    # Not raised in a handler, since the client's error repeats the address, and that may hold a password.
    raise InvalidRequest(
        "A proxy that the environment names can't be used.",
        field="HTTPS_PROXY",
        next_step="Set HTTPS_PROXY, HTTP_PROXY or ALL_PROXY to an address such as http://proxy.example:3128, or to "
        "nothing.",
    )


def _trusted_certificates() -> ssl.SSLContext:
    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if not file and folder and not Path(folder).is_dir():
        raise _not_trusted("SSL_CERT_DIR", "a folder of certificates")
    try:
        return httpx.create_ssl_context()
    except (OSError, ValueError):  # ssl.SSLError is an OSError; a ValueError if the path holds a NUL
        pass
    raise _not_trusted("SSL_CERT_FILE", "a readable file of certificates (PEM)")


def _not_trusted(variable: str, what: str) -> InvalidRequest:
    return InvalidRequest(
        f"{variable} does not name {what}.",
        field=variable,
        next_step="Correct it, or set it to nothing for the usual list of certification authorities.",
    )
