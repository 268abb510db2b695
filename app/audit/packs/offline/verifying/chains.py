"""一件事项的事件链和填报。The chain of one case: every event, its answers, its place in the signed heads, its materials."""
import hashlib

from verifying.digests import ERASED, canonical, hash_of, marks_in, read_json, tree_digest

ERASURE = "erase"  # kind of the event that is the record of an erasure


def check_case(pack, number, facts, heads, named, found):
    """Names the first bad event of a case, and whatever else is not as it was. `facts`: what the signed list says of it; `named`: nothing was held back."""
    folder = "cases/%s/" % number
    head, events, answers, materials = (read_json(pack.read(folder + name)) for name in ("case.json", "events.json", "answers.json", "materials.json"))
    good = _check_chain(number, events, found)
    heads.check(number, events[:good], read_json(pack.read(folder + "inclusion.json")), found)
    if good == len(events):
        _check_end(number, facts, head, events, found)
    _check_answers(number, events, answers, named, found)
    if named:
        _check_erased(number, events, answers, found)
    _check_materials(pack, number, materials, found)


def _check_chain(number, events, found):
    """How many events from the first on are as they were written."""
    previous, seen, old = "", set(), 0
    for place, event in enumerate(events):
        wrong = _wrong_place(event["seq"], place + 1, seen) or _wrong_link(event, number, previous)
        if wrong:
            found.fault(wrong[0], wrong[1], number, wrong[2] if len(wrong) > 2 else event["seq"])
            return place
        seen.add(event["seq"])
        previous, old = event["link"], old + (event["scheme"] == "")
    found.counts["events"] += len(events)
    if old:
        found.notes.append("事项 %s 有 %d 个早期事件没有公开摘要，只能由制作单位用密钥核验" % (number, old))
    return len(events)


def _wrong_place(seq, expected, seen):
    if seq in seen:
        return "inserted", "事件序号重复，有事件被插入", seq
    if seq > expected:
        return "missing", "事件 %d 缺失，被删除" % expected, expected
    return ("moved", "事件次序不对，被调换", expected) if seq < expected else None


def _wrong_link(event, number, previous):
    if event["scheme"] == "":
        return None if event["link"] == event["mac"] else ("altered", "早期事件的链接不对")
    try:
        said = tree_digest(event["said"], event["salt"], event["kept"], event["scheme"])
    except (KeyError, ValueError):
        return "altered", "事件的内容被改动：有内容没有对应的盐"
    made = hash_of([
        previous, number, event["seq"], event["at"], event["kind"], event["element"], event["task_id"], event["actor_id"], said,
        event["answers_digest"], event["state_digest"], event["scheme"]], event["scheme"])
    return None if made == event["hash"] == event["link"] else ("altered", "事件的内容与它的摘要不符，或它之前的事件被改动、插入、删除")


def _check_end(number, facts, head, events, found):
    last = events[-1]["link"] if events else ""
    if facts["events"] != len(events) or head["events"] != len(events):
        found.fault("cut", "清单说有 %s 个事件，这里有 %d 个：末尾被截去或添加" % (facts["events"], len(events)), number, min(facts["events"], len(events)) + 1)
    elif facts["head"] != last or head["head"] != last:
        found.fault("rechained", "事件链与清单中的链头不符：整条链被重新计算过", number, len(events))


def _check_erased(number, events, answers, found):
    """No more may be marked as erased than the case's events say was: no digest shows what somebody took away by hand."""
    said = [line for event in events if event["kind"] == ERASURE for line in event["said"]["details"].get("erased", ())]
    for table, rows, name in (("event", events, "said"), ("answers", answers, "data")):
        marked = [(row["seq"], marks_in(row[name])) for row in rows if row["kept"] is not None]
        if sum(marks for _seq, marks in marked) > sum(line["count"] for line in said if line["table"] == table):
            found.fault("erased", "有内容标为“已依法清除”，而此事项没有相应的清除记录", number, next(seq for seq, marks in marked if marks))


def _check_answers(number, events, answers, named, found):
    by_seq = {}
    for row in answers:
        found.counts["answers"] += 1
        by_seq.setdefault(row["seq"], []).append([row["form"], row["revision"], row["digest"]])
        if not _is_as_it_was(row, named):
            found.fault("answers", "表单 %s 第 %s 次填报被改动" % (row["form"], row["revision"]), number, row["seq"])
    for event in events:
        given = by_seq.pop(event["seq"], [])
        if (event["answers_digest"] or given) and hash_of(given, event["scheme"] or "sha256") != event["answers_digest"]:
            found.fault("answers", "此事件的填报被改动、删除或添加", number, event["seq"])
    for seq in sorted(by_seq):
        found.fault("answers", "多出不属于任何事件的填报", number, seq)


def _is_as_it_was(row, named):
    if row["scheme"]:
        try:
            return tree_digest(row["data"], row["salt"], row["kept"], row["scheme"]) == row["digest"]
        except (KeyError, ValueError):
            return False
    if not named and ERASED in canonical(row["data"]).decode("utf-8"):  # held back in part: only the office can check what is left
        return True
    return row["data"] == {ERASED: row["digest"]} and row["kept"] is not None or hashlib.sha256(canonical(row["data"])).hexdigest() == row["digest"]


def _check_materials(pack, number, materials, found):
    there = set(pack.names)
    for row in materials:
        if row["file"] in there and pack.digest(row["file"], row["size"]) != row["sha256"]:
            found.fault("material", "材料“%s”的内容与登记的摘要不符" % (row["name"] or row["id"]), number)
