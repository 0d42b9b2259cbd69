"""An authenticator in Python, for what a real one never does: it answers as the test says."""

from __future__ import annotations

import hashlib
import json
import secrets
import struct

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

PRESENT, VERIFIED, ATTESTED = 1, 4, 64


class Authenticator:
    """One key pair; `flags`, `origin` and `count` may be changed to lie."""

    def __init__(self, host: str = "localhost") -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.number = secrets.token_bytes(16)
        self.origin, self.host, self.count = f"http://{host}", host, 1
        self.flags = PRESENT | VERIFIED
        self.handle = b""

    def _client(self, kind: str, question: dict) -> bytes:
        said = {"type": kind, "challenge": question["challenge"], "origin": self.origin, "crossOrigin": False}
        return json.dumps(said).encode()

    def _data(self, flags: int) -> bytes:
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count)

    def _answer(self, client: bytes, **response: str) -> str:
        number = bytes_to_base64url(self.number)
        return json.dumps({
            "id": number, "rawId": number, "type": "public-key", "clientExtensionResults": {},
            "response": {"clientDataJSON": bytes_to_base64url(client), **response},
        })  # fmt: skip

    def create(self, question: dict) -> str:
        """The answer to a question for a new passkey."""
        self.handle = base64url_to_bytes(question["user"]["id"])
        point = self.key.public_key().public_numbers()
        public = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: point.x.to_bytes(32), -3: point.y.to_bytes(32)})
        data = self._data(self.flags | ATTESTED) + bytes(16)
        data += struct.pack(">H", len(self.number)) + self.number + public
        made = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", question)
        return self._answer(client, attestationObject=bytes_to_base64url(made))

    def get(self, question: dict) -> str:
        """The answer to a question for signing in."""
        self.count += 1
        client, data = self._client("webauthn.get", question), self._data(self.flags)
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        handle = bytes_to_base64url(self.handle)
        return self._answer(client, authenticatorData=bytes_to_base64url(data), userHandle=handle,
                            signature=bytes_to_base64url(signed))  # fmt: skip
