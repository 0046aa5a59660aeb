"""Made-up people pass every check that real ones must, and are plainly not real."""

from __future__ import annotations

from datetime import date

from stdnum import numdb

from shared.identity import parse_account, parse_id_number, parse_phone, parse_uscc
from shared.scenario import made_up_parties

TODAY = date(2022, 6, 6)


def test_made_up_people_have_valid_numbers_in_normal_form() -> None:
    for person in made_up_parties.people(200, seed=7):
        assert parse_id_number(person.id_number, TODAY) == person.id_number
        assert parse_phone(person.phone) == person.phone
        assert parse_account(person.bank_account) == person.bank_account
        assert f"{person.born_on:%Y%m%d}" in person.id_number


def test_made_up_organisations_have_valid_codes() -> None:
    for organisation in made_up_parties.organisations(200, seed=7):
        assert parse_uscc(organisation.uscc) == organisation.uscc


def test_the_same_seed_gives_the_same_people_and_a_longer_list_begins_with_the_shorter() -> None:
    assert made_up_parties.people(20, seed=7) == made_up_parties.people(50, seed=7)[:20]
    assert made_up_parties.organisations(2, seed=7) == made_up_parties.organisations(5, seed=7)[:2]


def test_seeds_give_different_people_and_no_number_comes_twice() -> None:
    first, second = made_up_parties.people(500, seed=1), made_up_parties.people(500, seed=2)
    assert len({person.id_number for person in first + second}) == 1000


def test_they_are_plainly_made_up() -> None:
    person = made_up_parties.people(1, seed=0)[0]
    assert person.name == "学徒甲〇〇一"
    assert "county" not in {key for _, found in numdb.get("cn/loc").info(person.id_number[:6]) for key in found}
    assert made_up_parties.organisations(1, seed=0)[0].name == "示例甲〇〇一有限公司"
