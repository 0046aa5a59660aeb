"""The five worlds, by service."""

from __future__ import annotations

from collections.abc import Mapping

from tests.hostile.world import World
from tests.hostile.worlds.notify import NotifyWorld
from tests.hostile.worlds.registry import RegistryWorld
from tests.hostile.worlds.review import ReviewWorld
from tests.hostile.worlds.subsidy import SubsidyWorld
from tests.hostile.worlds.training import TrainingWorld

WORLDS: Mapping[str, type[World]] = {
    world.service.name: world for world in (RegistryWorld, ReviewWorld, TrainingWorld, SubsidyWorld, NotifyWorld)
}
