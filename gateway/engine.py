"""
The job engine: the only file that knows it. Four calls: defer in a transaction, run a worker, schedule, depth.

A job carries ids, never content. Each task is a thin call of one service; the row it acts on is the truth.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import procrastinate
import procrastinate.jobs

from gateway.storage.database import Connection, driver_connection

Clock = Callable[[], datetime]


class Engine:
    """Procrastinate on the gateway's own PostgreSQL; jobs live and die with the transactions that defer them."""

    def __init__(self, url: str) -> None:
        self._app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=4))
        # Deferring happens on the caller's own connection, in services that are not async; this one never opens a pool.
        self._deferring = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=url))

    def defer(
        self,
        connection: Connection,
        job: str,
        arguments: Sequence[Mapping[str, Any]],
        *,
        after_seconds: float = 0,
    ) -> None:
        """Put one job per entry of *arguments* on the queue, in the transaction of *connection*."""
        task = self._deferring.configure_task(
            job,
            allow_unknown=True,
            connection=driver_connection(connection),
            schedule_in={"milliseconds": int(after_seconds * 1000)} if after_seconds else None,
        )
        task.batch_defer(*(dict(one) for one in arguments))

    def handle(
        self,
        *,
        deliver: Callable[[Sequence[UUID]], object],
        sweep: Callable[[], object],
        sequence: Callable[[], object],
        tidy: Callable[[], object],
    ) -> None:
        """Say which service does which job, and when the periodic ones run."""

        @self._app.task(name="deliver")
        def _deliver(message_ids: list[str]) -> None:
            deliver([UUID(one) for one in message_ids])

        @self._app.periodic(cron="* * * * * */5")
        @self._app.task(name="sweep", queueing_lock="sweep")
        def _sweep(timestamp: int | None = None) -> None:
            sweep()

        @self._app.periodic(cron="* * * * * */2")
        @self._app.task(name="sequence", queueing_lock="sequence")
        def _sequence(timestamp: int | None = None) -> None:
            sequence()

        @self._app.periodic(cron="17 3 * * *")
        @self._app.task(name="tidy", queueing_lock="tidy")
        def _tidy(timestamp: int | None = None) -> None:
            tidy()

        @self._app.periodic(cron="* * * * * */20")
        @self._app.task(name="forget_stalled", queueing_lock="forget_stalled")
        async def _forget_stalled(timestamp: int | None = None) -> None:
            """
            A job whose worker was killed is nobody's any more; its row still says what is to be done, and the sweep
            gives it a new job. So the old one is dropped, never run a second time by the engine.
            """
            for job in await self._app.job_manager.get_stalled_jobs(seconds_since_heartbeat=60):
                await self._app.job_manager.finish_job(job, procrastinate.jobs.Status.FAILED, delete_job=True)

    def work(self, *, concurrency: int = 4) -> None:
        """Run one worker until SIGTERM or Ctrl-C; jobs that have begun are let finish."""

        async def run() -> None:
            async with self._app.open_async():
                await self._app.run_worker_async(
                    concurrency=concurrency,
                    install_signal_handlers=True,
                    fetch_job_polling_interval=1.0,
                    delete_jobs="always",  # a row says what is done; a job that failed is in the log
                    shutdown_graceful_timeout=40,
                )

        asyncio.run(run())

    def depth(self, connection: Connection) -> int:
        """How many jobs wait or run."""
        cursor = driver_connection(connection).execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"
        )
        return int(cursor.fetchone()[0])

    def install(self, connection: Connection) -> None:
        """Make the engine's own tables in the caller's transaction, unless they are there."""
        driver = driver_connection(connection)
        if driver.execute("SELECT to_regclass('procrastinate_jobs')").fetchone()[0] is None:
            driver.execute(self._app.schema_manager.get_schema().encode())
