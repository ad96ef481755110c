"""Encryption: data keys wrapped by key-encryption keys (RFC 3394), and text under data keys (AES-256-GCM).

It imports `cryptography`, which takes a while: import this module where it is used.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from backends.local.keyring import Keyring
from contract.errors import DecryptionFailed, EncryptionNotConfigured

__all__ = ["decrypt", "encrypt", "new_data_key", "unwrap", "wrap"]

_NONCE_BYTES = 12
"""96 bits, drawn at random: 2**32 of them under one key stay within NIST SP 800-38D, section 8.3."""


def new_data_key() -> bytes:
    """A random key of 32 bytes."""
    return AESGCM.generate_key(256)


def wrap(keyring: Keyring, data_key: bytes) -> tuple[bytes, str]:
    """Return the data key as it may be stored, and the id of the key-encryption key that opens it."""
    return aes_key_wrap(keyring.keys[keyring.active], data_key), keyring.active


def unwrap(keyring: Keyring, wrapped: bytes, key_id: str) -> bytes:
    """Return the data key.

    Raises:
        EncryptionNotConfigured: The key that wrapped it is not among the configured ones.
        DecryptionFailed: It is not what was stored.
    """
    if key_id not in keyring.keys:
        raise EncryptionNotConfigured(
            "The stored cookies are encrypted with a key that is not configured any more.",
            next_step=(
                "Put that key back (MUSICENGINE_ENCRYPTION_KEY, or encryption-keys.json from its backup), "
                "or delete the workspace's profiles and import them again."
            ),
        )
    try:
        return aes_key_unwrap(keyring.keys[key_id], wrapped)
    except InvalidUnwrap:
        raise DecryptionFailed from None


def encrypt(data_key: bytes, plaintext: bytes, associated: bytes) -> tuple[bytes, bytes]:
    """Return nonce and ciphertext; the ciphertext opens only together with the same associated data."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce, AESGCM(data_key).encrypt(nonce, plaintext, associated)


def decrypt(data_key: bytes, nonce: bytes, ciphertext: bytes, associated: bytes) -> bytes:
    """Return the plaintext.

    Raises:
        DecryptionFailed: Key, nonce, ciphertext or associated data are not those of the encryption.
    """
    try:
        return AESGCM(data_key).decrypt(nonce, ciphertext, associated)
    except (InvalidTag, ValueError):  # ValueError: a nonce or a key of an impossible length
        raise DecryptionFailed from None
