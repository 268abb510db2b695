// What dmn-js says in a decision table, in Chinese; in English it speaks for itself. What is missing is kept, and a test reads it.
const CHINESE = {
  "Add input": "加条件列", "Add output": "加结果列", "Add rule": "加一行", "Add rule above": "在上面加一行", "Add rule below": "在下面加一行", "Add input column left": "在左边加条件列", "Add input column right": "在右边加条件列", "Add output column left": "在左边加结果列", "Add output column right": "在右边加结果列",
  "Remove rule": "删除这一行", "Remove input column": "删除这一列", "Remove output column": "删除这一列", "Copy rule": "复制这一行", "Cut rule": "剪切这一行", "Paste rule above": "粘贴到上面", "Paste rule below": "粘贴到下面", "Copy input column": "复制这一列", "Cut input column": "剪切这一列", "Copy output column": "复制这一列", "Cut output column": "剪切这一列", "Paste input column left": "粘贴到左边", "Paste input column right": "粘贴到右边", "Paste output column left": "粘贴到左边", "Paste output column right": "粘贴到右边", "Move rule": "移动这一行", "Resize": "调整宽度",
  "Hit policy": "命中策略", "Hit policy:": "命中策略：", "Unique": "只许一行符合", "First": "取最上面的一行", "Collect": "取全部符合的行", "Priority": "按优先级", "Any": "任一", "Rule order": "按行序", "Output order": "按结果序", "Collect (Sum)": "合计", "Collect (Min)": "最小", "Collect (Max)": "最大", "Collect (Count)": "计数",
  "No overlap is possible and all rules are disjoint. Only a single rule can be matched": "只许一行符合，两行都符合就出错", "Rules may overlap. The first matching rule will be chosen": "几行都符合时，取最上面的一行", "Collects the values of all matching rules": "符合的行全部取出，结果是列表",
  "Input": "条件", "Output": "结果", "When": "当", "And": "并且", "Then": "则", "Annotations": "说明", "Annotation": "说明", "Input label": "列名", "Input label: ": "列名：", "Output label": "列名", "Output label: ": "列名：", "Output name": "结果里的名字（英文）", "Output name: ": "名字：", "Input expression": "看什么值（表达式）", "Input expression: ": "看什么值：", "Expression": "看什么值（表达式）", "Expression language": "表达式语言", "Expression language: {expressionLanguageLabel}": "表达式语言：{expressionLanguageLabel}", "Enter expression": "写表达式，例如 form.表.字段", "Input type": "值的种类", "Output type": "值的种类", "Type": "种类", "Input values": "可选的值", "Output values": "可选的值", "Predefined values": "预设的值", "Add predefined values": "加预设的值", "Clear predefined values": "清除预设的值", "Add values": "加值", "Values": "值", "Value": "值", "No values": "没有", '"value", "value", ...': '"甲", "乙"',
  "Edit input": "修改条件", "Edit output": "修改结果", "Decision name": "表名", "Decision name: ": "表名：", "Decision ID": "表的 ID", "Definition name": "文件名称", "Definition ID": "文件 ID", "View DRD": "看决策图", "Edit": "修改", "Delete": "删除", "Edit string": "修改文字", "Edit number": "修改数", "Edit date": "修改日期", "Edit boolean": "修改是否", "Add cell description": "给这一格写说明", "Remove cell description": "删除这一格的说明", "Change cell expression language": "换表达式语言", "e.g. { example } ": "例如 { example } ", "e.g. { sample }": "例如 { sample }", "Editing not supported for set expression language": "这种语言不能在这里修改",
  "string": "文字", "boolean": "是否", "number": "数", "integer": "整数", "long": "长整数", "double": "小数", "date": "日期", "time": "时间", "dateTime": "日期和时间", "dayTimeDuration": "时长（日、时）", "yearMonthDuration": "时长（年、月）", "Any ": "任意", "any": "任意", "String": "文字", "Boolean": "是否", "Number": "数", "Yes": "是", "No": "否", "Open expression editor": "打开表达式编辑器", "Powered by bpmn.io": "bpmn.io", "Search in diagram": "查找", "Activate hand tool": "移动画面", "Activate lasso tool": "框选", "Create decision": "决策", "Create input data": "输入数据", "Create knowledge source": "依据", "Create knowledge model": "知识模型", "Open decision table": "打开决策表", "Open literal expression": "打开表达式", "Connect to other element": "连线", "Change type": "换种类", "Append decision": "后接决策", "Append input data": "后接输入", "Append knowledge source": "后接依据", "Append business knowledge model": "后接知识模型", "Add text annotation": "加批注",
};

export const missing = new Set();

export function tableTranslate(language) {
  const translate = (text, values = {}) => {
    const known = language.startsWith("zh") ? CHINESE[text] : text;
    if (known === undefined && /[A-Za-z]{2}/.test(text)) missing.add(text);
    return (known ?? text).replace(/{\s*([^}\s]+)\s*}/g, (whole, key) => values[key] ?? whole);
  };
  return { translate: ["value", translate] };
}
