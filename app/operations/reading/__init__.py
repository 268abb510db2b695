"""The read side: what pages and the API show of cases, tasks, notices and releases.

Routes import from here. Nothing here takes a lock or knows a request; an actor is always an argument.
"""
from app.operations.reading.caselists import TABS, CaseFilter, count_tabs, filters_for, my_cases, search_cases, with_actions
from app.operations.reading.casepages import (
    case_if_readable, diagram_of, process_diagram, process_in, progress_of, readable_case, steps_of, view_case,
)
from app.operations.reading.changes import Change, changes_of, last_decided
from app.operations.reading.filled import filled_form, handed_in, hides_file, name_of_file, readable_forms, shown_name
from app.operations.reading.histories import timeline
from app.operations.reading.inboxes import count_waiting, inbox, work_lists
from app.operations.reading.notices import count_unread, list_releases, mark_read, notice_of, notices_of
from app.operations.reading.offices import demo_accounts, role_names, works_at_desk
from app.operations.reading.places import place_of
from app.operations.reading.remarks import Remark, answered_remarks
from app.operations.reading.reportlists import print_centre, report_links
from app.operations.reading.startpages import start_facts, start_form
from app.operations.reading.taskpages import colleagues_for, view_task
from app.operations.blinding import masks_fields
from app.operations.readership import reads_masked
from app.operations.reading.whereabouts import whereabouts
from app.operations.reading.views import (
    CaseReports, CaseRow, CaseView, Counts, FormLink, Happening, Page, ReportLink, StageMark, StepState, TaskRow, TaskView, WorkList,
)

__all__ = [
    "TABS", "Change", "Remark", "answered_remarks", "changes_of", "last_decided", "place_of", "CaseReports", "CaseRow", "CaseView", "Counts", "FormLink", "Happening", "Page", "ReportLink", "StageMark", "StepState",
    "TaskRow", "TaskView", "WorkList", "CaseFilter", "filters_for", "notice_of", "whereabouts", "start_facts", "case_if_readable", "colleagues_for", "count_tabs", "count_unread",
    "count_waiting", "demo_accounts", "diagram_of", "filled_form", "handed_in", "hides_file", "inbox", "list_releases", "mark_read",
    "my_cases", "name_of_file", "notices_of", "print_centre", "process_diagram", "process_in", "progress_of", "readable_case",
    "readable_forms", "masks_fields", "reads_masked", "report_links", "role_names", "search_cases", "shown_name", "start_form", "steps_of", "timeline", "view_case",
    "view_task", "with_actions", "work_lists", "works_at_desk",
]
