"""All gauges of a city at once: what they make of each minute's truth, and how they fail."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from floodcore.domain.reading import Quantity
from floodcore.errors import NotFound
from simulators.city.plan import City, Gauge, GaugeKind
from simulators.instruments.buckets import Buckets
from simulators.instruments.clocks import Clocks
from simulators.instruments.delivery import Delivery
from simulators.instruments.draws import Draws, For
from simulators.instruments.faults import Fault
from simulators.instruments.habits import MINUTE, Habit, Windows
from simulators.instruments.instrument import instrument
from simulators.instruments.measuring import Measuring
from simulators.instruments.power import Power
from simulators.instruments.radio import Radio
from simulators.instruments.rates import RATES, TYPICAL, FaultRates
from simulators.instruments.reporting import Reporting
from simulators.instruments.sent import Sent
from simulators.world.minute import Minute

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CHINA = timedelta(hours=8)
LATE_S = (60.0, 300.0)  # our choice: overtaken by the readings of one to five minutes
AGAIN_S = (1.0, 30.0)  # our choice: how long a client waits for an acknowledgement


@dataclass(kw_only=True)
class _Shown:
    """What the gauges would send in a minute, the truth of it, and bits of `Fault`; each of shape (n_gauges,)."""

    value: FloatArray
    right: FloatArray
    faults: IntArray


class Bank:
    """A city's gauges; small, picklable, and the same for the same seed.

    What befalls a device depends on the seed, its name, the time and the weather over it, never on another device.

    Args:
        gauges: In the order of `City.gauges`.
        start: Aware, a whole minute; the first minute that is observed ends one minute later.
        seed: Of the simulation.
        rates: How often they fail.
        watched: Site ids in the order of `City.watched`, to know the rain over each gauge; one that stands elsewhere
            has the mean.
        offset: Of local time from UTC: nights are local.

    Raises:
        Refused: An ultrasonic gauge does not say how high its head hangs.
    """

    def __init__(
        self,
        gauges: Sequence[Gauge],
        start: datetime,
        seed: int,
        rates: FaultRates = TYPICAL,
        *,
        watched: Sequence[str] = (),
        offset: timedelta = CHINA,
    ) -> None:
        self._device_ids = [gauge.device_id for gauge in gauges]
        self._number = {device_id: number for number, device_id in enumerate(self._device_ids)}
        self._rates, self._at = rates, start
        draws = self._draws = Draws(seed, self._device_ids)
        instruments = [instrument(gauge, seed) for gauge in gauges]
        self._quantity = [one.quantity for one in instruments]
        self._is_rain = np.array([gauge.kind is GaugeKind.RAIN for gauge in gauges], dtype=np.bool_)
        self._is_counter = np.array([one is Quantity.RAIN_TOTAL for one in self._quantity], dtype=np.bool_)
        places = {site_id: number for number, site_id in enumerate(watched)}
        self._place = np.array([places.get(gauge.site_id, -1) for gauge in gauges], dtype=np.int64)
        self._buckets = Buckets(instruments)
        self._restarts = Windows(Habit.RESET, np.where(self._is_counter, rates.resets_per_day, 0.0), draws, offset)
        self._restarted = np.zeros(len(gauges), dtype=np.bool_)  # and has made no record since
        self._measuring = Measuring(gauges, rates, draws, offset)
        self._reporting = Reporting(gauges, draws)
        self._clocks = Clocks(rates, draws, offset)
        self._power = Power(np.array([gauge.on_mains for gauge in gauges], dtype=np.bool_), rates, draws, offset)
        self._radio = Radio(len(gauges), rates, draws)
        self._stores = draws.uniform(For.CHARACTER, 0, 7) < rates.stores
        self._newest_first = draws.uniform(For.CHARACTER, 0, 8) < rates.newest_first
        self._delivery = Delivery()
        self._truth: FloatArray | None = None
        self._silent = np.zeros(len(gauges), dtype=np.bool_)

    @property
    def silent(self) -> BoolArray:
        """Which gauges could not be heard in the last minute, without power or connection; shape (n_gauges,)."""
        return self._silent.copy()

    @classmethod
    def of_city(cls, city: City, start: datetime, seed: int, faults: str = "typical") -> "Bank":
        """A city's gauges.

        Args:
            city: Whose.
            start: As above.
            seed: As above.
            faults: Of RATES.
        """
        watched = [one.site.site_id for one in city.watched]
        return cls(city.gauges, start, seed, RATES[faults], watched=watched)

    def kill(self, device_id: str, at: datetime) -> None:
        """From then on a device measures and says nothing.

        Raises:
            NotFound: There is no such gauge.
        """
        self._power.kill(self._find(device_id), at)

    def restore(self, device_id: str, at: datetime) -> None:
        """From then on a device that was killed works again.

        Raises:
            NotFound: There is no such gauge.
        """
        self._power.restore(self._find(device_id), at)

    def observe(self, minute: Minute) -> list[Sent]:
        """What is sent in one minute, in the order of time; what is held up comes out in the minute of its sending.

        Args:
            minute: The one after the minute before.

        Raises:
            ValueError: It is another one, or of another number of gauges.
        """
        if minute.at != self._at + MINUTE or minute.gauge.shape != (len(self._device_ids),):
            raise ValueError(f"what comes after {self._at} is the next minute of {len(self._device_ids)} gauges")
        begin, self._at = self._at, minute.at
        number = (begin - EPOCH) // MINUTE
        rain_mm_h = self._rain_mm_h(minute)
        is_off = self._power.is_off(begin.timestamp() + self._clocks.seconds, number, minute.has_power)
        is_cut = self._radio.is_cut(rain_mm_h, number)
        self._silent = is_off | is_cut
        self._delivery.fall_silent(np.flatnonzero(is_off).tolist())
        shown, over_zero = self._measured(minute, number)
        speaks, with_vitals = self._reporting.speaks(over_zero, rain_mm_h, number)
        speaks &= ~is_off
        self._count_rain(minute, number, speaks, is_off, shown)
        with_vitals &= speaks
        vitals = self._vitals(with_vitals, rain_mm_h, number)
        self._hand_over(number, is_cut, self._moments(begin, speaks, shown, vitals))
        return self._delivery.due(minute.at)

    def _find(self, device_id: str) -> int:
        if device_id not in self._number:
            raise NotFound(f"There is no gauge {device_id}; look up its name in the list of devices.")
        return self._number[device_id]

    def _rain_mm_h(self, minute: Minute) -> FloatArray:
        mean = minute.rain_mm_h.mean() if len(minute.rain_mm_h) else 0.0
        over_places = np.append(minute.rain_mm_h, mean)[self._place]
        return np.where(self._is_rain, minute.gauge * 60, over_places)

    def _measured(self, minute: Minute, number: int) -> tuple[_Shown, FloatArray]:
        """What gauges other than of rain show at their own second, and the same as m over zero."""
        before = minute.gauge if self._truth is None else self._truth
        truth = before + (minute.gauge - before) * self._clocks.seconds / 60
        self._truth = minute.gauge
        value, over_zero, faults = self._measuring.shown(truth, number)
        return _Shown(value=value, right=self._measuring.right(truth), faults=faults), over_zero

    def _count_rain(self, minute: Minute, number: int, speaks: BoolArray, is_off: BoolArray, shown: _Shown) -> None:
        """Let it rain into the buckets up to each gauge's second, let them tell, and let it rain on."""
        rain = np.where(self._is_rain, minute.gauge, 0.0)
        counts = ~is_off & ~self._measuring.is_stuck(number)
        restarts, _ = self._restarts.at(number)
        self._buckets.begin_anew(restarts)
        self._restarted |= restarts
        self._buckets.catch(rain * self._clocks.seconds / 60, counts)
        for which, told in ((self._is_rain, self._buckets.since_last()), (self._is_counter, self._buckets.totals())):
            np.copyto(shown.value, told[0], where=which)
            np.copyto(shown.right, told[1], where=which)
        shown.faults[self._restarted] |= Fault.RESET
        self._restarted &= ~speaks
        self._buckets.told(speaks)
        self._buckets.catch(rain * (1 - self._clocks.seconds / 60), counts)

    def _vitals(self, which: BoolArray, rain_mm_h: FloatArray, number: int) -> dict[int, tuple[float, float]]:
        """Battery in V and radio in dBW of these gauges."""
        devices = np.flatnonzero(which)
        if not len(devices):
            return {}
        volts, dbw = self._power.volts(number), self._radio.strength_dbw(rain_mm_h, number)
        told = zip(volts[devices].tolist(), dbw[devices].tolist(), strict=True)
        return dict(zip(devices.tolist(), told, strict=True))

    def _moments(
        self, begin: datetime, speaks: BoolArray, shown: _Shown, vitals: dict[int, tuple[float, float]]
    ) -> Iterator[tuple[int, list[Sent]]]:
        """Each device that speaks in this minute, and its records."""
        value, right, faults = shown.value.tolist(), shown.right.tolist(), shown.faults.tolist()
        for device in np.flatnonzero(speaks).tolist():
            at, told = self._clocks.moment(device, begin)
            off = self._clocks.faults[device]
            said = [(self._quantity[device], value[device], right[device], faults[device] | off)]
            if vital := vitals.get(device):
                said += [(Quantity.BATTERY, vital[0], vital[0], off), (Quantity.RSSI, vital[1], vital[1], off)]
            yield (
                device,
                [
                    Sent(
                        device_id=self._device_ids[device],
                        due=at,
                        observed_at=told,
                        true_at=at,
                        quantity=quantity,
                        value=number,
                        true_value=truth,
                        faults=wrong,
                    )
                    for quantity, number, truth, wrong in said
                ],
            )

    def _hand_over(self, number: int, is_cut: BoolArray, moments: Iterator[tuple[int, list[Sent]]]) -> None:
        uniform, rates = self._draws.uniform, self._rates
        is_lost = uniform(For.LOST, number) < rates.lost
        is_late = uniform(For.LATE, number) < rates.late
        is_twice = uniform(For.AGAIN, number) < rates.duplicated
        late_s = np.where(is_late, _span(LATE_S, uniform(For.LATE_BY, number)), 0.0).round().tolist()
        again_s = np.where(is_twice, _span(AGAIN_S, uniform(For.AGAIN_AFTER, number)), 0.0).round().tolist()
        for device, records in moments:
            if is_cut[device]:
                if self._stores[device]:
                    self._delivery.keep(device, records)
                continue
            self._delivery.hand_in(device, records[0].due, newest_first=bool(self._newest_first[device]))
            if not is_lost[device]:
                self._delivery.send(device, records, late_s[device], again_s[device])


def _span(ends: tuple[float, float], share: FloatArray) -> FloatArray:
    return ends[0] + (ends[1] - ends[0]) * share
