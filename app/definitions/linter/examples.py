"""What each rule is for, with the smallest bad and good way of writing it: shown beside a finding and kept in the guide."""
from __future__ import annotations

from typing import NamedTuple


class Example(NamedTuple):
    """`why` says what would go wrong and what to do; `bad` and `good` are "" where there is nothing to write."""
    why: str
    bad: str = ""
    good: str = ""


EXAMPLES: dict[str, Example] = {
    # files
    "unsafe-xml": Example("这样的文件可能让系统去读别处的文件。请用画图工具重新保存一份 UTF-8 的图。", '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///…">]>', '<?xml version="1.0" encoding="UTF-8"?>'),
    "bad-xml": Example("文件不完整，或者不是流程图、决策表。请用画图工具打开并重新保存。", "<bpmn:process>（没有写完）", "<bpmn:process>…</bpmn:process>"),
    "definition": Example("写法不合规定，系统读不懂这一处。", "width: huge", "width: half"),
    "unknown-key": Example("多半是写错了字母；写错的属性不起作用。", "requierd: true", "required: true"),
    "missing-key": Example("这个属性必须写，否则不知道显示什么、怎么办。", "- {key: name, label: 姓名}", "- {key: name, type: text, label: 姓名}"),
    "duplicate-key": Example("同名的只有一个起作用，另一个会丢失。", "key: name（两个字段都叫 name）", "key: name、key: former_name"),
    "unknown-file": Example("放错了文件夹，或不是系统认识的文件，不会被使用。", "forms/…/旧版.doc", "forms/…/request.yml"),
    # expressions
    "expression": Example("表达式写错了，到这里会停住。等于是两个等号，文字用英文双引号，不写 ${ }。", 'outcome = "pass"', 'outcome == "pass"'),
    "unknown-function": Example("没有这个函数，多半是写错了字母。", "workday_after(today, 5)", "workdays_after(today, 5)"),
    "unknown-root": Example("没有这个词，或者这里不能用：answers 只在表单里，result 只在服务任务的输出里，item 只在多人办理里。", "fee.amount > 0", "vars.fee.amount > 0"),
    "unknown-member": Example("case、task、actor 只有固定的几项。", "case.owner", "case.starter"),
    "unknown-variable": Example("没有脚本、决策表、服务或消息写入它，读到的总是空。", "vars.feee.amount", "vars.fee.amount"),
    "unknown-party": Example("没有表单或脚本指定过这个当事方，任务会不知道给谁。", "case.parties.employr", "case.parties.employer"),
    "value-not-set": Example("有一条路走到这里时还没有写过这个变量，读到的是空：定时器到不了期，文字里缺一块。请在那条路上先写它，或给一个替代的值。", "vars.fee.amount * 2", "coalesce(vars.fee.amount, 0) * 2"),
    "form-not-filled": Example("有一条路走到这里时还没有人填过这张表单，读到的是空。", '"已收到" + form.receipt.number', '"已收到" + coalesce(form.receipt.number, "")'),
    "size-of-text": Example("size() 对汉字数的是字节，一个字会算成三个。", "size(answers.name) <= 20", "length(answers.name) <= 20"),
    # elements
    "unknown-kind": Example("引擎不执行这种图元，画了也不会走。改用什么见《流程图编写指南》第 4 节。", "任务（没有标记）", "用户任务"),
    "bad-id": Example("标识用英文字母、数字和下划线，不能有空白，不能叫 Start、End。", "第 1 步", "step_one"),
    "duplicate-id": Example("标识重复就分不清是哪一个；流程的标识在整个系统里只能用一次。", "两个任务都叫 review", "review、second_review"),
    "no-process": Example("文件里没有流程，请把它画完或删去。", "空的图", "一个流程"),
    "no-start": Example("没有开始事件，谁也发起不了。", "（没有圆圈）", "一个开始事件"),
    "several-starts": Example("有几个开始事件，不知道从哪里开始。不同的入口请画成不同的流程，或在开始后用网关分开。", "两个开始事件", "一个开始事件 → 网关"),
    "no-end": Example("没有结束事件，事项永远办不完。", "（没有粗圆圈）", "一个结束事件"),
    "unreachable": Example("没有线通到这里，永远走不到。", "任务没有进线", "上一环节 → 任务"),
    "dead-end": Example("走到这里就没有下文，事项停住。", "任务没有出线", "任务 → 结束事件"),
    "endless-loop": Example("这一圈里没有人、消息或时间可等，系统会一直转下去。", "脚本 → 网关 → 脚本", "脚本 → 用户任务 → 网关 → 脚本"),
    "no-way-out": Example("这几步绕成一圈，没有一条路通向结束，事项永远办不完。", "补正 → 再看 → 补正", "再看 → 网关：通过 → 结束；退回 → 补正"),
    "join-never-complete": Example("互斥网关只走一条路，并行网关却要等所有的路都到，会一直等下去。", "◇互斥 → 甲、乙 → ＋并行", "◇互斥 → 甲、乙 → ◇互斥"),
    "not-drawn": Example("图上看不到它，别人改图时会漏掉。请在图上重新画出。", "只有标识，没有图形", "画在图上的图元"),
    "foreign-code": Example("流程图里不能有程序。计算用脚本任务，和外面来往用服务任务。", 'camunda:class="…"', "脚本任务：fee = 100"),
    "unknown-attribute": Example("引擎不看这个属性，留着会让人误会。谁来办写在泳道或任务的 role、scope，期限写在 due。", 'camunda:assignee="li"', "属性 role = clerk"),
    "unknown-property": Example("没有这个属性，多半是写错了字母。", "confrim", "confirm"),
    "bad-property": Example("这个属性只能写规定的值。", "reason = must", "reason = required"),
    "bad-event": Example("这种事件引擎不执行。能用的是消息和定时，结束事件可以是终止。", "信号事件", "消息事件"),
    "unknown-element": Example("没有这个标识的图元，多半是改过名字。", "not = acept", "not = accept"),
    "unknown-stage": Example("进度条上没有这个环节。请改正，或加进流程的 stages。", "stage = 单位初审", "stage = 单位审核"),
    # flows
    "dangling-flow": Example("这条线有一头没有接上，走不通。请重新接好，或删去。", "审核 → （空处）", "审核 → 结束"),
    "flow-misplaced": Example("结束以后不能再走；开始事件和附在任务上的事件，不能从别处走进来。", "结束事件 → 任务", "任务 → 结束事件"),
    "flow-without-condition": Example("网关不知道什么时候走这条线。请写条件，或设为默认出线。", "出线没有条件", 'outcome == "pass"，或默认出线'),
    "no-default-flow": Example("条件都不成立时无路可走，事项会停住。请设一条默认出线（Default flow）。", "金额 > 0 → 缴费", "金额 > 0 → 缴费；默认 → 免缴"),
    "condition-not-allowed": Example("只有互斥网关的出线看条件，写在别处不起作用，引擎也不收。", "任务的出线写了条件", "任务 → 互斥网关 → 有条件的线"),
    "several-flows-out": Example("一个环节只能有一条出线；要分开走，请画网关。", "任务 → 甲、任务 → 乙", "任务 → 网关 → 甲、乙"),
    "same-outcome": Example("两个按钮是同一个办理结果，分不清走哪条线。", 'outcome == "pass"（两条）', 'outcome == "pass"、outcome == "return"'),
    "unknown-outcome": Example("没有哪个按钮给出这个结果，条件永远不成立。多半是按钮改了名，这里没有跟着改。", 'required_when: outcome == "retrun"', 'required_when: outcome == "return"'),
    "way-without-button": Example("任务后面网关的每条线就是一个按钮；没有写办理结果的线没有按钮，没有人走得到。", "默认出线（没有条件）", 'outcome == "reject"'),
    "gateway-after-two-tasks": Example("网关的按钮属于一个任务；从两个任务到达时，不知道按钮给谁。", "甲、乙 → 同一个网关", "甲 → 网关一；乙 → 网关二"),
    # activities
    "task-without-form": Example("没有表单，办理人打开任务什么也看不到。", "Form key 空着", "Form key = review"),
    "unknown-form": Example("没有这张表单，多半是写错了名字，或还没有建。", "Form key = revue", "Form key = review"),
    "unknown-field": Example("表单里没有这个字段，读到的总是空。字段改名以后，用到它的地方要一起改。", "form.request.nam", "form.request.name"),
    "task-without-role": Example("不知道给谁办。请放进写了角色的泳道，或在任务上写 role。", "任务在泳道外", "任务在“窗口”泳道里"),
    "role-nobody-holds": Example("还没有人担任这个角色，任务到了没有人能办。请在人员管理里授予，再发布。"),
    "lane-without-role": Example("泳道的名称只是标签，谁来办要看属性 role。", "泳道“窗口”", "泳道“窗口”，role = clerk"),
    "unknown-role": Example("roles.yml 里没有这个角色，谁也领不到任务。", "role = clark", "role = clerk"),
    "element-in-no-lane": Example("不在任何泳道里，看图的人不知道由谁办。", "图元在泳道外", "图元在泳道里"),
    "timer": Example("定时器只能写一个时刻（timeDate）或一段时长（timeDuration）。", "五天", "P5D"),
    "timer-cycle": Example("不能循环。提醒几次，就画几个定时器。", "R3/P1D", "P1D、P2D、P3D 三个定时器"),
    "timer-negative": Example("时长为零或为负，一到就触发。", "P0D", "P5D"),
    "timer-past": Example("写死的日期已经过去，事项一到这里就触发。请改写成算出来的日期。", "2020-01-01", "workdays_after(today, 5)"),
    "timer-no-date": Example("定时器要一个日期、时刻或时长，这个表达式得不出，事项会停住。", "form.request.count（数字）", "form.request.day（日期）"),
    "message-without-name": Example("没有名称，谁也送不来这个消息。", "Message 空着", "Message → Name = withdraw"),
    "message-nobody-sends": Example("没有人能按，也没有服务任务送出它，会一直等下去。由人按的写 role；由别的事项送的，画服务任务 message.send。", "等消息 batchd", 'message.send，message = "batched"'),
    "message-nobody-awaits": Example("送出去没有环节在等，什么也不会发生。", 'message = "batchd"', 'message = "batched"'),
    "unknown-process": Example("没有这个流程，多半是写错了标识。", "calledElement = hering", "calledElement = hearing"),
    "call-cycle": Example("流程绕一圈调用自己，没有尽头。", "甲 调用 乙，乙 调用 甲", "甲 调用 乙"),
    "unknown-topic": Example("没有这个主题的连接器，请求发不出去。", "notifi", "notify"),
    "service-without-topic": Example("服务任务不知道做什么。Implementation 选 External，Topic 写主题。", "Topic 空着", "Topic = notify"),
    "script-format": Example("脚本只能写“名称 = 表达式”，格式写 cel。", 'scriptFormat="javascript"', 'scriptFormat="cel"'),
    "multi-instance": Example("几个人各办一份时，Collection 给列表，成员叫 item；不能写固定次数。", "Loop cardinality = 3", "Collection = vars.experts"),
    # decision tables
    "unknown-decision": Example("没有这张决策表，多半是写错了标识。", "decisionRef = prize", "decisionRef = price"),
    "hit-policy": Example("只能是 UNIQUE（只有一行符合）、FIRST（从上往下第一行）、COLLECT（全部符合的行）。", "RULE ORDER", "FIRST"),
    "rule-width": Example("这一行的格数和列数不一样，多半是删列时漏了一格。"),
    "decision": Example("决策表要有输入、输出和至少一行，输出名用英文。", "输出名：金 额", "输出名：amount"),
    "table-overlap": Example("写明只有一行符合（UNIQUE），却有情况让两行同时符合。请改条件，或把命中策略改为 FIRST。", "< 10 和 <= 10", "< 10 和 >= 10"),
    "table-gap": Example("有的情况没有一行符合，结果是空。请补一行，或在最后加一行“其余”（输入格空着）。", "< 10、> 10", "< 10、>= 10"),
    "table-row-unreached": Example("上面的行已经包括了它，这一行永远轮不到。请调整先后或删去。", "先 > 0，后 > 10", "先 > 10，后 > 0"),
    "table-test": Example("测试行写的结果和决策表算出来的不一样：改表，或改测试行。"),
    # forms and reports
    "reserved-name": Example("这个词在表达式里已有含义，作字段名会读错。", "key: outcome", "key: result_of_review"),
    "unknown-type": Example("没有这种字段，多半是写错了字母。", "type: dat", "type: date"),
    "unknown-code-table": Example("没有这张代码表，选项是空的。", "code_table: kind", "code_table: kinds"),
    "unknown-register": Example("没有这个台账。", "register: office", "register: offices"),
    "register-in-use": Example("台账里还有记录，去掉以后就看不到了。"),
    "no-sample-file": Example("没有这个范本文件，点开会是空的。", "sample: 范本.pdf（没有上传）", "sample: model.pdf（在 samples/ 里）"),
    "personal-without-class": Example("个人信息不写类别，就不会在列表和日志里遮盖。", "- {key: phone, type: text, label: 手机}", "- {key: phone, type: text, label: 手机, personal: contact}"),
    "unused-form": Example("没有环节用到这张表单，可以删去。"),
    "report-without-template": Example("登记了报表，却没有同名的模板文件，打印不出来。", "slips:（只有 slip.html）", "slip:"),
    "report-syntax": Example("模板写错了，打印不出来。", "{{ case.number }", "{{ case.number }}"),
    "list-report": Example("这几项只用于列出多个事项的报表，请写 over: cases 或删去。", "offered_at: [compose]", "over: cases\noffered_at: [compose]"),
    "unused-template": Example("模板没有登记在 reports.yml 里，没有人打印得到。"),
    # scenarios
    "unknown-person": Example("people 里没有这个人。", "as: chan", "as: chen"),
    "unknown-sample": Example("没有 answers_from 所指的文件。", "samples/reqest.yml", "samples/request.yml"),
    "unknown-message": Example("流程图里没有这个消息。", "message: cancle", "message: cancel"),
    "unknown-case": Example("前面没有发起过这件事项。", "case: second（没有发起）", "start: {name: second, …}"),
    "unknown-placeholder": Example("${…} 里的名称没有在 for 里给出。", "as: 'p${n}'（没有 for）", "for: {n: 1..3}"),
    "engine": Example("每个图元都合规定，但合在一起引擎不能执行。消息里说了图元和原因。"),
}
