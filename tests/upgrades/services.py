"""The stories that are kept of each release, and the services whose rows are kept of them."""

from __future__ import annotations

from services.notify.service import NotifyService
from services.registry.service import RegistryService
from services.review.service import ReviewService
from services.subsidy.service import SubsidyService
from services.training.service import TrainingService
from shared.kernel.service import Service

SERVICES: tuple[type[Service], ...] = (RegistryService, ReviewService, TrainingService, SubsidyService, NotifyService)
STORIES = {"main": tuple(service.name for service in SERVICES), "set-off": ("subsidy",)}


def service_of(name: str) -> type[Service]:
    return next(service for service in SERVICES if service.name == name)
