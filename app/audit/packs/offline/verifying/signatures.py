"""签名：Ed25519（RFC 8032）与 SM2（GB/T 32918.2-2016，摘要为 SM3）的验证。只用 Python 标准库。

Verifying Ed25519 and SM2 signatures, written out. Made for a few signatures, not for speed; no secret is ever touched.
"""
import hashlib

from verifying.digests import sm3

_P = 2 ** 255 - 19
_ORDER = 2 ** 252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)


def ed25519(public, signature, message):
    """Whether the signature (64 bytes) of the message is by the key (32 bytes)."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, commitment = _point(public), _point(signature[:32])
    scalar = int.from_bytes(signature[32:], "little")
    if key is None or commitment is None or scalar >= _ORDER:
        return False
    challenge = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _ORDER
    return _same(_times(scalar, _BASE), _plus(commitment, _times(challenge, key)))


def _plus(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(scalar, point):
    total = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _plus(total, point)
        point, scalar = _plus(point, point), scalar >> 1
    return total


def _same(one, other):
    return (one[0] * other[2] - other[0] * one[2]) % _P == 0 and (one[1] * other[2] - other[1] * one[2]) % _P == 0


def _point(data):
    """The point of 32 bytes; None where they are none."""
    y = int.from_bytes(data, "little") & ((1 << 255) - 1)
    x = _x_of(y, data[31] >> 7)
    return None if x is None else (x, y, 1, x * y % _P)


def _x_of(y, sign):
    if y >= _P:
        return None
    squared = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P)
    x = pow(squared, (_P + 3) // 8, _P)
    if (x * x - squared) % _P != 0:
        x = x * _ROOT % _P
    if (x * x - squared) % _P != 0 or (x == 0 and sign):
        return None
    return _P - x if x % 2 != sign else x


_Y = 4 * pow(5, _P - 2, _P) % _P
_BASE = (_x_of(_Y, 0), _Y, 1, _x_of(_Y, 0) * _Y % _P)

# SM2: the recommended curve of GB/T 32918.5-2017
_Q = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_A = _Q - 3
_B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_G = (0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7, 0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0)
SM2_NAME = b"1234567812345678"  # who signs, where nothing else was agreed on


def sm2(public, signature, message):
    """Whether the signature (r and s, 32 bytes each) is by the key (x and y, 32 bytes each)."""
    if len(public) != 64 or len(signature) != 64:
        return False
    key = int.from_bytes(public[:32], "big"), int.from_bytes(public[32:], "big")
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (1 <= r < _N and 1 <= s < _N) or (key[1] ** 2 - key[0] ** 3 - _A * key[0] - _B) % _Q:
        return False
    told = int.from_bytes(sm3(sm3(_about(public)) + message), "big")
    both = (r + s) % _N
    found = _sm2_plus(_sm2_times(s, _G), _sm2_times(both, key)) if both else None
    return found is not None and (told + found[0]) % _N == r


def _about(public):
    curve = b"".join(number.to_bytes(32, "big") for number in (_A, _B, *_G))
    return (len(SM2_NAME) * 8).to_bytes(2, "big") + SM2_NAME + curve + public


def _sm2_plus(one, other):
    if one is None or other is None:
        return one or other
    if one[0] == other[0]:
        if (one[1] + other[1]) % _Q == 0:
            return None
        slope = (3 * one[0] ** 2 + _A) * pow(2 * one[1], _Q - 2, _Q)
    else:
        slope = (other[1] - one[1]) * pow(other[0] - one[0], _Q - 2, _Q)
    x = (slope * slope - one[0] - other[0]) % _Q
    return x, (slope * (one[0] - x) - one[1]) % _Q


def _sm2_times(scalar, point):
    total = None
    while scalar:
        if scalar & 1:
            total = _sm2_plus(total, point)
        point, scalar = _sm2_plus(point, point), scalar >> 1
    return total
