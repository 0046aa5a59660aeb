"""APP-1: the city, its sixteen districts and the Development Area, as data that another city can add to."""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.jurisdictions import PACKAGED, Level, load

OTHER_CITY = """
cities:
  - code: "990000"
    name: 示例市
    districts:
      - {code: "990101", name: 示例区}
"""


def test_beijing_has_sixteen_districts_and_the_development_area() -> None:
    places = load()
    districts = places.districts("110000")
    assert len(districts) == 17
    assert {place.level for place in districts} == {Level.DISTRICT}
    assert [places.name(code) for code in ("110105", "110113", "110302")] == ["朝阳区", "顺义区", "北京经济技术开发区"]


def test_a_documents_place_covers_itself_and_a_citys_covers_its_districts() -> None:
    places = load()
    assert places.covers("110000", "110105")
    assert places.covers("110105", "110105")
    assert not places.covers("110105", "110113")
    assert not places.covers("110105", "110000")
    assert not places.covers("110000", "990101")


def test_another_city_is_another_file(tmp_path: Path) -> None:
    file = tmp_path / "other.yaml"
    file.write_text(OTHER_CITY, encoding="utf-8")
    places = load([PACKAGED, file])
    assert places.covers("990000", "990101")
    assert len(places.districts("110000")) == 17


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "cities: 1",
        "towns: []",
        OTHER_CITY.replace('"990101"', "990101"),
        OTHER_CITY.replace("name", "nam"),
        OTHER_CITY.replace("990101", "990000"),
    ],
)
def test_a_wrong_file_is_refused_by_name(tmp_path: Path, text: str) -> None:
    file = tmp_path / "other.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"other\.yaml"):
        load([file])
