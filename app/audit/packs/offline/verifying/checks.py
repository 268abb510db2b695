"""核验的各个步骤。What is checked of a pack: list, chains, answers, materials, releases, heads. Only Python's standard library."""
import hashlib

from verifying.chains import check_case
from verifying.digests import read_json
from verifying.heads import Heads
from verifying.keys import fingerprint_of, is_signed

UNLISTED = ("manifest.json", "manifest.sig.json")


class Findings:
    """What was counted, noted and found wrong; faults in the order in which they were met."""

    def __init__(self):
        self.counts = {"cases": 0, "events": 0, "answers": 0, "files": 0}
        self.notes, self.faults = [], []

    def fault(self, kind, words, case="", seq=0):
        self.faults.append({"kind": kind, "case": case, "seq": seq, "words": words})

    def as_dict(self):
        return {"counts": self.counts, "notes": self.notes, "faults": self.faults}


def check_pack(pack, trusted=""):
    """All checks of a pack; `trusted`: the fingerprint of the key, known from elsewhere."""
    found = Findings()
    try:
        content = pack.read("manifest.json")
        manifest = read_json(content)
        known = {case["number"]: case for case in manifest["cases"]}
    except (KeyError, OSError, ValueError, TypeError):
        found.fault("manifest", "没有清单 manifest.json，或者读不出来")
        return found.as_dict()
    _check_signature(pack, content, trusted, found)
    _check_files(pack, manifest, found)
    _check_cases(pack, known, found)
    _check_releases(pack, manifest, found)
    return found.as_dict()


def _check_signature(pack, content, trusted, found):
    try:
        signed = read_json(pack.read("manifest.sig.json"))
        good, print_of_key = is_signed(signed, content), fingerprint_of(signed["public_key"])
    except (KeyError, OSError, ValueError, TypeError):
        found.fault("signature", "清单没有签名，或者签名读不出来")
        return
    if not good:
        found.fault("signature", "清单的签名不对：清单在制作之后被改动过")
    elif trusted and print_of_key.replace(" ", "") != trusted.replace(" ", ""):
        found.fault("signature", "清单是用另一把密钥签名的：指纹 %s" % print_of_key)
    else:
        found.notes.append("清单由密钥 %s 签名%s" % (print_of_key, "，与给出的指纹相符" if trusted else "；请与制作单位公布的公钥指纹核对"))


def _check_files(pack, manifest, found):
    """Every file of the list as it was, none more, none twice."""
    listed, there = manifest.get("files", {}), set(pack.names)
    found.counts["files"] = len(listed)
    for name in sorted({name for name in pack.names if pack.names.count(name) > 1}):
        found.fault("file", "文件 %s 出现了两次" % name)
    for name, facts in listed.items():
        if name not in there:
            found.fault("file", "缺少文件 %s" % name)
        elif hashlib.sha256(pack.read(name)).hexdigest() != facts["sha256"]:
            found.fault("file", "文件 %s 被改动过" % name)
    for name in sorted(there - set(listed) - set(UNLISTED)):
        found.fault("file", "多出文件 %s" % name)
    for digest in manifest.get("missing_materials", ()):
        found.notes.append("制作时材料 %s… 已损坏或不存在，没有放入" % digest[:16])


def _check_cases(pack, known, found):
    heads = Heads(pack, found)
    for number, facts in known.items():
        found.counts["cases"] += 1
        check_case(pack, number, facts, heads, found)
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
        except (KeyError, OSError, ValueError, TypeError):
            found.fault("release", "发布版本文件 %s 读不出来" % name)

