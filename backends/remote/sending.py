"""Send a request until it is answered, within the service's limits and our patience.

Reads change nothing, and a write of MusicEngine carries an Idempotency-Key that stays the same: both can be tried again
in any case. Other writes are, as long as nobody can have carried them out.
"""

from collections import defaultdict
from functools import partial
from typing import Any

import anyio
import httpx

from backends.remote.exchange import Answer, exchange
from backends.remote.failures import NoAnswer, no_answer_in_time
from backends.remote.limits import Allowance, asked_wait, wait_after_refusal
from backends.remote.retry import RetryPolicy
from backends.remote.service import Service
from backends.waiting import tell_of_wait
from contract.operation import Effect, Operation, RateLimit

__all__ = ["Sender"]


class Sender:
    """Sends requests over one client, and remembers what the service said of each rate class."""

    def __init__(self, client: httpx.AsyncClient, policy: RetryPolicy, service: Service) -> None:
        self._client = client
        self._policy = policy
        self._service = service
        self._allowances: defaultdict[RateLimit | None, Allowance] = defaultdict(partial(Allowance, policy.clock))

    async def send(self, operation: Operation[Any, Any], request: httpx.Request) -> tuple[Answer | NoAnswer, bool]:
        """Return the last try's outcome, and whether any try may have been carried out without our knowing."""
        repeatable = operation.effect is Effect.READ or operation.takes_idempotency_key
        allowance = self._allowances[operation.rate_limit]
        call = _Call(self._client, self._policy, self._service, allowance, request, repeatable=repeatable)
        with anyio.move_on_after(self._policy.call_seconds):
            return await call.outcome(), call.maybe_done
        return no_answer_in_time(), True


class _Call:
    """One call: its tries, and how long it has waited."""

    def __init__(
        self,
        client: httpx.AsyncClient,
        policy: RetryPolicy,
        service: Service,
        allowance: Allowance,
        request: httpx.Request,
        *,
        repeatable: bool,
    ) -> None:
        self._client = client
        self._policy = policy
        self._service = service
        self._repeatable = repeatable
        self._allowance = allowance
        self._request = request
        self._waited = 0.0
        self.maybe_done = False

    async def outcome(self) -> Answer | NoAnswer:
        """Try until there is an answer that no other try could better, or patience ends."""
        attempt = 1
        while True:
            await self._keep_to_the_limit()
            outcome = await exchange(self._client, self._request, self._policy.attempt_seconds, self._service)
            self.maybe_done |= outcome.maybe_done
            if isinstance(outcome, Answer):
                self._allowance.learn(outcome.headers)
            if not outcome.again or attempt == self._policy.attempts or (self.maybe_done and not self._repeatable):
                return outcome
            seconds, reason = self._pause(outcome, attempt)
            if not self._can_wait(seconds):
                return outcome
            attempt += 1
            await self._wait(seconds, f"{reason} (try {attempt} of {self._policy.attempts} follows)")

    async def _keep_to_the_limit(self) -> None:
        """Wait for the next window rather than provoke a refusal; where that is far, let the service say so."""
        seconds = self._allowance.wait()
        if seconds > 0 and self._can_wait(seconds):
            await self._wait(seconds, "the service's limit of requests is used up")

    def _pause(self, outcome: Answer | NoAnswer, attempt: int) -> tuple[float, str]:
        """How long to wait before the next try, and why."""
        backoff = self._policy.backoff(attempt)
        if isinstance(outcome, NoAnswer):
            return backoff, "the service could not be reached"
        if outcome.status == 429:
            return wait_after_refusal(outcome.headers) or backoff, "the service had too many requests"
        return asked_wait(outcome.headers) or backoff, "the service is not available"

    def _can_wait(self, seconds: float) -> bool:
        return self._waited + seconds <= self._policy.longest_wait

    async def _wait(self, seconds: float, reason: str) -> None:
        self._waited += seconds
        await tell_of_wait(reason, seconds)
        await self._policy.sleep(seconds)
