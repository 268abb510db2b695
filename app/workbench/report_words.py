"""What is wrong in a template, in Chinese: Jinja2 speaks English to people who never asked for a program."""
from __future__ import annotations

import re

from flask_babel import gettext as _

_TAGS = {"block": "{% block %}", "if": "{% if %}", "for": "{% for %}", "macro": "{% macro %}", "set": "{% set %}"}


def in_chinese(kind: str, why: str) -> str:
    """A fault of a template as a sentence that says what to do. `kind` is the name of the exception."""
    for pattern, words in _patterns():
        found = re.search(pattern, why)
        if found:
            return words(*found.groups())
    return {
        "SecurityError": _("模板要用的内容不允许使用"),
        "TemplateSyntaxError": _("这里的写法不对，请对照上下文检查括号、引号和成对的标签"),
        "TypeError": _("这里的计算用到了没有的值，或把文字当作数"),
        "ZeroDivisionError": _("这里用 0 作了除数"),
        "UndefinedError": _("这里用到了没有的内容"),
    }.get(kind, _("这里执行不下去，请检查所用的内容和写法"))


def _patterns():
    return (
        (r"access to (?:attribute )?'([^']*)'", lambda name: _("不允许使用内部属性“%(name)s”", name=name)),
        (r"[Ee]ncountered unknown tag '(\w+)'.*(?:block that needs to be closed is '(\w+)')", lambda tag, block: _("不认识 {%% %(tag)s %%}；前面的 %(block)s 还没有结束", tag=tag, block=_TAGS.get(block, block))),
        (r"[Ee]ncountered unknown tag '(\w+)'", lambda tag: _("不认识 {%% %(tag)s %%}", tag=tag)),
        (r"Unexpected end of template.*needs to be closed is '(\w+)'", lambda block: _("%(block)s 没有结束，请补上 {%% end%(name)s %%}", block=_TAGS.get(block, block), name=block)),
        (r"[Uu]nexpected end of template|unexpected 'end of template'", lambda: _("没有写完：前面的大括号没有收尾")),
        (r"expected token '([^']*)', got '([^']*)'", lambda wanted, got: _("这里应是“%(wanted)s”，而不是“%(got)s”", wanted=_token(wanted), got=_token(got))),
        (r"unexpected '([^']*)'", lambda got: _("这里不应出现“%(got)s”", got=_token(got))),
        (r"No filter named '(\w+)'", lambda name: _("没有名为“%(name)s”的写法（竖线后面的词）", name=name)),
        (r"No test named '(\w+)'", lambda name: _("没有名为“%(name)s”的判断（is 后面的词）", name=name)),
        (r"'([\w.]+)' is undefined", lambda name: _("没有“%(name)s”", name=name)),
        (r"has no attribute '(\w+)'", lambda name: _("没有“%(name)s”这一项", name=name)),
        (r"'([^']+)' not found in search path|^([\w./-]+)$", lambda one, two: _("没有可以引用的文件“%(name)s”，只能引用 base.html 和 parts.html", name=one or two)),
        (r"block '(\w+)' defined twice", lambda name: _("同一个块“%(name)s”写了两次", name=name)),
        (r"a function is printed", lambda: _("这里要印的是一种写法而不是内容：请补上括号，例如 parts.day()")),
        (r"is not callable", lambda: _("这里的括号用错了：前面的内容不能带括号使用")),
        (r"repetition too long|power too large|Range too big", lambda: _("重复或次方太大，不能这样生成内容")),
    )


def _token(name: str) -> str:
    return {"end of print statement": "}}", "end of statement block": "%}", "begin of print statement": "{{", "name": _("名称"), "string": _("引号中的文字"), "integer": _("整数"), "end of template": _("模板结尾")}.get(name, name)
