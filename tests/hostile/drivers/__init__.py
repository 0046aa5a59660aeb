"""The five drivers, by service."""

from __future__ import annotations

from collections.abc import Mapping

from tests.hostile.driver import Driver
from tests.hostile.drivers.notify import NotifyDriver
from tests.hostile.drivers.registry import RegistryDriver
from tests.hostile.drivers.review import ReviewDriver
from tests.hostile.drivers.subsidy import SubsidyDriver
from tests.hostile.drivers.training import TrainingDriver

DRIVERS: Mapping[str, type[Driver]] = {
    driver.service.name: driver
    for driver in (RegistryDriver, ReviewDriver, TrainingDriver, SubsidyDriver, NotifyDriver)
}
