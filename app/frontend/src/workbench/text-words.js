// The words of the text editor itself: CodeMirror's own phrases in Chinese, and how to leave it with the keyboard.
export const CHINESE = {
  "Find": "查找", "Replace": "替换为", "next": "下一个", "previous": "上一个", "all": "全部选中", "match case": "区分大小写", "by word": "整词",
  "regexp": "正则表达式", "replace": "替换", "replace all": "全部替换", "close": "关闭", "current match": "当前匹配", "on line": "位于行",
  "replaced match on line $": "已替换第 $ 行的一处", "replaced $ matches": "已替换 $ 处",
  "Go to line": "转到行", "go": "转到", "to": "到", "Completions": "可填内容",
  "Diagnostics": "问题", "No diagnostics": "没有问题", "Control character": "控制字符", "Selection deleted": "已删除所选内容",
  "folded code": "已折叠的内容", "unfold": "展开", "Fold line": "折叠此行", "Unfold line": "展开此行", "Folded lines": "已折叠的行", "Unfolded lines": "已展开的行",
  "$ unchanged lines": "$ 行相同", "Revert this chunk": "还原这一处", "Accept": "采用", "Reject": "不采用",
};
export const LABELS = {
  zh: { editor: "文本编辑", leave: "按 Tab 键缩进；先按 Esc 再按 Tab 离开编辑框", readOnly: "只读", between: "，" },
  en: { editor: "Text editor", leave: "Tab indents; press Esc, then Tab to leave the editor", readOnly: "read only", between: ". " },
};
