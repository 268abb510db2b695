"""签名锚点：事件在其中的位置。The signed heads of a pack, and the way of each event into one of them (RFC 6962)."""
from verifying.digests import canonical, hash_of, hashed, read_json
from verifying.keys import is_signed

NOT_SIGNED = ("rows", "signature")


class Heads:
    """The heads of a pack by their digest; those that are not signed with a key of the pack are named and left out."""

    def __init__(self, pack, found):
        self._known, self._used = {}, set()
        try:
            public = _public_keys(read_json(pack.read("proof/keys.json")), found)
            for head in read_json(pack.read("proof/heads.json")):
                self._take(head, public, found)
        except (KeyError, OSError, ValueError, TypeError, AttributeError):
            found.fault("heads", "没有签名锚点或公钥文件，或者读不出来")

    def _take(self, head, public, found):
        key = public.get((head["algorithm"], head["key"]), "")
        signed = canonical({name: value for name, value in head.items() if name not in NOT_SIGNED})
        if key and is_signed({"algorithm": head["algorithm"], "public_key": key, "signature": head["signature"]}, signed):
            self._known[hash_of(head, head["hash"])] = head
        else:
            found.fault("heads", "%s 的锚点的签名不对" % head["at"])

    def check(self, number, events, places, found):
        """Whether every event is below the head that is said to hold it; names the first that is not."""
        by_seq = {place["seq"]: place for place in places}
        missing = [event["seq"] for event in events if event["seq"] not in by_seq]
        for event in (event for event in events if event["seq"] in by_seq):
            place = by_seq[event["seq"]]
            head = self._known.get(place["head"])
            if head is None or head["root"] != _root_by(event["link"], place, head["hash"]):
                found.fault("inclusion", "此事件不在签名锚点中：事件链在签名之后被重新计算过", number, event["seq"])
                return
        if missing and missing[0] <= max(by_seq, default=0):
            found.fault("inclusion", "此事件没有锚点，而它之后的事件有", number, missing[0])
        elif missing:
            found.notes.append("事项 %s 最后 %d 个事件制作时还没有进入锚点，只由清单的签名保护" % (number, len(missing)))


def _public_keys(told, found):
    """(algorithm, key) -> public key, of all that the newest key vouches for."""
    public = {(one["algorithm"], one["key"]): one["public"] for one in told}
    for one in told:
        vouched = canonical({name: one[name] for name in ("algorithm", "key", "public")})
        by = public.get((one["signature_algorithm"], one["signed_by"]), "")
        if not by or not is_signed({"algorithm": one["signature_algorithm"], "public_key": by, "signature": one["signature"]}, vouched):
            found.fault("keys", "公钥 %s %s 没有由现用密钥担保" % (one["algorithm"], one["key"]))
            public.pop((one["algorithm"], one["key"]), None)
    return public


def _root_by(link, place, algorithm):
    """The root that a link leads to from its index in a tree of this size, with the hashes beside its way."""
    index, size, rest = place["index"], place["size"], list(place["path"])
    here = hashed(b"\0" + bytes.fromhex(link), algorithm)
    while size > 1:
        if index ^ 1 < size:
            if not rest:
                return ""
            beside = bytes.fromhex(rest.pop(0))
            here = hashed(b"\1" + (beside + here if index % 2 else here + beside), algorithm)
        index, size = index // 2, (size + 1) // 2
    return here.hex()
