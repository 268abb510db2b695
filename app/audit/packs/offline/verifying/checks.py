"""核验的各个步骤。What is checked of a pack: list, chains, answers, materials, releases, heads. Only Python's standard library."""
import hashlib
import zipfile
import zlib
from collections import Counter

from verifying.chains import check_case
from verifying.digests import read_json
from verifying.heads import Heads
from verifying.keys import fingerprint_of, is_signed

UNLISTED = ("manifest.json", "manifest.sig.json")
MOST = 1 << 30  # bytes of a file that is read whole
UNREADABLE = (KeyError, OSError, ValueError, TypeError, AttributeError, IndexError, RuntimeError, EOFError, MemoryError, zipfile.BadZipFile, zlib.error)


class Reading:
    """The files of a pack, never more of one than it may have: a few kilobytes can unpack to any size."""

    def __init__(self, pack):
        self._pack, self.names = pack, pack.names

    def read(self, name):
        with self._pack.open(name) as file:
            content = file.read(MOST + 1)
        if len(content) > MOST:
            raise ValueError(name)
        return content

    def digest(self, name, size):
        """SHA-256 of a file; of one that is longer than `size` nothing, and no more of it is read."""
        total = hashlib.sha256()
        with self._pack.open(name) as file:
            while size >= 0:
                block = file.read(1 << 20)
                if not block:
                    return total.hexdigest()
                size -= len(block)
                total.update(block)
        return ""


class Findings:
    """What was counted, noted and found wrong; faults in the order in which they were met."""

    def __init__(self):
        self.counts = {"cases": 0, "events": 0, "answers": 0, "files": 0}
        self.notes, self.faults = [], []
        self.trusted = False  # whether the list is signed with the key that was known from elsewhere

    def fault(self, kind, words, case="", seq=0):
        self.faults.append({"kind": kind, "case": case, "seq": seq, "words": words})

    def as_dict(self):
        return {"counts": self.counts, "notes": self.notes, "faults": self.faults, "trusted": self.trusted}


def check_pack(pack, trusted=""):
    """All checks of a pack; `trusted`: the fingerprint of the key, known from elsewhere."""
    found, pack = Findings(), Reading(pack)
    try:
        content = pack.read("manifest.json")
        manifest = read_json(content)
        _known(manifest)
    except UNREADABLE:
        found.fault("manifest", "没有清单 manifest.json，或者读不出来")
        return found.as_dict()
    _check_signature(pack, content, trusted, found)
    for check in (_check_files, _check_cases, _check_releases):
        try:
            check(pack, manifest, found)
        except UNREADABLE as error:
            found.fault("file", "取证包有一部分读不出来（%s）" % type(error).__name__)
    return found.as_dict()


def _known(manifest):
    """number -> what the signed list says of the case."""
    return {case["number"]: case for case in manifest["cases"]}


def _check_signature(pack, content, trusted, found):
    try:
        signed = read_json(pack.read("manifest.sig.json"))
        good, print_of_key = is_signed(signed, content), fingerprint_of(signed["public_key"])
    except UNREADABLE:
        found.fault("signature", "清单没有签名，或者签名读不出来")
        return
    if not good:
        found.fault("signature", "清单的签名不对：清单在制作之后被改动过")
    elif trusted and print_of_key.replace(" ", "") != trusted.replace(" ", ""):
        found.fault("signature", "清单是用另一把密钥签名的：指纹 %s" % print_of_key)
    else:
        found.trusted = bool(trusted)
        found.notes.append("清单由密钥 %s 签名%s" % (print_of_key, "，与给出的指纹相符" if trusted else "；请与制作单位公布的公钥指纹核对"))


def _check_files(pack, manifest, found):
    """Every file of the list as it was, none more, none twice."""
    listed, there = manifest.get("files", {}), set(pack.names)
    found.counts["files"] = len(listed)
    for name in sorted(name for name, count in Counter(pack.names).items() if count > 1):
        found.fault("file", "文件 %s 出现了两次" % name)
    for name, facts in listed.items():
        if name not in there:
            found.fault("file", "缺少文件 %s" % name)
        elif _digest(pack, name, facts) != facts["sha256"]:
            found.fault("file", "文件 %s 被改动过" % name)
    for name in sorted(there - set(listed) - set(UNLISTED)):
        found.fault("file", "多出文件 %s" % name)
    for fault in manifest.get("faults", ()):
        found.fault("office", "制作时，制作单位用密钥核验就发现此处与当初写入的不符", fault["case"], fault["seq"])
    for digest in manifest.get("missing_materials", ()):
        found.notes.append("制作时材料 %s… 已损坏或不存在，没有放入" % digest[:16])


def _digest(pack, name, facts):
    try:
        return pack.digest(name, facts["size"])
    except UNREADABLE:
        return ""


def _check_cases(pack, manifest, found):
    heads, known = Heads(pack, found), _known(manifest)
    named = manifest["options"]["names"]
    for number, facts in known.items():
        found.counts["cases"] += 1
        try:
            check_case(pack, number, facts, heads, named, found)
        except UNREADABLE as error:
            found.fault("case", "事项的文件缺少或读不出来（%s）" % error, number)
    folders = {name.split("/")[1] for name in pack.names if name.startswith("cases/")}
    for number in sorted(folders - set(known)):
        found.fault("file", "事项 %s 不在清单中" % number, number)


def _check_releases(pack, manifest, found):
    """The files of every release give its digest, and every case says one that is there."""
    for name in (name for name in pack.names if name.startswith("releases/") and name.count("/") == 1):
        try:
            told = read_json(pack.read(name))
            total = hashlib.sha256()
            for path in sorted(told["files"]):
                inside = pack.read("releases/%s/%s" % (told["digest"], path))
                total.update(path.encode("utf-8") + b"\0" + hashlib.sha256(inside).digest())
            if total.hexdigest() != told["digest"]:
                found.fault("release", "发布版本 %s… 的文件与它的摘要不符" % told["digest"][:16])
        except UNREADABLE:
            found.fault("release", "发布版本文件 %s 读不出来" % name)

