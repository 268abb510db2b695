"""J-01: every route × every kind of person × own or another's object, against a table that names every route.

A new route without a row fails the first test. A row says who gets through; everybody else is refused, and whoever
the object does not concern is told that it does not exist (J-02).
"""
from __future__ import annotations

import io
import shutil
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import current_app
from PIL import Image

from app.audit.packs.models import Pack
from app.audit.suspicion.models import KeptFinding
from app.audit.search.asked import asked_for
from app.audit.search.samples import draw_sample
from app.proof.models import Verification
from app.certificates.models import Certificate
from app.extensions import db
from app.materials import store_document, store_upload
from app.operations import bulk
from app.operations.tasks import take_task
from app.payments.models import PaymentOrder, PaymentReceipt
from app.people import SignIn
from app.retention.models import Hold, RetentionRun
from app.store import session, transaction
from app.store.models import DataRequest, Notice, Task
from app.workbench import beginnings, plays, proposals
from tests.support import builders
from tests.support.builders import MONDAY, complete, csrf_token, open_task, person, publish, sample, sign_in, start_case

SIGNED_IN = {"stranger", "owner", "worker", "neighbour", "administrator", "analyst", "auditor"}
EVERYBODY = SIGNED_IN | {"nobody"}
SEES = {"owner", "worker", "auditor"}  # whom the case concerns
DOES = {"worker"}  # who has the task
OWNS = {"owner"}
STAFF = {"administrator", "analyst", "auditor"}
ANALYSTS = {"analyst"}
IN_UNIT = {"worker", "neighbour"}  # each of their own
NONE: set = set()
PROVES = None  # asks for a proof of its own (password, signature, code): tested elsewhere

# endpoint with method -> (who gets through, whom the object concerns; None: it is nobody's in particular)
MATRIX = {
    "GET api-docs.openapi_json": (EVERYBODY, None),
    "GET api_cases.events": (SEES, SEES),
    "GET api_cases.list_mine": (SIGNED_IN, None),
    "POST api_cases.send": (OWNS, SEES),
    "GET api_cases.show": (SEES, SEES),
    "POST api_cases.start": (OWNS, None),
    "POST api_jobs.decide": (SIGNED_IN, None),  # no task is named
    "GET api_jobs.show": (DOES, DOES),
    "POST bulk.begin": (SIGNED_IN, None),  # no task is ticked
    "POST bulk.hand_over": (SIGNED_IN, None),
    "GET bulk.show": (DOES, DOES),
    "POST bulk.choose": (DOES, DOES),
    "GET bulk.ask": (DOES, DOES),
    "POST bulk.answer": (DOES, DOES),
    "POST bulk.refresh": (NONE, DOES),  # this form has no such section
    "GET bulk.confirm": (DOES, DOES),
    "POST bulk.start": (DOES, DOES),
    "POST bulk.drop": (DOES, DOES),
    "GET desk.export": (SIGNED_IN, None),
    "POST desk.keep_view": (SIGNED_IN, None),
    "POST desk.drop_view": (SIGNED_IN, None),
    "GET jobs.index": (SIGNED_IN, None),
    "GET jobs.show": (DOES, DOES),
    "GET jobs.export": (DOES, DOES),
    "POST jobs.stop": (DOES, DOES),
    "POST jobs.retry": (NONE, DOES),  # nothing of it has failed
    "GET phrases.index": (SIGNED_IN, None),
    "POST phrases.put": (IN_UNIT, None),
    "POST phrases.drop": (NONE, None),  # there is no phrase
    "GET phrases.export": (IN_UNIT, None),
    "POST phrases.take_in": (IN_UNIT, None),
    "POST api_materials.upload": (SIGNED_IN, None),
    "GET api_releases.diagram": (SIGNED_IN, None),
    "GET api_releases.list_startable": (SIGNED_IN, None),
    "POST api_tasks.complete": (DOES, SEES),
    "POST api_tasks.give_back": (DOES, SEES),
    "POST api_tasks.hand_over": (DOES, SEES),
    "PUT api_tasks.keep": (DOES, SEES),
    "GET api_tasks.list_waiting": (SIGNED_IN, None),
    "GET api_tasks.show": (SEES, SEES),
    "POST api_tasks.mark": (NONE, SEES),  # the library's steps send no marks
    "POST api_tasks.take": (DOES, SEES),
    "POST api_tokens.issue": (PROVES, None),
    "GET api_tokens.me": (SIGNED_IN, None),
    "DELETE api_tokens.revoke": (NONE, None),  # ends the token it is called with: a session has none
    "GET batches.book": (NONE, SEES),  # not a batch: no members
    "GET batches.show": (NONE, SEES),
    "GET cases.ask": (OWNS, SEES),
    "GET cases.diagram": (SEES, SEES),
    "GET cases.form": (SEES, SEES),
    "GET cases.materials": (SEES, SEES),
    "GET cases.mine": (SIGNED_IN, None),
    "GET cases.progress": (SEES, SEES),
    "POST cases.send": (OWNS, SEES),
    "GET cases.show": (SEES, SEES),
    "GET certificates.ask": (EVERYBODY, None),
    "GET certificates.download": (SEES, SEES),
    "GET certificates.index": (SIGNED_IN, None),
    "GET certificates.keys": (EVERYBODY, None),
    "GET certificates.signature": (SEES, SEES),
    "GET certificates.verify": (PROVES, None),
    "POST certificates.verify_file": (PROVES, None),
    "POST certificates.verify_number": (PROVES, None),
    "GET certificate_register.book": ({"auditor"}, None),  # the library's diagrams name nobody who keeps certificates
    "GET certificate_register.index": ({"auditor"}, None),
    "GET certificate_register.numbers": (NONE, None),
    "GET certificate_register.numbers_template": (NONE, None),
    "GET certificate_register.show": ({"auditor"}, {"auditor"}),
    "POST certificate_register.check_numbers": (NONE, None),
    "POST certificate_register.take_numbers": (NONE, None),
    "GET voting.show": (SIGNED_IN, None),
    "POST voting.cast": (SIGNED_IN, None),  # nothing of theirs to cast: says so
    "GET desk.show": (SIGNED_IN, None),
    "GET health.figures": (EVERYBODY, None),  # from this machine
    "GET health.live": (EVERYBODY, None),
    "GET health.ready": (EVERYBODY, None),
    "GET home.search": (SIGNED_IN, None),
    "GET home.show": (SIGNED_IN, None),
    "POST marking.put": (NONE, SEES),  # the library's steps send no marks
    "POST marking.remove": (NONE, SEES),
    "GET marking.show": (NONE, SEES),
    "GET files.choose": (NONE, SEES),  # this form asks for no file
    "POST files.take": (NONE, SEES),
    "GET files.order": (NONE, SEES),
    "POST files.put_in_order": (NONE, SEES),
    "GET files.crop": (NONE, SEES),
    "POST files.cut": (NONE, SEES),
    "GET files.sample": (NONE, SEES),
    "POST materials.add": (SIGNED_IN, None),
    "GET materials.thumbnail": (SEES, SEES),
    "POST uploads.begin": (PROVES, None),  # a program's protocol: tested with its own headers
    "GET uploads.ask": (PROVES, None),
    "PATCH uploads.go_on": (PROVES, None),
    "DELETE uploads.give_up": (PROVES, None),
    "GET materials.library": (SIGNED_IN, None),
    "GET materials.preview": (SEES, SEES),
    "POST materials.remove": (OWNS, SEES),
    "GET materials.show": (SEES, SEES),
    "GET notices.follow": (OWNS, OWNS),
    "POST notices.read": (SIGNED_IN, None),
    "GET notices.show": (SIGNED_IN, None),
    "GET account.show": (SIGNED_IN, None),
    "POST account.phone": (NONE, None),  # these people have no profile
    "POST account.email": (NONE, None),
    "POST account.confirm": (PROVES, None),
    "POST account.mails": (SIGNED_IN, None),
    "GET account.manage": (SIGNED_IN, None),
    "POST account.end": (OWNS, OWNS),
    "POST account.ask_copy": (SIGNED_IN, None),
    "GET account.copy": (OWNS, OWNS),
    "POST account.ask_deletion": (SIGNED_IN, None),
    "GET again.choose": (NONE, SEES),  # nobody has asked for this form before
    "POST again.take": (NONE, SEES),
    "POST mylist.keep": (SIGNED_IN, None),
    "POST mylist.drop": (SIGNED_IN, None),
    "GET mylist.book": (SIGNED_IN, None),
    "POST payments.callback": (PROVES, None),
    "GET payments.index": (SIGNED_IN, None),
    "POST payments.ask": (SEES, SEES),
    "GET payments.book": (SIGNED_IN, None),
    "POST payments.joint_act": (NONE, None),  # there is none
    "GET payments.joint_index": (IN_UNIT, None),
    "POST payments.joint_make": (IN_UNIT, None),
    "GET payments.show": (SEES, SEES),
    "GET payments.show_joint": (NONE, None),
    "GET payments.state": (SEES, SEES),
    "GET desk.choose": (NONE, None),  # no list is offered
    "POST personnel.confirm": (IN_UNIT, None),
    "POST personnel.drop": (IN_UNIT, None),
    "GET personnel.load": (IN_UNIT, None),
    "POST personnel.load": (IN_UNIT, None),
    "GET personnel.new": (IN_UNIT, None),
    "POST personnel.new": (IN_UNIT, None),
    "GET personnel.remove": (NONE, None),  # the entry is no row of theirs
    "POST personnel.remove": (NONE, None),
    "GET personnel.show": (IN_UNIT, None),
    "GET personnel.template": (IN_UNIT, None),
    "POST openings.copy": (NONE, None),  # no register whose entries are opened: tests/registers asks who may
    "GET openings.propose": (NONE, None),
    "GET openings.show": (NONE, None),
    "POST openings.turn": (NONE, None),
    "GET overview.cases": (NONE, None),  # this procedure makes no groups: tests/desk asks who sees which
    "GET overview.export": (SIGNED_IN, None),
    "GET overview.export_cases": (NONE, None),
    "GET overview.export_group": (NONE, None),
    "GET overview.index": (SIGNED_IN, None),
    "GET overview.show": (NONE, None),
    "GET pools.draw": (NONE, None),  # this procedure has no pool: tests/pools asks who sees a draw
    "GET pools.draws": (NONE, None),
    "GET pools.index": (SIGNED_IN, None),
    "GET pools.mine": (SIGNED_IN, None),
    "GET pools.person": (NONE, None),
    "GET pools.record": (NONE, None),
    "GET pools.taken_part": (NONE, None),
    "GET pools.taken_part_book": (NONE, None),
    "POST registers.add": (NONE, None),  # this procedure has no register: tests/registers asks who may keep one
    "POST registers.change": (NONE, None),
    "GET registers.choose_file": (NONE, None),
    "GET registers.edit": (NONE, None),
    "GET registers.entry": (NONE, None),
    "GET registers.export": (NONE, None),
    "GET registers.index": (SIGNED_IN, None),
    "GET registers.new": (NONE, None),
    "POST registers.refresh": (NONE, None),
    "GET registers.show": (NONE, None),
    "POST registers.take_file": (NONE, None),
    "GET registers.template": (NONE, None),
    "POST registers.turn": (NONE, None),
    "GET releases.diagram": (STAFF, None),
    "GET releases.process": (STAFF, None),
    "GET releases.show": (STAFF, None),
    "GET reports.ask": (SIGNED_IN, None),  # refuses each case that is not theirs to print
    "GET reports.centre": (SIGNED_IN, None),
    "GET reports.index": (SEES, SEES),
    "POST reports.over": (SIGNED_IN, None),
    "POST reports.refresh": (SIGNED_IN, None),
    "GET reports.show": (NONE, SEES),  # this report is not open for printing yet
    "GET resuming.show": (NONE, set()),  # kept for somebody else
    "POST rows.refresh": (NONE, SEES),  # this form has no table
    "GET rows.show": (NONE, SEES),
    "POST rows.work": (NONE, SEES),
    "GET handover.ask": (SIGNED_IN, None),
    "GET finance.bank_file": (NONE, None),  # there is none
    "GET finance.bank_files": ({"administrator", "auditor"}, None),
    "POST finance.bank_import": ({"administrator"}, None),
    "POST finance.bank_line": ({"administrator"}, None),
    "GET finance.bank_template": ({"administrator", "auditor"}, None),
    "GET finance.book": ({"administrator", "auditor"}, None),
    "POST finance.incident": ({"administrator"}, None),
    "GET finance.incident_list": ({"administrator", "auditor"}, None),
    "GET finance.orders": ({"administrator", "auditor"}, None),
    "POST finance.reconcile": ({"administrator"}, None),
    "GET finance.reconciled": (NONE, None),
    "GET finance.reconciled_book": (NONE, None),
    "GET finance.reconciliation": ({"administrator", "auditor"}, None),
    "POST finance.refund_confirm": (NONE, None),  # nothing to confirm yet
    "POST finance.refund_demand": ({"administrator"}, None),
    "GET finance.refund_list": ({"administrator", "auditor"}, None),
    "POST finance.refund_reopen": (NONE, None),  # nothing recorded yet
    "POST finance.refund_note": ({"administrator"}, None),
    "POST handover.send": (SIGNED_IN, None),
    "POST operators.authorise": (NONE, None),  # nobody here is an organisation's administrator: tests/people
    "GET operators.new": (NONE, None),
    "POST operators.new": (NONE, None),
    "POST operators.remove": (NONE, None),
    "POST operators.reset": (NONE, None),
    "GET operators.rights": (NONE, None),
    "GET operators.show": (NONE, None),
    "POST people.act": ({"administrator"}, None),
    "POST people.correct": ({"administrator"}, None),
    "POST people.decide": (NONE, None),  # there is no request
    "GET people.handover_request": (NONE, None),
    "GET people.person": ({"administrator"}, None),
    "GET people.proof": (NONE, None),
    "POST people.reset": ({"administrator"}, None),
    "GET people.show": ({"administrator"}, None),
    "GET proofs.puzzle": (EVERYBODY, None),
    "GET provider.back": (PROVES, None),
    "GET provider.leave": (PROVES, None),
    "GET recovery.name": (EVERYBODY, None),
    "POST recovery.name": (PROVES, None),
    "GET recovery.password": (EVERYBODY, None),
    "POST recovery.password": (PROVES, None),
    "POST recovery.set_password": (PROVES, None),
    "GET recovery.second_way": (EVERYBODY, None),
    "POST recovery.second_way": (PROVES, None),
    "POST recovery.enter": (PROVES, None),
    "GET registration.person": (EVERYBODY, None),
    "POST registration.person": (PROVES, None),
    "GET registration.unit": (EVERYBODY, None),
    "POST registration.unit": (PROVES, None),
    "POST registration.confirm": (PROVES, None),
    "POST sign_in.enter": (PROVES, None),
    "POST sign_in.leave": (EVERYBODY, None),
    "POST sign_in.organisation": ({"worker"}, None),
    "GET sign_in.password": (SIGNED_IN, None),
    "POST sign_in.password": (SIGNED_IN, None),
    "GET sign_in.show": (EVERYBODY, None),
    "POST start.begin": (OWNS, None),
    "GET start.choose": (SIGNED_IN, None),
    "GET start.fill": (OWNS, None),
    "POST start.refresh": (OWNS, None),
    "GET static": (EVERYBODY, None),
    "POST tasks.decide": (DOES, SEES),
    "POST tasks.give_back": (DOES, SEES),
    "GET tablesheets.book": (NONE, SEES),  # the library's form has no table
    "GET tablesheets.choose": (NONE, SEES),
    "POST tablesheets.take": (NONE, SEES),
    "GET tasks.hand": (DOES, SEES),
    "POST tasks.hand_over": (DOES, SEES),
    "GET tasks.preview": (DOES, SEES),
    "POST tasks.refresh": (DOES, SEES),
    "GET tasks.show": (SEES, SEES),
    "POST tasks.take": (DOES, SEES),
    "POST tasks.work": (DOES, SEES),
    "POST unit.change": (IN_UNIT, None),
    "GET unit.show": (IN_UNIT, None),
    "GET workbench.index": (STAFF, None),
    "GET workbench.procedure": (STAFF, None),
    "GET workbench.export": (STAFF, None),
    "GET workbench.show": (STAFF, None),
    "GET workbench_content.read": (STAFF, None),
    "GET workbench_files.edit": (STAFF, None),
    "GET workbench_files.problems": (STAFF, None),
    "GET workbench_files.version": (STAFF, None),
    "GET workbench_files.export": (STAFF, None),
    "GET workbench_files.merge": (STAFF, None),
    "GET workbench_publishing.show": (STAFF, None),
    "POST workbench.begin": (ANALYSTS, None),
    "POST workbench.begin_procedure": (ANALYSTS, None),
    "POST workbench.import_procedure": (ANALYSTS, None),
    "POST workbench.retire": (ANALYSTS, None),
    "POST workbench.restore": (ANALYSTS, None),
    "POST workbench.go_back": (ANALYSTS, None),
    "POST workbench_files.add": (ANALYSTS, None),
    "POST workbench_files.rename": (ANALYSTS, None),
    "POST workbench_files.take_out": (ANALYSTS, None),
    "POST workbench_files.restore": (ANALYSTS, None),
    "POST workbench_files.title": (ANALYSTS, None),
    "POST workbench_files.discard": (ANALYSTS, None),
    "POST workbench_files.import_files": (ANALYSTS, None),
    "POST workbench_files.bring_in": (ANALYSTS, None),
    "POST workbench_publishing.submit": (ANALYSTS, None),
    "POST workbench_publishing.approve": (ANALYSTS, None),
    "POST workbench_publishing.send_back": (ANALYSTS, None),
    "POST workbench_publishing.withdraw": (ANALYSTS, None),
    "PUT workbench_content.save": (ANALYSTS, None),
    "DELETE workbench_content.take_out": (ANALYSTS, None),
    "GET workbench_moves.index": (STAFF, None),
    "GET workbench_moves.new": (STAFF, None),
    "GET workbench_moves.show": (STAFF, None),
    "GET workbench_moves.export": (STAFF, None),
    "GET workbench_moves.diagram": (STAFF, None),
    "POST workbench_moves.begin": (ANALYSTS, None),
    "POST workbench_moves.try_again": (ANALYSTS, None),
    "POST workbench_moves.run": (ANALYSTS, None),
    "POST workbench_moves.undo": (ANALYSTS, None),
    "GET workbench_diagrams.index": (STAFF, None),
    "GET workbench_diagrams.edit": (STAFF, None),
    "GET workbench_diagrams.table": (STAFF, None),
    "GET workbench_diagrams.words": (STAFF, None),
    "GET workbench_diagrams.templates": (STAFF, None),
    "GET workbench_diagrams.standing": (STAFF, None),
    "GET workbench_diagrams.cells": (STAFF, None),
    "POST workbench_diagrams.add": (ANALYSTS, None),
    "POST workbench_diagrams.change": (ANALYSTS, None),
    "POST workbench_diagrams.expression": (ANALYSTS, None),
    "GET workbench_forms.index": (STAFF, None),
    "GET workbench_forms.edit": (STAFF, None),
    "GET workbench_forms.uses": (STAFF, None),
    "GET workbench_forms.codes": (STAFF, None),
    "GET workbench_forms.codes_book": (STAFF, None),
    "GET workbench_forms.preview_form": (STAFF, None),
    "POST workbench_forms.preview_form": (STAFF, None),  # what is typed comes back and is kept nowhere
    "POST workbench_forms.preview_section": (STAFF, None),
    "POST workbench_forms.preview_row": (NONE, None),  # the library's forms have no table
    "POST workbench_forms.change": (STAFF, None),  # gives text back and saves nothing
    "POST workbench_forms.codes_text": (STAFF, None),  # the same
    "POST workbench_forms.begin": (ANALYSTS, None),
    "POST workbench_forms.rename": (ANALYSTS, None),
    "POST workbench_forms.take_out": (ANALYSTS, None),
    "POST workbench_forms.codes_read": (ANALYSTS, None),
    "POST workbench_forms.codes_take_out": (ANALYSTS, None),
    "GET workbench_reports.index": (STAFF, None),
    "GET workbench_reports.edit": (STAFF, None),
    "POST workbench_reports.preview": (STAFF, None),  # draws what was sent and saves nothing
    "POST workbench_reports.add": (ANALYSTS, None),
    "POST workbench_reports.save_entry": (ANALYSTS, None),
    "POST workbench_reports.take_out": (ANALYSTS, None),
    "GET workbench_findings.show": (STAFF, None),
    "GET workbench_findings.list_all": (STAFF, None),
    "GET workbench_findings.list_short": (STAFF, None),
    "GET workbench_findings.part": (STAFF, None),
    "POST workbench_findings.fix": (ANALYSTS, None),
    "POST workbench_findings.undo": (ANALYSTS, None),
    "GET workbench_play.index": (STAFF, None),  # that there are walks; walking is the analysts'
    "GET workbench_play.show": (ANALYSTS, None),
    "GET workbench_play.panel": (ANALYSTS, None),
    "GET workbench_play.diagram": (ANALYSTS, None),
    "GET workbench_play.real": (ANALYSTS, None),
    "POST workbench_play.real": (ANALYSTS, None),
    "PUT workbench_play.real": (ANALYSTS, None),
    "PATCH workbench_play.real": (ANALYSTS, None),
    "DELETE workbench_play.real": (ANALYSTS, None),
    "POST workbench_play.begin": (ANALYSTS, None),
    "POST workbench_play.step": (ANALYSTS, None),
    "POST workbench_play.back": (ANALYSTS, None),
    "POST workbench_play.again": (ANALYSTS, None),
    "POST workbench_play.add_person": (ANALYSTS, None),
    "POST workbench_play.fill": (ANALYSTS, None),
    "POST workbench_play.keep": (ANALYSTS, None),
    "POST workbench_play.drop": (ANALYSTS, None),
    "GET workbench_scenarios.index": (STAFF, None),
    "GET workbench_scenarios.state": (STAFF, None),
    "GET workbench_scenarios.edit": (STAFF, None),
    "POST workbench_scenarios.check": (STAFF, None),  # says what is wrong in a text and saves nothing
    "POST workbench_scenarios.play": (ANALYSTS, None),
    "POST workbench_scenarios.run": (ANALYSTS, None),
    "POST workbench_scenarios.stop": (ANALYSTS, None),
    "POST workbench_scenarios.remove": (ANALYSTS, None),
    "GET workbench_changes.show": (STAFF, None),
    "GET workbench_changes.compare": (STAFF, None),
    "GET workbench_changes.file": (STAFF, None),
    "POST workbench_changes.mark_read": (STAFF, None),  # the reader's own mark
    "GET workbench_whatif.index": (STAFF, None),
    "GET workbench_whatif.gaps": (STAFF, None),
    "GET workbench_whatif.table": (STAFF, None),
    "GET workbench_whatif.export": (STAFF, None),
    "POST workbench_whatif.begin": (STAFF, None),  # the page's question over more cases; the answer is the asker's own
    "POST workbench_whatif.save_table": (ANALYSTS, None),
    "GET purposes.ask": (SEES, SEES),
    "POST purposes.say": (SEES, SEES),
    "GET my_viewings.show": (SIGNED_IN, None),
    "GET audit_viewings.index": ({"administrator", "auditor"}, None),
    "GET audit_viewings.export": ({"administrator", "auditor"}, None),
    "GET audit.show": ({"auditor"}, None),
    "GET audit.export": ({"auditor"}, None),
    "POST audit.start_export": ({"auditor"}, None),  # a workbook of their own
    "GET audit.fetch": (NONE, None),  # nobody here began one
    "POST audit.keep_view": ({"auditor"}, None),  # a search of their own
    "POST audit.drop_view": ({"auditor"}, None),
    "GET audit.samples": ({"auditor"}, None),
    "GET audit.new_sample": ({"auditor"}, None),
    "POST audit.draw": ({"auditor"}, None),
    "GET audit.sample": ({"auditor"}, None),
    "POST audit.note": ({"auditor"}, None),
    "GET audit.sample_book": ({"auditor"}, None),
    "GET audit.sample_record": ({"auditor"}, None),
    "GET audit_replays.index": ({"auditor"}, None),
    "GET audit_replays.export": ({"auditor"}, None),
    "POST audit_replays.begin": ({"auditor"}, None),
    "POST audit_replays.one": ({"auditor"}, None),
    "POST audit_replays.sample": ({"auditor"}, None),
    "GET audit_replays.job": (NONE, None),  # the job of this world is another's
    "GET audit_replays.job_export": (NONE, None),
    "POST audit_replays.stop": (NONE, None),
    "POST audit_replays.resume": (NONE, None),
    "GET audit_insight.index": ({"administrator", "auditor"}, None),  # offices of groups too: the library's diagrams name none
    "GET audit_insight.rework": ({"administrator", "auditor"}, None),
    "GET audit_insight.ways": ({"administrator", "auditor"}, None),
    "GET audit_insight.compare": ({"administrator", "auditor"}, None),
    "GET audit_insight.course": ({"administrator", "auditor"}, None),
    "GET audit_insight.export": ({"administrator", "auditor"}, None),
    "GET audit_insight.diagram": ({"administrator", "auditor"}, None),
    "GET audit_insight.open_view": ({"administrator", "auditor"}, None),
    "POST audit_insight.keep_view": ({"administrator", "auditor"}, None),
    "POST audit_insight.drop_view": ({"administrator", "auditor"}, None),
    "GET audit_suspicion.index": ({"auditor"}, None),
    "GET audit_suspicion.export": ({"auditor"}, None),
    "GET audit_suspicion.of_case": ({"auditor"}, None),
    "POST audit_suspicion.dismiss": ({"auditor"}, None),
    "POST audit_suspicion.again": ({"auditor"}, None),
    "GET audit_suspicion.limits": ({"administrator", "auditor"}, None),
    "POST audit_suspicion.set_limits": ({"administrator", "auditor"}, None),
    **{f"GET audit_player.{view}": ({"auditor"}, None) for view in ("show", "track", "frame", "diagram", "follow")},
    "GET audit_packs.index": ({"auditor"}, None),
    "GET audit_packs.make": ({"auditor"}, None),
    "POST audit_packs.start": ({"auditor"}, None),
    "GET audit_packs.take": (NONE, None),  # it is still being made
    "POST audit_packs.remove": ({"auditor"}, None),
    **{f"{way} audit_proof.{view}": ({"administrator", "auditor"}, None) for way, view in (("GET", "index"), ("GET", "public_keys"), ("POST", "verify"))},
    "GET audit_proof.heads": (NONE, None),  # no head was written yet
    "GET audit_proof.verification": ({"administrator", "auditor"}, None),
    "GET audit_backups.index": ({"administrator", "auditor"}, None),
    **{f"GET audit_retention.{view}": ({"administrator", "auditor"}, None) for view in ("index", "rule", "made", "run", "held", "wishes", "asked")},
    "GET audit_retention.report": (NONE, None),  # this run is not over
    **{f"POST audit_retention.{view}": ({"administrator"}, None) for view in ("change", "plan", "approve", "refuse", "hold", "lift", "propose", "decide")},
}
FILE = "forms/lending-library/request.yml"
TABLE = "processes/lending-library/fine.dmn"
SCENARIO = "processes/lending-library/scenarios/refused.yml"
TEMPLATE = "reports/lending-library/lending_slip.html"
# What an address names in the workbench, where the same word names something else in other addresses.
OWN = {
    "workbench_diagrams.edit": {"name": "lending"}, "workbench_diagrams.table": {"name": "fine"},
    "workbench_diagrams.change": {"kind": "diagrams", "name": "lending", "what": "copy"},
    **{f"workbench_forms.{view}": {"key": "request"} for view in (
        "edit", "uses", "preview_form", "preview_section", "preview_row", "change", "rename", "take_out")},
    **{f"workbench_forms.{view}": {"name": "reader-kinds"} for view in ("codes", "codes_book", "codes_text", "codes_read", "codes_take_out")},
    "audit_insight.export": {"page": "index", "table": "steps"}, "audit_player.frame": {"seq": 2}, "audit_player.follow": {"seq": 2, "other_id": 1},
    "workbench_play.real": {"person": "reader_wang", "path": "desk"},
    **{f"workbench_scenarios.{view}": {"path": SCENARIO} for view in ("edit", "check", "play", "remove")},
    **{f"audit_retention.{view}": {"request_id": "wish-1"} for view in ("asked", "propose", "decide")}, "audit_retention.report": {"run_id": 1, "kind": "pdf"},
}
QUERIES = {
    "purposes.ask": {"case": "1"},
    "cases.form": {"form": "request", "key": "request"}, "workbench_files.problems": {"path": FILE}, "workbench_files.version": {"path": FILE},
    "workbench_diagrams.standing": {"path": FILE}, "workbench_diagrams.cells": {"path": TABLE}, "workbench_whatif.gaps": {"path": TABLE},
    "workbench_whatif.export": {"go": "1"}, "workbench_changes.compare": {"procedure": "lending-library"},
}
JSON = {
    "api_jobs.decide": {"tasks": [{"task": "none"}]},
    "api_cases.start": {"process": "lending"}, "api_cases.send": {}, "api_tasks.complete": {"answers": {}, "outcome": "lend"},
    "api_tasks.keep": {"answers": {}}, "api_tasks.mark": {"form": "request", "section": "book", "remark": "-"}, "api_tasks.hand_over": {"to": "colleague"},
    "workbench_diagrams.expression": {"text": "vars.due == null", "kind": "condition", "file": "processes/lending-library/lending.bpmn", "element": ""},
    "workbench_forms.change": {"text": (builders.DATA / "lending-library" / FILE).read_text(), "edits": []},
    "workbench_forms.codes_text": {"text": (builders.DATA / "lending-library" / "forms/lending-library/codes/reader-kinds.yml").read_text()},
    "workbench_forms.rename": {"field": "author", "new": "writer", "apply": True},
    "workbench_reports.preview": {"text": (builders.DATA / "lending-library" / TEMPLATE).read_text(), "source": "", "role": ""},
}
FORMS = {
    "audit.keep_view": {"name": "逾期的"}, "audit.draw": {"title": "t", "reason": "r", "wanted": "1"}, "audit.note": {"verdict": "fine", "version": "0"},
    "purposes.say": {"case": "1", "purpose": "routine"},
    "audit_insight.keep_view": {"name": "慢的"}, "audit_suspicion.dismiss": {"why": "查过"}, "audit_suspicion.set_limits": {"sent_back": "4"},
    "phrases.put": {"text": "请补正"}, "desk.keep_view": {"name": "逾期的", "due": "late"},
    "sign_in.organisation": {"organisation": "city_library"}, "sign_in.password": {"old": "-", "new": "one", "again": "another"},
    "workbench_files.take_out": {"path": FILE}, "workbench_files.rename": {"path": FILE, "name": "asked"}, "workbench_files.restore": {"path": FILE, "version": "0"},
    "workbench_diagrams.add": {"kind": "diagram", "name": "second", "title": "t"}, "workbench_diagrams.change": {"name": "second"},
    "workbench_forms.begin": {"what": "form", "key": "second", "title": "t"}, "workbench_reports.add": {"key": "second", "title": "t"},
    "workbench_play.begin": {"start": "lending reader_wang", "clock": "2026-03-02T09:00"}, "workbench_play.back": {"position": "0"},
    "workbench_play.keep": {"name": "second", "title": "t"}, "workbench_changes.mark_read": {"version": "1"},
    "tasks.hand_over": {"to": "colleague"}, "api_materials.upload": lambda: {"file": (io.BytesIO(_png()), "a.png")},
}


class World:
    """The app with one case in the middle of its way, put back as it was after each request."""

    def __init__(self, folder):
        self.folder = folder
        self.app = builders.make_app(folder, f"sqlite:///{folder}/world.db")
        with self.app.app_context():
            db.create_all()
            self.values = _furnish()
            clients = {who: self._signed_in(account) for who, account in ACCOUNTS.items()}
            clients["nobody"] = self.app.test_client()
            self.tokens = {who: csrf_token(client) for who, client in clients.items()}
            self.cookies = {who: client.get_cookie("session").value for who, client in clients.items()}
            db.session.remove()
            with db.engine.connect() as connection:
                connection.exec_driver_sql("COMMIT")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            db.engine.dispose()
        shutil.copyfile(folder / "world.db", folder / "pristine.db")

    def _signed_in(self, account):
        client = self.app.test_client()
        password = DEMO_PASSWORDS.get(account, builders.PASSWORD)
        assert sign_in(client, account, password).status_code == 303
        return client

    @contextmanager
    def pristine(self):
        """The world before anybody asked for anything."""
        with self.app.app_context():
            db.session.remove()
            db.engine.dispose()
            for suffix in ("-wal", "-shm"):
                (self.folder / f"world.db{suffix}").unlink(missing_ok=True)
            shutil.copyfile(self.folder / "pristine.db", self.folder / "world.db")
            yield

    def ask(self, who: str, method: str, rule):
        """The answer of this route to this person."""
        endpoint = rule.endpoint
        there = self.values | OWN.get(endpoint, {})
        values = {name: there[name] for name in rule.arguments}
        path = rule.build(values, append_unknown=False)[1]
        form = FORMS.get(endpoint, {})
        body = {"json": JSON[endpoint]} if endpoint in JSON else {"data": form() if callable(form) else form}
        if method == "GET":
            body = {}
        client = self.app.test_client()
        client.set_cookie("session", self.cookies[who])
        return client.open(
            path, method=method, query_string=QUERIES.get(endpoint), headers={"X-CSRFToken": self.tokens[who]}, **body)


ACCOUNTS = {
    "stranger": "stranger", "owner": "reader_wang", "worker": "librarian_zhao", "neighbour": "librarian_sun",
    "administrator": "root", "analyst": "analyst", "auditor": "auditor",
}
DEMO_PASSWORDS = {"reader_wang": "reads-a-lot", "librarian_zhao": "keeps-books", "librarian_sun": "keeps-books"}


def _furnish() -> dict:
    """A case that waits at a desk and was taken there, with a file, an order and a certificate. The values of addresses."""
    publish()
    person("stranger"), person("colleague", "librarian@city_library")
    person("root", "administrator"), person("analyst", "analyst"), person("auditor", "auditor")
    case = start_case()
    complete(case, "request", "reader_wang", sample("request"))
    task = open_task(case, "check")
    take_task(task.id, actor=builders.actor("librarian_zhao"), clock=lambda: MONDAY)
    with transaction() as store:
        picture = store_upload(_png(), "a.png", owner="reader_wang", clock=lambda: MONDAY, case_id=case.id)
        paper = store_document(b"%PDF-1.4\n%%EOF", "c.pdf", owner="reader_wang", clock=lambda: MONDAY, case_id=case.id)
        store.add_all(_rows(case, paper) + _own_rows(case))
    copies = Path(current_app.config["VAR"]) / "copies"
    copies.mkdir()
    (copies / "copy-1.zip").write_bytes(b"PK")
    return {
        "case_id": case.id, "task_id": task.id, "name": "cancel", "process_id": "lending", "digest": case.release,
        "key": "lending_slip", "row": "new", "section": "book", "outcome": "lend", "material_id": picture.id,
        "order_no": "order-1", "gateway_no": "gateway-1", "number": "certificate-1", "certificate_id": 1, "code": "c" * 26, "filename": "mark.svg", "procedure": "lending-library", "deed": "retire",
        "entry_id": 1, "mark_id": 1, "kept": "kept-1", "person_id": "stranger", "what": "unlock", "request_id": 1,
        "data_class": "case", "run_id": 1, "pack_id": "pack-1", "hold_id": 1, "finding_id": 1, "import_id": 1, "serial": "serial-1", "incident_id": 1, "day": "2026-03-01",
        **_walked(_proposal()), "decision": "fine", "table": "none", "path": FILE, "job_id": _job(task).id, "plan_id": _plan(case).id, "drawing": "processes/lending-library/lending.bpmn", "notice_id": 1, "sign_in_id": "visit-1", "copy_id": "copy-1", "sample_id": _sample().id, "verification_id": _verification().id, "position": 1,
    }


def _sample():
    """A sample of all cases, drawn by the auditor."""
    who = {"actor": builders.actor("auditor"), "clock": lambda: MONDAY}
    return draw_sample(asked_for({}), "1", title="t", reason="r", **who)


def _verification():
    """What a verification found: nothing."""
    now = MONDAY
    with transaction() as store:
        store.add(made := Verification(began_at=now, ended_at=now, person_id="", cases=1, events=1, heads=0, count=0, faults=[]))
        store.flush()
        return made


def _proposal():
    """Changed files of the procedure in use: a table answers otherwise."""
    who = {"actor": builders.actor("analyst"), "clock": lambda: MONDAY}
    proposal = proposals.begin_proposal("lending-library", title="t", **who)
    content = proposals.base_files(proposal)[TABLE].replace(b"<text>0</text>", b"<text>1</text>", 1)
    proposals.save_file(proposal.id, TABLE, content, expected=0, **who)
    return proposal


def _walked(proposal) -> dict:
    """The proposal and a walk through it."""
    play = beginnings.begin(proposal, FORMS["workbench_play.begin"], actor=builders.actor("analyst"), clock=lambda: MONDAY)
    with plays.standing(play):
        FORMS["workbench_play.fill"] = {"task": session().scalar(sa.select(Task.id)), "person": "reader_wang"}
    return {"proposal_id": proposal.id, "play_id": play.id}


def _plan(case):
    """Cases that are to be moved to another release, tried and not moved yet."""
    from app.jobs import start_job
    from app.workbench import moves
    from app.workbench.moves_models import MovePlan

    who, course = builders.actor("analyst"), {"release": case.release, "mapping": {}, "since_opened": False}
    with transaction() as store:
        job = start_job(moves.TRY, actor=who, clock=lambda: MONDAY, title="t", items=[{"label": case.number, "case": case.id, "item": {"case": case.id}}],
                        parameters={"plan": 1, "course": course, "reason": ""})
        plan = MovePlan(id=1, procedure=case.procedure, process_id=case.process_id, release=case.release, trial_job=job.id, person_id=who.id,
                        person_name=who.name, created_at=MONDAY, reason="", move_job="", undo_job="")
        store.add(plan)
        return plan


def _job(task):
    """A decision over one task that its person prepares."""
    return bulk.prepare_decisions([task.id], actor=builders.actor("librarian_zhao"), clock=lambda: MONDAY)


def _rows(case, paper) -> list:
    order = PaymentOrder(
        order_no="order-1", call_id="call-1", case_id=case.id, case_number=case.number, message="paid", subject="s", amount=1,
        payee_name="p", payee_code="p", notice_no="n", payer="person:reader_wang", payer_name="r", state="open",
        created_at=MONDAY, asked_at=MONDAY)
    receipt = PaymentReceipt(gateway_no="gateway-1", order_no="order-1", amount=1, state="refund_due", paid_at=MONDAY)
    certificate = Certificate(
        number="certificate-1", code="c" * 26, call_id="call-2", case_id=case.id, holder="person:reader_wang", holder_name="r",
        title="t", issued_at=MONDAY, state="valid", state_at=MONDAY, material_id=paper.id, pdf_digest=paper.sha256)
    finding = KeptFinding(id=1, case_id=case.id, process_id=case.process_id, code="quick", severity="warn", seq=2, element="check", words="w", at=MONDAY, found_at=MONDAY)
    pack = Pack(id="pack-1", kind="xes", title="t", purpose="p", person_id="stranger", person_name="s", scope={"cases": None}, asked_at=MONDAY)
    return [order, receipt, certificate, finding, pack]


def _own_rows(case) -> list:
    """What is of the owner alone."""
    return [
        Notice(id=1, person_id="reader_wang", case_id=case.id, request="call-3", title="t", at=MONDAY),
        SignIn(id="visit-1", person_id="reader_wang", created_at=MONDAY, last_seen=MONDAY),
        DataRequest(id="wish-1", person_id="reader_wang", kind="deletion", state="recorded", asked_at=MONDAY),
        RetentionRun(kind="rules", state="planned", planned_by="stranger", planned_by_name="s", planned_at=MONDAY),
        Hold(kind="case", subject=case.number, reason="r", actor_id="stranger", actor_name="s", at=MONDAY),
        DataRequest(id="copy-1", person_id="reader_wang", kind="copy", state="ready", size=2, asked_at=MONDAY, done_at=MONDAY),
    ]


def _png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (8, 8), "white").save(out, "PNG")
    return out.getvalue()


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return World(tmp_path_factory.mktemp("world"))


def routes(app) -> dict:
    """"METHOD endpoint" -> rule, of every route there is."""
    return {
        f"{method} {rule.endpoint}": rule
        for rule in app.url_map.iter_rules() for method in sorted(rule.methods - {"HEAD", "OPTIONS"})
    }


def test_every_route_has_a_row_and_every_row_a_route(world):
    there = set(routes(world.app))
    assert sorted(there - set(MATRIX)) == [], "a new route needs a row: who may call it?"
    assert sorted(set(MATRIX) - there) == [], "a row of a route that is gone"


@pytest.mark.parametrize("name", [name for name, (allowed, _concerned) in MATRIX.items() if allowed is not PROVES])
def test_a_route_lets_in_exactly_whom_its_row_names(name, world):
    allowed, concerned = MATRIX[name]
    method, rule = name.split(" ")[0], routes(world.app)[name]
    wrong = {}
    for who in sorted(EVERYBODY):
        with world.pristine():
            answer = world.ask(who, method, rule)
        if not _as_expected(answer, who, who in allowed, concerned):
            wrong[who] = (answer.status_code, answer.location)
    assert wrong == {}


READS = [name for name, (allowed, _concerned) in MATRIX.items() if name.startswith("POST workbench") and allowed == STAFF]
MAY_WRITE = {"POST workbench_changes.mark_read": {"note_read"}, "POST workbench_whatif.begin": {"job", "job_item"}}


@pytest.mark.parametrize("name", READS)
def test_who_only_reads_the_workbench_changes_nothing_by_what_they_send(name, world):
    rule = routes(world.app)[name]
    with world.pristine():
        before = _rows_of(world)
        world.ask("auditor", "POST", rule)
        after = _rows_of(world)
    assert {table for table in after if after[table] != before[table]} <= MAY_WRITE.get(name, set()) | {"sign_in"}


def _rows_of(world) -> dict[str, list]:
    """Every row of every table."""
    with closing(sqlite3.connect(world.folder / "world.db")) as store:
        names = [name for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
        return {name: store.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


def _as_expected(answer, who: str, lets_in: bool, concerned) -> bool:
    turned_away = answer.status_code in (401, 403, 404) or "/sign-in?" in (answer.location or "")
    if lets_in:
        return not turned_away and answer.status_code not in (500,)
    if who == "nobody":
        return answer.status_code == 401 or "/sign-in?" in (answer.location or "")
    if concerned is not None and who not in concerned:
        return answer.status_code == 404
    return answer.status_code in (403, 404, 409)
