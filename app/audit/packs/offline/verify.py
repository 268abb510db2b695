#!/usr/bin/env python3
"""核验取证包。只需要 Python 3.8 或更新版本，不需要网络，也不需要安装任何东西。

用法：  python3 verify.py [取证包.zip 或解压后的文件夹] [--key 公钥指纹] [--json]

核验清单签名、每个文件的摘要、每件事项的事件链、填报内容的摘要（依法清除的也能核验）、事件在签名锚点中的位置、锚点的签名。
全部一致时退出码为 0；有问题时为 1，并指出第一个有问题的事件。公钥指纹请向制作单位当面或通过其公布的渠道核对，用 --key 给出。

Checks an audit pack with nothing but Python's standard library; exits 1 and names the first bad event when something differs.
"""
import argparse
import json
import os
import sys
import unicodedata
import zipfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from verifying.checks import check_pack  # noqa: E402


VERDICTS = {True: "核验通过：内容与制作时一致，未发现改动。",
            False: "核验通过：内容与清单一致。是谁签的清单尚未核对：请用 --key 给出制作单位公布的公钥指纹。"}


class Folder:
    """A pack that was unpacked. `names`: every file but what Python and the file manager leave behind."""

    def __init__(self, root):
        self.root = root
        self.names = sorted(
            os.path.relpath(os.path.join(folder, name), root).replace(os.sep, "/")
            for folder, _folders, names in os.walk(root) for name in names
            if "__pycache__" not in folder and not name.startswith("."))

    def open(self, name):
        return open(os.path.join(self.root, *name.split("/")), "rb")


class Zip:
    """A pack as it came. A name that stands in it twice counts as two files."""

    def __init__(self, path):
        self._zip = zipfile.ZipFile(path)
        self.names = sorted(one.filename for one in self._zip.infolist() if not one.is_dir() or one.file_size)

    def open(self, name):
        return self._zip.open(name)


def main(arguments=None):
    parser = argparse.ArgumentParser(description="核验取证包")
    parser.add_argument("pack", nargs="?", default=HERE, help="取证包（zip 文件或解压后的文件夹）；不写时核验本文件所在的文件夹")
    parser.add_argument("--key", default="", help="制作单位公布的公钥指纹（16 位）")
    parser.add_argument("--json", action="store_true", help="以 JSON 输出")
    asked = parser.parse_args(arguments)
    try:
        pack = Folder(asked.pack) if os.path.isdir(asked.pack) else Zip(asked.pack)
    except (OSError, zipfile.BadZipFile) as error:
        print("打不开取证包：%s" % error)
        return 1
    result = check_pack(pack, asked.key.lower())
    print(json.dumps(result, ensure_ascii=False, indent=2) if asked.json else "\n".join(lines_of(result)))
    return 1 if result["faults"] else 0


def lines_of(result):
    """What was found, for people. Names come out of the pack: one with an end of line in it could write a verdict of its own."""
    return ["".join("�" if unicodedata.category(sign)[0] in "CZ" and sign != " " else sign for sign in line) for line in _lines(result)]


def _lines(result):
    yield "事项 %(cases)d 件，事件 %(events)d 个，填报 %(answers)d 份，文件 %(files)d 个" % result["counts"]
    for note in result["notes"]:
        yield "· " + note
    for fault in result["faults"]:
        place = " ".join(part for part in (fault["case"] and "事项 " + fault["case"], fault["seq"] and "第 %d 个事件" % fault["seq"]) if part)
        yield "× %s%s%s" % (place, "：" if place else "", fault["words"])
    first = next((fault for fault in result["faults"] if fault["seq"]), None)
    if first:
        yield "第一个有问题的事件：事项 %s 第 %d 个事件" % (first["case"], first["seq"])
    yield "核验未通过：发现 %d 处问题。" % len(result["faults"]) if result["faults"] else VERDICTS[result["trusted"]]


if __name__ == "__main__":
    sys.exit(main())
