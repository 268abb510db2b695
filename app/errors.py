"""Every refusal of the service: one root class; the docstring is the message, the facts are attributes.

Anybody may import it. Errors know no HTTP status (`app/routes/errors.py` has that table).
Messages are Chinese; `{fact}` is filled from the attributes.
"""
from __future__ import annotations


class PingshenError(Exception):
    """操作没有完成。"""

    code = "error"

    def __init__(self, **facts):
        self.facts = facts
        for name, value in facts.items():
            setattr(self, name, value)
        super().__init__(self.message)

    @property
    def template(self) -> str:
        """The message with its `{facts}` unfilled: the key of its translation."""
        return (self.__doc__ or "").strip()

    @property
    def message(self) -> str:
        return self.template.format_map(_Facts(self.facts))


class _Facts(dict):
    def __missing__(self, key):
        return ""


class NotFound(PingshenError):
    """没有找到，或者您无权查看。"""

    code = "not-found"


class NotAllowed(PingshenError):
    """您没有办理此事的权限。如有疑问，请联系本单位管理员。"""

    code = "not-allowed"


class SignInNeeded(PingshenError):
    """请先登录。"""

    code = "sign-in-needed"


class TaskNoLongerOpen(PingshenError):
    """此环节已由{by}于{at}办理，您的填写没有提交。请刷新后查看最新进度。"""

    code = "task-no-longer-open"


class TaskTaken(PingshenError):
    """此事项已由{by}领取。需要办理时，请联系对方退回或转交。"""

    code = "task-taken"


class FourEyes(PingshenError):
    """您已办理过“{earlier}”，按规定本环节须由另一人办理。"""

    code = "four-eyes"


class ClaimTaken(PingshenError):
    """{rule}{what}您的填写已保存为草稿。"""

    code = "claim-taken"


class Barred(PingshenError):
    """{until}以前不能办理：{reason}。{kept}对此有异议的，请向作出决定的单位书面申诉，也可拨打咨询电话。"""

    code = "barred"


class NotWaitingFor(PingshenError):
    """当前环节不能“{label}”。请刷新后查看现在可以办理的操作。"""

    code = "not-waiting"


class AnswersInvalid(PingshenError):
    """有{count}处需要修改后才能提交。"""

    code = "answers-invalid"


class UnknownOutcome(PingshenError):
    """没有名为“{outcome}”的办理结果。"""

    code = "unknown-outcome"


class NotReadyToOpen(PingshenError):
    """“{name}”还不能开放：{why}。请先修改，再开放。"""

    code = "not-ready-to-open"


class ReasonNeeded(PingshenError):
    """请填写“{label}”的原因。"""

    code = "reason-needed"


class DraftConflict(PingshenError):
    """此表在另一个窗口（{at}）保存过。您刚才的填写仍保留在本页，请选择保留哪一份。"""

    code = "draft-conflict"


class KeyReused(PingshenError):
    """同一个幂等键（Idempotency-Key）被用于不同的内容，请换一个键。"""

    code = "key-reused"


class MayNotStart(PingshenError):
    """您不能发起“{process}”。{why}"""

    code = "may-not-start"


class ReleaseRefused(PingshenError):
    """没有发布：检查发现{count}个错误。"""

    code = "release-refused"


class DatabaseBusy(PingshenError):
    """系统正忙，请几秒后重试。您的填写没有丢失。"""

    code = "busy"


class CaseStuck(PingshenError):
    """流程在“{element_name}”（{element}）处无法继续：{cause}。事项未改变，请联系流程管理员。"""

    code = "case-stuck"


class EntryChanged(PingshenError):
    """“{name}”刚被别人改过，您的修改没有保存。请核对现在的内容后再改。"""

    code = "entry-changed"


class UploadRefused(PingshenError):
    """文件“{name}”没有上传：{why}"""

    code = "upload-refused"


class UploadTooLarge(UploadRefused):
    """文件“{name}”没有上传：{why}"""

    code = "upload-too-large"


class PieceOutOfPlace(PingshenError):
    """这一段与已收到的对不上（已收到 {offset} 字节），请从断点继续上传。"""

    code = "piece-out-of-place"


class PieceDamaged(PingshenError):
    """这一段没有收下：{why}，请重传这一段。"""

    code = "piece-damaged"


class SheetRefused(PingshenError):
    """表格“{name}”没有导入：{why}"""

    code = "sheet-refused"


class ListRefused(PingshenError):
    """名单没有改动：{why}"""

    code = "list-refused"


class DetailsRefused(PingshenError):
    """没有保存，请按提示修改：{why}"""

    code = "details-refused"


class SignInRefused(PingshenError):
    """账号或密码不正确，还可尝试{left}次；连续错误{limit}次将锁定{minutes}分钟。"""

    code = "sign-in-refused"


class AccountLocked(PingshenError):
    """连续多次输错密码，账号已锁定，请于{until}之后再试，或联系管理员解锁。"""

    code = "account-locked"


class RequestInvalid(PingshenError):
    """请求内容不完整或格式不对：{why}"""

    code = "request-invalid"


class CallbackRefused(PingshenError):
    """支付通知未通过核验：{why}"""

    code = "callback-refused"


class BankFileRefused(PingshenError):
    """没有导入，{count}行需要先处理：{first}"""

    code = "bank-file-refused"


class BallotRefused(PingshenError):
    """投票未受理：{why}"""

    code = "ballot-refused"


class SettingRefused(PingshenError):
    """设置 {setting} 不能这样用：{why}"""

    code = "setting-refused"


class NothingChosen(PingshenError):
    """还没有勾选。请返回上一页，至少勾选一项后再继续。"""

    code = "nothing-chosen"


class TooManyChosen(PingshenError):
    """一次最多办理 {most} 项，您选了 {count} 项。请分几次办理。"""

    code = "too-many-chosen"


class ListNotOpen(PingshenError):
    """所选的 {count} 项还没有开放打印“{title}”：{names}。请取消勾选后再打印。"""

    code = "list-not-open"


class RegistrationRefused(PingshenError):
    """没有注册，请按提示修改：{why}"""

    code = "registration-refused"


class AccountThere(PingshenError):
    """此证件已注册过账号（用户名 {account}）。请直接登录；忘记密码的，可在登录页找回。"""

    code = "account-there"


class CodeRefused(PingshenError):
    """{why}。"""

    code = "code-refused"


class ProofNeeded(PingshenError):
    """请先完成人机验证：等待验证完成，或回答页面上的算术题，然后再试一次。"""

    code = "proof-needed"


class NotAuthorised(PingshenError):
    """您是“{organisation}”的经办人，单位管理员还没有授权您登录。请联系单位管理员{admin}在“权限管理”中授权。"""

    code = "not-authorised"


class PasswordToChange(PingshenError):
    """您的密码由他人设置，请先修改密码，再办理其他事项。"""

    code = "password-to-change"


class ProviderFailed(PingshenError):
    """统一身份认证没有完成：{why}。您可以再试一次，或用本系统的账号登录。"""

    code = "provider-failed"


class MailRefused(PingshenError):
    """“{address}”不是可用的电子邮件地址，请改正后重试。"""

    code = "mail-refused"


class JobNotReady(PingshenError):
    """批量作业现在不能这样做：可能已经开始、还在办理，或已经结束。请刷新页面查看进度。"""

    code = "job-not-ready"


class NotForMany(PingshenError):
    """这些事项不能一起办理：{why}"""

    code = "not-for-many"


class NotAPool(PingshenError):
    """没有可以抽取的人员库“{register}”。请在台账中写明 pool，或改正流程图中的 register。"""

    code = "not-a-pool"


class AccountClosed(PingshenError):
    """您的账号已停用，此项没有办理。请联系系统管理员。"""

    code = "account-closed"


class PhraseRefused(PingshenError):
    """常用语没有保存：{why}"""

    code = "phrase-refused"


class ProposalRefused(PingshenError):
    """没有保存：{why}。"""

    code = "proposal-refused"


class ProposalClosed(PingshenError):
    """这份修改方案已提交审批、发布或放弃，不能再改。请撤回提交，或另建一份方案。"""

    code = "proposal-closed"


class ProposalConflict(PingshenError):
    """{by}在{at}保存过这个文件，您的修改没有覆盖它，也没有丢失。请比较两份内容后再保存。"""

    code = "proposal-conflict"


class EditRefused(PingshenError):
    """没有改成：这一处（{why}）的写法不能这样修改。请在“文本”一栏中直接修改。"""

    code = "edit-refused"


class WorkbenchRefused(PingshenError):
    """没有办理：{why}。"""

    code = "workbench-refused"


class NotSubmitted(PingshenError):
    """这份方案现在没有等待审批：可能已经撤回、退回或发布。请刷新页面查看。"""

    code = "not-submitted"


class OwnProposal(FourEyes):
    """这份方案由您起草、修改或提交，须由另一位流程分析员审批。"""

    code = "own-proposal"


class ArchiveRefused(PingshenError):
    """没有导入：{why}。"""

    code = "archive-refused"


class MoveRefused(PingshenError):
    """此事项没有迁移：{why}。"""

    code = "move-refused"


class MoveNotUndone(PingshenError):
    """没有撤销迁移：{why}。"""

    code = "move-not-undone"


class PlayRefused(PingshenError):
    """没有这样试走：{why}"""

    code = "play-refused"


class NoteChanged(PingshenError):
    """您阅读变更说明时，方案又有人保存过，刚才的“已阅读”没有记下。请刷新页面，阅读最新的变更说明。"""

    code = "note-changed"


class NoteUnread(PingshenError):
    """您还没有阅读这份方案现在的变更说明。请先在“变更说明”中阅读，并按“已阅读”。"""

    code = "note-unread"


class WhatIfOutdated(PingshenError):
    """方案在分析期间又改过，这一部分没有再看。请回到“假设分析”重新开始。"""

    code = "what-if-outdated"


class ReportEntryRefused(PingshenError):
    """报表没有保存：{why}。"""

    code = "report-entry-refused"


class FixRefused(PingshenError):
    """这条检查结果没有自动改：它可能已经不在了，或者改了以后会出别的错。请看说明，自己改正。"""

    code = "fix-refused"


class RetentionRefused(PingshenError):
    """没有办理：{why}。"""

    code = "retention-refused"


class MaterialErased(PingshenError):
    """这份材料已依法清除，只留下了摘要。"""

    code = "material-erased"


class SampleDiffers(PingshenError):
    """新版本没有启动：重放样本中的事项 {number} 时，第 {seq} 个事件与当时不同：{difference}。
（引擎：{engine}；服务：{service}）
请退回原来的版本，把以上内容交给开发人员；数据没有改动。确实要带着这个差别启动时，用设置 START_ANYWAY 写明理由，理由会留存。"""

    code = "sample-differs"


class PurposeNeeded(PingshenError):
    """此事项由他人办理。请先说明查阅事由：在请求头 Purpose 中写明，当天有效。"""

    code = "purpose-needed"


class PurposeRefused(PingshenError):
    """没有记录查阅事由：{why}。"""

    code = "purpose-refused"


class BackupRefused(PingshenError):
    """没有备份：{why}。"""

    code = "backup-refused"


class BackupUnreadable(PingshenError):
    """备份不能用：{why}。"""

    code = "backup-unreadable"


class RestoreRefused(PingshenError):
    """没有恢复，原有数据未动：{why}。"""

    code = "restore-refused"


class PackRefused(PingshenError):
    """没有制作：{why}"""

    code = "pack-refused"


class TooManyForPack(PingshenError):
    """没有制作：一个取证包最多放 {most} 件事项，这里有 {count} 件。请分几次制作，或者只导出事件日志。"""

    code = "too-many-for-pack"


class PackTooLarge(PingshenError):
    """没有制作：取证包的内容超过了 {most} MB。请减少事项，或者不放材料。"""

    code = "pack-too-large"


class PackIncomplete(PingshenError):
    """没有汇总：有 {count} 件事项没有取出，见它们的说明。解决后请重试未办成的。"""

    code = "pack-incomplete"


class SampleRefused(PingshenError):
    """没有办理：{why}。"""

    code = "sample-refused"
