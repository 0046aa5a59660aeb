"""X-4: personal fields open only where they were written, and are found by a keyed digest."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import Unavailable
from shared.security.aead import Unreadable
from shared.security.keys import KeyRing, Keys, SecretKey
from shared.security.personal import LookupDigest, PersonalCipher, Place

AES = SecretKey("a1", "aes-256-gcm", bytes(range(32)))
SM4 = SecretKey("s1", "sm4-gcm", bytes(range(16)))
PLACE = Place("people", "id_number", "row-1")
TEXT = "11010519491231002X"


def ring(active: SecretKey, *others: SecretKey) -> KeyRing:
    return KeyRing(active, {key.key_id: key for key in (active, *others)})


@pytest.mark.parametrize("key", [AES, SM4])
@given(text=st.text(max_size=200))
def test_what_was_encrypted_opens_again(key: SecretKey, text: str) -> None:
    cipher = PersonalCipher(ring(key))
    assert cipher.decrypt(cipher.encrypt(text, PLACE), PLACE) == text


@pytest.mark.parametrize("key", [AES, SM4])
def test_any_changed_byte_is_noticed(key: SecretKey) -> None:
    cipher = PersonalCipher(ring(key))
    stored = cipher.encrypt(TEXT, PLACE)
    for position in range(len(stored)):
        changed = stored[:position] + bytes([stored[position] ^ 1]) + stored[position + 1 :]
        with pytest.raises(Unreadable):
            cipher.decrypt(changed, PLACE)
    for length in range(len(stored)):
        with pytest.raises(Unreadable):
            cipher.decrypt(stored[:length], PLACE)


@pytest.mark.parametrize(
    "elsewhere",
    [replace(PLACE, row="row-2"), replace(PLACE, column="phone"), replace(PLACE, table="people_old")],
)
def test_a_value_copied_to_another_place_doesnt_open_there(elsewhere: Place) -> None:
    cipher = PersonalCipher(ring(AES))
    with pytest.raises(Unreadable):
        cipher.decrypt(cipher.encrypt(TEXT, PLACE), elsewhere)


def test_places_that_only_look_alike_when_joined_are_different() -> None:
    cipher = PersonalCipher(ring(AES))
    with pytest.raises(Unreadable):
        cipher.decrypt(cipher.encrypt(TEXT, Place("ab", "c", "1")), Place("a", "bc", "1"))


def test_the_same_value_is_stored_differently_each_time_and_never_in_clear() -> None:
    cipher = PersonalCipher(ring(AES))
    first, second = cipher.encrypt(TEXT, PLACE), cipher.encrypt(TEXT, PLACE)
    assert first != second
    assert TEXT.encode() not in first


def test_a_rotation_reads_both_keys_and_knows_what_is_still_old() -> None:
    old = PersonalCipher(ring(AES)).encrypt(TEXT, PLACE)
    rotated = PersonalCipher(ring(SM4, AES))
    assert rotated.decrypt(old, PLACE) == TEXT
    assert not rotated.is_current(old)
    assert rotated.is_current(rotated.encrypt(TEXT, PLACE))


def test_a_value_whose_key_is_gone_is_unreadable_and_says_nothing_of_it() -> None:
    stored = PersonalCipher(ring(AES)).encrypt(TEXT, PLACE)
    with pytest.raises(Unavailable) as refused:
        PersonalCipher(ring(SM4)).decrypt(stored, PLACE)
    assert refused.value.details == {"reason": "unknown_key"}


def test_a_value_cant_be_relabelled_as_written_by_another_key() -> None:
    twin = SecretKey("a2", AES.algorithm, AES.secret)
    stored = PersonalCipher(ring(AES)).encrypt(TEXT, PLACE)
    with pytest.raises(Unreadable):
        PersonalCipher(ring(AES, twin)).decrypt(stored.replace(b"a1", b"a2", 1), PLACE)


def test_digests_are_equal_for_equal_values_and_apart_for_other_kinds_and_keys(keys: Keys) -> None:
    lookup = LookupDigest(keys.ring("digest"))
    assert lookup.digest("phone", "1") == lookup.digest("phone", "1")
    assert lookup.digest("phone", "1") != lookup.digest("account", "1")
    assert lookup.digest("a", "bc") != lookup.digest("ab", "c")
    other = LookupDigest(ring(SecretKey("d2", "hmac-sha-256", bytes(32))))
    assert lookup.digest("phone", "1")[1] != other.digest("phone", "1")[1]


def test_both_digest_keys_are_asked_while_a_ring_is_rotated() -> None:
    old, new = SecretKey("d1", "hmac-sha-256", b"1" * 32), SecretKey("d2", "hmac-sm3", b"2" * 32)
    before = LookupDigest(ring(old)).digest("id", TEXT)
    during = LookupDigest(ring(new, old))
    assert before in during.digests("id", TEXT)
    assert during.digests("id", TEXT)[0] == during.digest("id", TEXT)


def test_the_keyed_digest_is_the_one_of_rfc_2104_over_the_framed_value() -> None:
    key = SecretKey("d1", "hmac-sha-256", b"k" * 32)
    message = (2).to_bytes(4, "big") + b"id" + (1).to_bytes(4, "big") + b"1"
    expected = hmac.new(b"k" * 32, message, hashlib.sha256).hexdigest()
    assert LookupDigest(ring(key)).digest("id", "1") == ("d1", expected)
