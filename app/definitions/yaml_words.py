"""What the YAML reader has against a text, in words for somebody who has never heard of YAML."""
from __future__ import annotations

# What the reader's own message contains -> what is told; the first that is found counts.
_WORDS = (
    ("mapping values are not allowed", "冒号用错了地方。文字里有冒号时，请给整段文字加引号"),
    ("block sequence entries are not allowed", "“-”要另起一行，并与上面各项对齐"),
    ("block collection", "缩进与上面各行不一致，或者各项没有对齐"),
    ("block mapping", "缩进与上面各行不一致，或者少了冒号"),
    ("cannot start any token", "缩进要用空格；文字以 @、% 等符号开头时请加引号"),
    ("tab character", "缩进要用空格，不能用制表符"),
    ("quoted scalar", "引号没有成对"),
    ("flow mapping", "花括号里少了逗号、冒号，或者括号没有成对"),
    ("flow sequence", "方括号里少了逗号，或者括号没有成对"),
    ("expected ':'", "少了冒号；冒号后面要有一个空格"),
    ("undefined alias", "文字以 * 开头时请加引号"),
    ("expected the node content", "这里少了内容，或者符号放错了地方"),
    ("expected a single document", "一个文件里只能有一份内容，请去掉“---”"),
    ("control characters", "有看不见的控制字符，请删去重新输入"),
)


def in_words(said: str) -> str:
    """The reader's message as a person is told it; one that nobody foresaw asks to compare the line with its neighbours."""
    return next((words for part, words in _WORDS if part in said), "请与上下各行对照，看符号、引号、缩进是否一致")
