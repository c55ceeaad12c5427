"""What a crew tells the room besides the steps of its order: what it finds, and what it needs."""

import base64
from datetime import datetime
from typing import Any

from floodcore.domain.site import Place
from simulators.people.habits import WANTS_RELIEF
from simulators.people.photo import photo

STEP_M = 0.01  # a crew reads a staff, or puts one in


def arrived(place: Place, site_id: str, depth_m: float, at: datetime) -> dict[str, Any]:
    """It has come, and sends a picture of the water."""
    depth_m = round(round(depth_m / STEP_M) * STEP_M, 2)
    picture = base64.b64encode(photo(depth_m)).decode()
    text = f"【模拟】到达现场，积水{depth_m * 100:.0f}厘米"
    return _told(place, text, at) | {"site_id": site_id, "depth_m": depth_m, "photo": picture}


def stuck(place: Place, depth_m: float, at: datetime) -> dict[str, Any]:
    """Water has risen around it, and it asks for help."""
    text = f"【模拟】车辆被困，积水约{depth_m * 100:.0f}厘米，请求支援"
    return _told(place, text, at) | {"depth_m": round(depth_m, 2)}


def cut_off(place: Place, at: datetime) -> dict[str, Any]:
    """No way leads there now."""
    return _told(place, "【模拟】道路积水阻断，无法绕行，原地待命", at)


def tired(place: Place, at: datetime) -> dict[str, Any]:
    """Its shift is over, and it asks for its relief."""
    return _told(place, f"【模拟】{WANTS_RELIEF}", at)


def _told(place: Place, text: str, at: datetime) -> dict[str, Any]:
    return {"reported_at": at.isoformat(), "lon": place.lon, "lat": place.lat, "text": text, "source": "crew"}
