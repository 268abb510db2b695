"""What every column of the database holds: nothing personal, or how a person's data leaves it. A test compares it with the tables.

A new column without a line here fails `tests/retention/test_inventory.py`: whoever adds one decides what becomes of it.
"""
from __future__ import annotations

from dataclasses import dataclass, field

from app.erased import ERASED


@dataclass(frozen=True)
class Kept:
    """What a table holds and how it is cleared. Columns are named once, in the first of these that fits:

    `plain`: keys, times, states, counts, digests and what analysts or offices write about procedures, nobody's data. `ids`:
    person ids and references, which stay: they lead to a pseudonym. `names`: {column: the column with the id of whose
    name it is}. `texts`: may speak of anybody; a person's own texts are taken out. `wiped`: {column: what is left} in rows
    that go with their case or person. `own`: erased by code of `erasing/` that knows the table.
    """

    plain: str = ""
    ids: str = ""
    names: dict = field(default_factory=dict)
    texts: str = ""
    wiped: dict = field(default_factory=dict)
    own: str = ""
    case: str = ""    # which part of a case its rows are: content|history|payments; "": of no case
    person: str = ""  # the column that says whose rows they are; "": nobody's
    gone: bool = False  # such rows are deleted, not wiped

    def columns(self) -> set[str]:
        return {*self.plain.split(), *self.ids.split(), *self.names, *self.texts.split(), *self.wiped, *self.own.split()}


def _names(*columns: str) -> dict:
    """{x_name: x_id} for columns called alike."""
    return {f"{name}_name": f"{name}_id" for name in columns}


INVENTORY: dict[str, Kept] = {
    # the case and its chain: erasing/cases.py
    "case_": Kept(plain="id number process_id procedure release title tab stage result tone ended_element latest grouping version events head started_at changed_at ended_at",
                  ids="starter_id", own="starter_name summary handler parties"),
    "case_party": Kept(plain="case_id name", ids="ref"),
    "case_group": Kept(plain="procedure key name heading owner"),
    "case_move": Kept(plain="case_id seq from_release to_release key undone", own="state rows"),
    "event": Kept(plain="id case_id seq at kind element task_id outcome answers_digest state_digest key_id mac scheme salt kept hash",
                  ids="actor_id on_behalf_of", own="actor_name details"),
    "answers": Kept(plain="id case_id form revision seq task_id at digest scheme salt kept", ids="actor_id", own="data"),
    "snapshot": Kept(plain="case_id", own="state"),
    "task": Kept(plain="id case_id element name form stage state pool personal due created_at opened_at closed_at outcome excluded",
                 ids="assignee closed_by", own="item closed_by_name"),
    "subscription": Kept(plain="id case_id message element attached_task role", ids="scope"),
    "timer": Kept(plain="id case_id element due tries held"),
    "claim": Kept(plain="case_id at", texts="key"),
    "outbox": Kept(plain="id case_id element topic state tries next_at created_at", wiped={"parameters": {}, "error": ""}, case="history"),
    "draft": Kept(plain="task_id case_id version saved_at", ids="person_id", texts="data", case="content", person="person_id", gone=True),
    "mark": Kept(plain="id case_id element form section field row at", ids="person_id", texts="remark", case="history", gone=True),
    "mark_reply": Kept(plain="case_id mark done", ids="person_id", texts="text", case="history", person="person_id", gone=True),
    "printing": Kept(plain="id run case_id report code version organisation_id at", ids="person_id"),
    "printing_answers": Kept(plain="form at", ids="owner", texts="data", person="owner", gone=True),
    "paper_code": Kept(plain="sha256 text"),
    "material": Kept(plain="id case_id task_id field source size media_type pages sha256 served created_at removed_at width height mode thumbnail erased_at",
                     ids="owner", own="name label"),
    "transfer": Kept(plain="id case_id task_id field accept size state material_id created_at", ids="owner", own="label name why"),
    # notices and mail
    "notice": Kept(plain="id case_id request kind link at read_at", ids="person_id", texts="title text", case="history", person="person_id", gone=True),
    "mail": Kept(plain="id key state tries next_at until created_at sent_at", texts="address subject text html error"),
    "letter": Kept(plain="id at", texts="address title text"),
    "mail_choice": Kept(plain="kind", ids="person_id", person="person_id", gone=True),
    # accounts
    "person": Kept(plain="password_temporary active last_sign_in created_at", ids="id", own="name password_hash"),
    "person_profile": Kept(plain="verified", ids="person_id", texts="id_type id_number birth_date sex phone email", person="person_id", gone=True),
    "restriction": Kept(plain="at", ids="person_id actor_id", texts="reason"),
    "role_assignment": Kept(plain="role organisation_id", ids="person_id", person="person_id", gone=True),
    "membership": Kept(plain="organisation_id kind may_sign_in roles menus since", ids="person_id", person="person_id", gone=True),
    "sign_in": Kept(plain="id organisation_id created_at last_seen ended_at way", ids="person_id", wiped={"address": ""}, person="person_id"),
    "api_token": Kept(plain="hash created_at expires_at revoked_at", ids="person_id", texts="name", person="person_id", gone=True),
    "account_event": Kept(plain="id at kind", ids="person_id actor_id", wiped={"details": {}}, person="person_id"),
    "provider_link": Kept(plain="issuer created_at", ids="person_id", texts="subject", person="person_id", gone=True),
    "sent_code": Kept(plain="id purpose code_hash tries expires_at", ids="subject", texts="payload", person="subject", gone=True),
    "spent_solution": Kept(plain="id expires_at"),
    "wrong_passwords": Kept(plain="name_hash count locked_until at"),
    "admin_change": Kept(plain="id organisation_id proof state asked_at decided_at", ids="person_id decided_by", wiped={"reason": "", "answer": ""}, person="person_id"),
    "data_request": Kept(plain="id kind state size tries asked_at done_at proposed", ids="person_id proposed_by decided_by",
                         names={"proposed_by_name": "proposed_by", "decided_by_name": "decided_by"}, wiped={"reason": "", "answer": ""}, person="person_id"),
    "saved_view": Kept(plain="place at", ids="person_id", texts="name query", person="person_id", gone=True),
    "kept_page": Kept(plain="id at", ids="person_id", texts="address sent", person="person_id", gone=True),
    "idempotency_key": Kept(plain="key fingerprint at", ids="person_id", texts="answer", person="person_id", gone=True),
    "organisation": Kept(plain="id name kind code", texts="address contact phone postcode"),
    "listed_person": Kept(plain="id organisation_id document created_at", ids="created_by", names={"created_by_name": "created_by"}, own="name number"),
    "list_event": Kept(plain="id at organisation_id kind", ids="actor_id", names=_names("actor"), texts="details"),
    "pending_import": Kept(plain="organisation_id at", ids="person_id", texts="name rows", person="person_id", gone=True),
    # jobs, phrases, registers, pools
    "job": Kept(plain="id kind organisation_id state total done failed created_at started_at finished_at lease_until rounds", ids="person_id", texts="title parameters"),
    "job_item": Kept(plain="job_id position case_id state at", wiped={"label": "", "item": {}, "words": "", "detail": {}}, case="history"),
    "phrase": Kept(plain="id owner role form outcome at", texts="text by_name"),
    "register_entry": Kept(plain="id procedure register key mark state retired_at version changed_at", texts="name data"),
    "register_change": Kept(plain="id entry_id at kind", ids="actor_id", names=_names("actor"), texts="reason before after"),
    "draw": Kept(plain="id number case_id case_number procedure register release state looked_at pool eligible plan_digest secret commitment words seed seats digest before begun_at committed_at drawn_at call",
                 ids="actor_id", names=_names("actor"), own="plan order supervisors reason"),
    "participation": Kept(plain="id procedure register kind about year at call", ids="ref", names={"name": "ref"}, texts="note by_name"),
    # batches, votes, certificates
    "batch": Kept(plain="case_id number readers made_at", texts="by_hand"),
    "batch_member": Kept(plain="batch_id case_id state since", ids="by", names={"by_name": "by"}, texts="reason note"),
    "batch_revision": Kept(plain="id batch_id number kind cases call at", texts="reason by_name"),
    "ballot": Kept(plain="id call_id case_id options members state opened_at closed_at counts", texts="subject"),
    "ballot_box": Kept(plain="ballot_id sealed"),
    "ballot_turnout": Kept(plain="ballot_id", ids="voted"),
    "certificate": Kept(plain="id number edition code call_id case_id procedure batch report title issued_at state state_at state_category replaces replaces_id material_id pdf_digest signature algorithm key_id",
                        ids="holder", own="holder_name fields state_reason"),  # class certificates: kept, it could not be checked otherwise
    "certificate_change": Kept(plain="id certificate_id at kind case_number category", texts="by_name reason note"),
    "certificate_check": Kept(plain="id certificate_id at way", ids="person_id", wiped={"person_name": "", "organisation": ""}, person="person_id"),
    # payments
    "payment_order": Kept(plain="id order_no call_id case_id case_number message amount currency payee_name payee_code notice_no deadline slip confirming_at state pay_url gateway_no channel paid_amount created_at paid_at told_at asked_at",
                          ids="payer sponsor", wiped={"payer_name": "", "phone": "", "subject": ""}, case="payments"),
    "payment_receipt": Kept(plain="gateway_no order_no payment_no source amount channel state paid_at refund_on refund_way noted_at refunded_at",
                            ids="noted_by refunded_by", names={"noted_by_name": "noted_by", "refunded_by_name": "refunded_by"}, texts="reason refund_reference"),
    "payment_event": Kept(plain="provider event_id order_no body_digest verdict at"),
    "payment_incident": Kept(plain="id kind count alarmed first_at last_at handled_at", texts="detail handled_by_name remark"),
    "joint_order": Kept(plain="id order_no notice_no payee_name payee_code amount currency deadline state pay_url created_at asked_at paid_at",
                        ids="payer made_by", names={"payer_name": "payer", "made_by_name": "made_by"}, texts="subject"),
    "joint_member": Kept(plain="joint_no order_no amount"),
    "bank_import": Kept(plain="id digest name count amount at", texts="by_name"),
    "bank_line": Kept(plain="serial import_id line notice_no amount paid_at verdict order_no handled_at", texts="payer_name handled_by_name remark"),
    "reconciliation": Kept(plain="day at equal unequal ours theirs", texts="by_name lines"),
    # the auditors' desk
    "viewing": Kept(plain="id slot at last_at count roles organisation kind case_id", ids="reader_id person_id", names=_names("reader"),
                    texts="detail purpose",  # words of a search may name others than whose row it is
                    wiped={"detail": "", "purpose": ""}, person="person_id"),
    "viewing_purpose": Kept(plain="case_id day at", ids="reader_id", wiped={"words": ""}, case="history"),
    "audit_sample": Kept(plain="id population found wanted by chance seed algorithm digest at", ids="person_id", names=_names("person"), texts="title reason query said"),
    "audit_sample_case": Kept(plain="sample_id position case_id number stratum verdict noted_at version", ids="noted_by", names={"noted_by_name": "noted_by"},
                              wiped={"note": ""}, case="history"),
    "audit_pack": Kept(plain="id kind job_id names materials scope total done state events size sha256 asked_at ready_at downloads", ids="person_id",
                       names=_names("person"), texts="title purpose"),
    "finding": Kept(plain="id case_id process_id code severity seq element at found_at dismissed_at", ids="person_id organisation dismissed_by",
                    names={"dismissed_by_name": "dismissed_by"}, wiped={"words": ERASED, "dismissed_why": ""}, case="history"),
    "finding_look": Kept(plain="case_id events rules at"),
    "finding_progress": Kept(plain="id upto rules"),
    "finding_threshold": Kept(plain="id name value at", ids="person_id", names=_names("person")),
    "replay_result": Kept(plain="case_id state events seq element engine service at", wiped={"words": ""}, case="history"),
    "replay_check": Kept(plain="id at engine service cases events state reason", texts="words"),
    "replay_member": Kept(plain="case_id process_id release events seed chosen_at"),
    "insight_case": Kept(plain="case_id events way returns again lost lost_worked"),
    "insight_chunk": Kept(plain="process_id number", ids="data"),  # times, elements and ids
    "insight_gathering": Kept(plain="id at waiting"),
    "insight_return": Kept(plain="case_id seq process_id release kind by to outcome at"),
    "insight_way": Kept(plain="id process_id steps ended_element"),
    "verification": Kept(plain="id began_at ended_at cases events heads count faults", ids="person_id"),
    "backup_run": Kept(plain="id kind state at seconds place size point_at events files words detail"),
    # releases and the workbench: content is of procedures; walks may be written from what an analyst typed
    "process": Kept(plain="id procedure name release starters retired"),
    "release": Kept(plain="digest procedure number note published_at effective_at proposal_id", ids="published_by approved_by"),
    "release_file": Kept(plain="digest path content"),
    "proposal": Kept(plain="id procedure title base state version created_at changed_at", ids="created_by", names={"created_by_name": "created_by"}),
    "proposal_file": Kept(plain="proposal_id path version content saved_at", ids="saved_by", names={"saved_by_name": "saved_by"}),
    "proposal_submission": Kept(plain="id proposal_id version digest note accepted state submitted_at decided_at effective_at reason",
                                ids="submitted_by decided_by", names={"submitted_by_name": "submitted_by", "decided_by_name": "decided_by"}),
    "workbench_act": Kept(plain="id procedure kind proposal_id release process_id text at", ids="actor_id", names=_names("actor")),
    "note_read": Kept(plain="proposal_id version read_at", ids="read_by", names={"read_by_name": "read_by"}),
    "play": Kept(plain="id proposal_id digest version source position created_at changed_at", ids="person_id", names=_names("person"), texts="title script steps"),
    "scenario_outcome": Kept(plain="proposal_id path state asked_at lease_until basis version passed line flows seconds at", texts="reason"),
    "move_plan": Kept(plain="id procedure process_id release mapping since_opened reason trial_job move_job undo_job created_at", ids="person_id", names=_names("person")),
    "step_duration": Kept(plain="procedure element count median most at"),
    "sequence": Kept(plain="name value note"),
    # retention itself: by id and class, with the names of who decided
    "retention_rule": Kept(plain="id data_class procedure months action active", ids="switched_by"),
    "retention_rule_change": Kept(plain="id rule_id at reason before after", ids="actor_id", names=_names("actor")),
    "retention_hold": Kept(plain="id kind cases until at lifted_at", ids="subject actor_id lifted_by",
                           names={"actor_name": "actor_id", "lifted_by_name": "lifted_by"}, texts="reason lifted_reason"),
    "retention_run": Kept(plain="id kind request_id state planned_at rules decided_at job_id closed_at signature key_id",
                          ids="person_id planned_by decided_by report", names={"planned_by_name": "planned_by", "decided_by_name": "decided_by"}, texts="decision"),
    "retention_item": Kept(plain="run_id position data_class case_id label count item stays"),
    "tombstone": Kept(plain="id at run_id rule_id data_class case_id table count digest", ids="actor_id"),
}
