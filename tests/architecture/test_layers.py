"""nameko, eventlet and what they stand on are two folders' matter, so that they could be replaced."""

from __future__ import annotations

from tests.architecture.sources import ROOT, imported, modules

OF_THE_BUS = {"nameko", "eventlet", "kombu", "amqp"}


def _tops(source: str) -> set[str]:
    return {name.partition(".")[0] for name in imported(source)}


def test_only_the_bus_imports_nameko_and_what_it_stands_on() -> None:
    elsewhere = [file for folder in ("cli", "programmes", "services", "shared", "deploy") for file in modules(folder)]
    elsewhere = [
        file for file in elsewhere if file.parent not in (ROOT / "shared" / "bus", ROOT / "shared" / "runtime")
    ]
    found = {str(file.relative_to(ROOT)): _tops(file.read_text("utf-8")) & OF_THE_BUS for file in elsewhere}
    assert {file: names for file, names in found.items() if names} == {}


def test_nameko_and_eventlet_stand_in_as_few_files_of_the_bus_as_the_decision_says() -> None:
    importing = {
        file.name for file in modules("shared/runtime") if _tops(file.read_text("utf-8")) & {"nameko", "eventlet"}
    }
    assert importing == {"nameko_entrypoints.py", "launcher.py"}


def test_an_import_is_found_wherever_it_stands() -> None:
    assert _tops("def later():\n    from nameko.rpc import rpc\n    import eventlet.wsgi") == {"nameko", "eventlet"}
