import base64
import hashlib

from django.contrib.auth.hashers import BasePasswordHasher
from django.utils.crypto import constant_time_compare


class ScoutPasswordHasher(BasePasswordHasher):
    """Reads what the Worker writes; Django hashes such a password anew, with its first hasher, at the next sign-in."""

    algorithm = "pbkdf2_sha512_chain"

    def verify(self, password, encoded):
        _, cost, salt, expected = encoded.split("$")
        calls, rounds = map(int, cost.split("x"))
        key = password.encode()
        for _ in range(calls):
            key = hashlib.pbkdf2_hmac("sha512", key, base64.b64decode(salt), rounds, 32)
        return constant_time_compare(base64.b64encode(key).decode(), expected)

    def safe_summary(self, encoded):
        return {"algorithm": self.algorithm}

    def must_update(self, encoded):
        return True

    def harden_runtime(self, password, encoded):
        pass
