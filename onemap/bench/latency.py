"""`bench latency`: how long a reading takes from its publication to the memory, and to a wall."""

import asyncio

from floodcore.clock import SystemClock
from onemap.bench.live import LiveTraffic, percentiles_ms
from onemap.bench.room import VIEWER, BenchRoom, bench_room
from onemap.demo.probe import Probe, sign_in
from onemap.progress import Update, phase
from onemap.services import MODULES

WARM_UP_S, MEASURE_S = 20.0, 90.0  # the first seconds are imports, plans and empty caches
STEP_S = 1.0


def run(*, devices: int, clients: int) -> dict[str, float]:
    """The figures.

    `commit_p95_ms`: from publishing to ingest's announcement of the commit. `client_p95_ms`: from publishing to the
    arrival at a client of the live channel, over all clients. All services run, and every gauge reports once a minute.

    Args:
        devices: Gauges.
        clients: Clients of the live channel.
    """
    return asyncio.run(_run(devices, clients))


async def _run(devices: int, clients: int) -> dict[str, float]:
    services = [name for name in MODULES if name != "sl651"]
    async with bench_room("latency", gauges=devices, services=services) as room:
        walls = await _walls(room, clients)
        following = [asyncio.create_task(wall.follow_with(token), name="wall") for wall, token in walls]
        async with LiveTraffic(room, devices) as traffic:
            with phase(f"warming up: {devices} gauges, {clients} walls") as update:
                await _wait(WARM_UP_S, update)
            traffic.forget()
            for wall, _ in walls:
                wall.seconds.clear()
            with phase("measuring") as update:
                await _wait(MEASURE_S, update)
            await traffic.stop()
            commit_p50, commit_p95 = traffic.commit_ms(50, 95)
            measured = traffic.measured
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
    seen = [second for wall, _ in walls for second in wall.seconds]
    client_p50, client_p95 = percentiles_ms(seen, (50, 95))
    return {
        "commit_p95_ms": commit_p95,
        "client_p95_ms": client_p95,
        "commit_p50_ms": commit_p50,
        "client_p50_ms": client_p50,
        "readings": measured,
        "arrivals": len(seen),
        "devices": devices,
        "clients": clients,
    }


async def _walls(room: BenchRoom, clients: int) -> list[tuple[Probe, str]]:
    token = await sign_in(room.address, VIEWER, room.viewer_password)
    probe = (room.address, VIEWER, room.viewer_password, SystemClock())
    return [(Probe(*probe), token) for _ in range(clients)]


async def _wait(seconds: float, update: Update) -> None:
    steps = round(seconds / STEP_S)
    for step in range(steps):
        await asyncio.sleep(STEP_S)
        update((step + 1) / steps)
