"""Authenticated encryption by key id: AES-256-GCM and SM4-GCM. The bound bytes are proven, not stored.

    sealed = nonce (12 bytes) | ciphertext | tag (16 bytes)

Nonces are random, so one key is good for some 2³² messages: rotate long before (docs/security.md).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm, algorithms, modes

from shared.errors import Unavailable
from shared.security.keys import Ring, SecretKey

NONCE_BYTES = 12
TAG_BYTES = 16
OVERHEAD_BYTES = NONCE_BYTES + TAG_BYTES

_ALGORITHMS: Mapping[str, Callable[[bytes], CipherAlgorithm]] = {
    "aes-256-gcm": algorithms.AES,
    "sm4-gcm": algorithms.SM4,
}


class Unreadable(Unavailable):
    """Stored bytes that no longer open: changed, moved, or their key isn't loaded. An operator mends it."""

    def __init__(self, reason: str) -> None:
        """`reason`: changed | unknown_key | unknown_form."""
        super().__init__("已加密保存的内容无法读取，请联系系统管理员核对密钥和存储后重试", reason=reason)


def seal(key: SecretKey, plaintext: bytes, bound: bytes) -> bytes:
    """Encrypts; `bound` must be given again, byte for byte, to open it."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    encryptor = Cipher(_ALGORITHMS[key.algorithm](key.secret), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(bound)
    return nonce + encryptor.update(plaintext) + encryptor.finalize() + encryptor.tag


def unseal(key: SecretKey, sealed: bytes, bound: bytes) -> bytes:
    """The plaintext. Raises Unreadable when a byte of it, or of what it was bound to, differs."""
    if len(sealed) < OVERHEAD_BYTES:
        raise Unreadable("changed")
    nonce, body, tag = sealed[:NONCE_BYTES], sealed[NONCE_BYTES:-TAG_BYTES], sealed[-TAG_BYTES:]
    decryptor = Cipher(_ALGORITHMS[key.algorithm](key.secret), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(bound)
    try:
        return decryptor.update(body) + decryptor.finalize()
    except InvalidTag:
        raise Unreadable("changed") from None


def key_of(ring: Ring, key_id: str) -> SecretKey:
    """The key that wrote something. Raises Unreadable when the ring doesn't hold it, or no longer."""
    keys = ring.now(seeking=key_id).keys
    if key_id not in keys:
        raise Unreadable("unknown_key")
    return keys[key_id]


def framed(*parts: str) -> bytes:
    """Text parts as bytes that no other parts give: each with its length before it."""
    encoded = [part.encode() for part in parts]
    return b"".join(len(part).to_bytes(4, "big") + part for part in encoded)
