"""Who may call what over the bus: our services by the graph of questions, everybody else by the operators' file.

    systems:
      - system: employment-portal           # its RabbitMQ user, and the `system` of its tokens
        methods: [registry.find_person]     # or ["*"]: every method
        tokens_of: [employment-portal]      # optional: whose tokens it may pass on; by default its own
        events:                             # optional: queues that are made for it, and what is put into them
          - queue: employment-portal.claims
            names: [claim_decided]
            districts: ["110105", city]     # or ["*"]: everywhere

The file is named by METHOD_GRANTS. Services refuse by it; `skills broker grant` makes users and rights from it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from shared.bus import questions
from shared.contracts.catalogue import EVENTS, METHODS
from shared.contracts.schema.declare import SERVICES
from shared.errors import NotPermitted, Unauthenticated
from shared.policy.yaml_files import YamlFault, parse
from shared.security.speaker import Speaker
from shared.watched_files import EVERY, Watch, Watched, mark_of

ALL = "*"
CITY = "city"
_SYSTEM = re.compile(r"[a-z][a-z0-9-]{0,40}")
_DISTRICT = re.compile(r"\d{6}")
_KEYS = {"system", "methods", "tokens_of", "events"}
_QUEUE_KEYS = {"queue", "names", "districts"}


class GrantsError(Exception):
    """The file of grants can't be used as it is: the message names the place and the cure."""


@dataclass(frozen=True)
class EventQueue:
    """A queue made for a system. `keys`: what binds it to the exchange `public`, such as "claim_decided.110105"."""

    name: str
    keys: tuple[str, ...]


@dataclass(frozen=True)
class Grant:
    """What one user of the broker may do. `tokens_of`: the systems whose tokens it may pass on."""

    system: str
    methods: frozenset[str]
    tokens_of: frozenset[str]
    queues: tuple[EventQueue, ...] = ()

    def covers(self, route: str) -> bool:
        """Whether the method of that route may be called."""
        return route in self.methods or ALL in self.methods


@dataclass(frozen=True)
class Grants:
    """Every user's grant by name. A user without one may call nothing."""

    by_user: Mapping[str, Grant] = field(default_factory=dict)

    def check_method(self, user: str, route: str) -> None:
        """Raises NotPermitted where the method isn't granted to that user of the broker."""
        grant = self.by_user.get(user)
        if grant is None or not grant.covers(route):
            raise NotPermitted(
                f"接入系统 {user} 未获准调用 {route}，请联系系统管理员核对授权清单", reason="ungranted", method=route
            )

    def check_token(self, user: str, speaker: Speaker) -> None:
        """Raises Unauthenticated where the token belongs to another system than the one that brings it."""
        grant = self.by_user.get(user)
        if grant is None or speaker.system not in grant.tokens_of:
            raise Unauthenticated("登录令牌不属于当前接入系统，请用本系统签发的令牌", reason="foreign_token")


def internal() -> dict[str, Grant]:
    """Our own services: each asks what its code asks, in its own name."""
    return {
        service: Grant(service, routes, frozenset({service})) for service, routes in sorted(questions.asked().items())
    }


def read_grants(text: str, name: str = "grants") -> Grants:
    """The grants of a file, with those of our own services. Raises GrantsError. `name`: of the file, for messages."""
    try:
        tree = parse(text)
    except YamlFault as fault:
        raise GrantsError(f"{name}: {fault}") from None
    if not isinstance(tree, dict) or set(tree) != {"systems"} or not isinstance(tree["systems"], list):
        raise GrantsError(f"{name}: write one key, `systems`, with a list of systems")
    outside: dict[str, Grant] = {}
    for number, entry in enumerate(tree["systems"]):
        grant = _grant(entry, f"{name}: systems[{number}]")
        if grant.system in outside:
            raise GrantsError(f"{name}: {grant.system} stands twice: put both entries together")
        outside[grant.system] = grant
    return Grants(outside | internal())


def granted_by(file: Path | None, every: float = EVERY) -> Callable[[], Grants]:
    """The grants as the file says now; without a file, those of our own services. Raises GrantsError.

    `every`: seconds between two looks at the file.
    """
    if file is None:
        alone = Grants(internal())
        return lambda: alone
    watched = Watched("grants", lambda: read_grants(_text(file), file.name), Watch(lambda: mark_of(file), every))
    watched.now()  # a file that can't be read is told at the start
    return watched.now


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise GrantsError(f"METHOD_GRANTS={file}: {problem}: mend the path or the file") from None


def outside_of(grants: Grants) -> list[Grant]:
    """The grants of a file without those of our own services."""
    return [grant for user, grant in grants.by_user.items() if user not in SERVICES]


def _grant(entry: Any, place: str) -> Grant:
    _check_keys(entry, _KEYS, {"system", "methods"}, place)
    system = entry["system"]
    if not isinstance(system, str) or not _SYSTEM.fullmatch(system):
        raise GrantsError(
            f"{place}: {system!r} is no name of a system: use a-z, 0-9 and '-', a letter first, at most 41"
        )
    if system in SERVICES:
        raise GrantsError(f"{place}: {system} is one of our own services, which need no entry: choose another name")
    methods = _names(entry["methods"], f"{place}.methods")
    _check_known(methods, METHODS, f"{place}.methods", "no method of ours")
    queues = entry.get("events", [])
    if not isinstance(queues, list):
        raise GrantsError(f"{place}.events: write a list of queues")
    return Grant(
        system,
        frozenset(methods),
        frozenset(_names(entry.get("tokens_of", [system]), f"{place}.tokens_of")),
        tuple(_queue(queue, system, f"{place}.events[{number}]") for number, queue in enumerate(queues)),
    )


def _queue(entry: Any, system: str, place: str) -> EventQueue:
    _check_keys(entry, _QUEUE_KEYS, _QUEUE_KEYS, place)
    name = entry["queue"]
    if not isinstance(name, str) or not re.fullmatch(rf"{re.escape(system)}\.[a-z0-9-]{{1,60}}", name):
        raise GrantsError(
            f"{place}.queue: {name!r} should be called {system}.<a-z, 0-9, ->, so that it can't be another's"
        )
    events = _names(entry["names"], f"{place}.names")
    public = {event.name for event in EVENTS.values() if event.public}
    _check_known(events, public, f"{place}.names", "no public event")
    districts = _names(entry["districts"], f"{place}.districts")
    for district in districts:
        if district not in (ALL, CITY) and not _DISTRICT.fullmatch(district):
            raise GrantsError(f'{place}.districts: {district!r} is no district: write "110105", "city" or "*"')
    return EventQueue(name, tuple(f"{event}.{district}" for event in _spread(events) for district in districts))


def _spread(events: list[str]) -> list[str]:
    """On a topic exchange `*` stands for one word: every event."""
    return [ALL] if ALL in events else events


def _names(value: Any, place: str) -> list[str]:
    if not isinstance(value, list) or not value or not all(isinstance(one, str) and one for one in value):
        raise GrantsError(f"{place}: write a list of names in quotes, at least one")
    return list(value)


def _check_known(names: Iterable[str], known: Iterable[str], place: str, what: str) -> None:
    if strange := sorted(set(names) - set(known) - {ALL}):
        raise GrantsError(f"{place}: {', '.join(strange)}: {what}, see docs/contracts/reference.md")


def _check_keys(entry: Any, known: set[str], needed: set[str], place: str) -> None:
    if not isinstance(entry, dict) or not needed <= set(entry) <= known:
        raise GrantsError(f"{place}: write {', '.join(sorted(needed))}, and of {', '.join(sorted(known))} nothing else")
