"""Why there is no answer: each cause told apart, with what to do about it, and whether to try again."""

import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import httpx

from backends.remote.service import Service
from contract.errors import ContractError, ServiceUnreachable

__all__ = ["NoAnswer", "no_answer_in_time", "proxy_refused", "why_no_answer"]

_PROXY = "Check HTTPS_PROXY (or HTTP_PROXY, ALL_PROXY); NO_PROXY names hosts to reach without one."
_LATER = "Check the network, then try again in a minute."
_CLOCK = "Check this machine's clock; if it is right, tell whoever runs the service."
_CERTIFICATE = "If its certificate comes from an authority of your own, set SSL_CERT_FILE to that authority's (PEM)."

# As OpenSSL numbers them (X509_V_ERR_...).
_NOT_YET_VALID, _EXPIRED, _OTHER_HOST, _OTHER_ADDRESS = 9, 10, 62, 64


@dataclass(frozen=True)
class NoAnswer:
    """A try that brought no answer.

    Attributes:
        error: What to raise.
        again: Whether another try may fare better.
        maybe_done: Whether the service may have carried the request out all the same.
    """

    error: ContractError
    again: bool = False
    maybe_done: bool = False


def why_no_answer(error: httpx.HTTPError, service: Service) -> NoAnswer:
    """What a failure of the client means."""
    if isinstance(error, httpx.ProxyError):
        return proxy_refused()
    for cause in _causes(error):
        if isinstance(cause, ssl.SSLError):
            return NoAnswer(_of_tls(cause, service))
        if isinstance(cause, socket.gaierror):
            again = cause.errno == socket.EAI_AGAIN
            return _unreachable("The service's host name was not found.", _check_host(service), again=again)
        if isinstance(cause, ConnectionRefusedError):
            refused = "The connection was refused: nothing answers at that address."
            return _unreachable(refused, _check_it_runs(service), again=True)
    return _by_kind(error)


def no_answer_in_time() -> NoAnswer:
    """The request was sent, and the answer took too long."""
    return _unreachable("The service did not answer in time.", _LATER, again=True, maybe_done=True)


def proxy_refused() -> NoAnswer:
    """A proxy stands between, and did not let the request through."""
    return _unreachable("The proxy refused to reach the service.", _PROXY)


def _by_kind(error: httpx.HTTPError) -> NoAnswer:
    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return _unreachable("The service could not be connected to in time.", _LATER, again=True)
    if isinstance(error, httpx.TimeoutException):
        return no_answer_in_time()
    if isinstance(error, httpx.ConnectError):
        return _unreachable("The service could not be connected to.", _LATER, again=True)
    if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError):
        return _unreachable("The connection broke off before an answer came.", _LATER, again=True, maybe_done=True)
    return NoAnswer(ServiceUnreachable())


def _of_tls(error: ssl.SSLError, service: Service) -> ServiceUnreachable:
    if not isinstance(error, ssl.SSLCertVerificationError):
        return ServiceUnreachable(
            "What answers at that address does not speak TLS as https needs.", next_step=_check_it_runs(service)
        )
    if error.verify_code in {_OTHER_HOST, _OTHER_ADDRESS}:
        return ServiceUnreachable("The service's TLS certificate is for another host.", next_step=_check_host(service))
    if error.verify_code in {_EXPIRED, _NOT_YET_VALID}:
        return ServiceUnreachable("The service's TLS certificate is not valid at this time.", next_step=_CLOCK)
    return ServiceUnreachable("The service's TLS certificate is not trusted.", next_step=_CERTIFICATE)


def _check_host(service: Service) -> str:
    return f"Check the host in {service.address}, and the network."


def _check_it_runs(service: Service) -> str:
    return f"Check that the service runs, and the host and port in {service.address}."


def _unreachable(message: str, next_step: str, *, again: bool = False, maybe_done: bool = False) -> NoAnswer:
    return NoAnswer(ServiceUnreachable(message, next_step=next_step), again, maybe_done)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that led to it; where several addresses were tried, what became of each."""
    yield error
    if isinstance(error, BaseExceptionGroup):
        for member in cast("BaseExceptionGroup[BaseException]", error).exceptions:
            yield from _causes(member)
    # The connection pool raises anew "from None", which leaves the cause to be found in the context alone.
    reason = error.__cause__ or error.__context__
    if reason is not None:
        yield from _causes(reason)
