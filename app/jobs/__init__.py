"""Jobs: long work over many items, done by the worker one item at a time, with progress and a report. Knows no procedure.

Whoever has such work names its kind with `@job_kind` and calls `start_job`. An item and what it does are one
transaction: a worker that is killed leaves every item wholly done or wholly to do.
"""
from app.jobs.kinds import Done, Work, job_kind
from app.jobs.models import Job, JobItem
from app.jobs.operations import begin_prepared, drop_prepared, prepare_job, retry_failed, start_job, stop_job
from app.jobs.reading import Progress, items_of, job_of, jobs_of, progress_of, report_of
from app.jobs.running import run_jobs

__all__ = [
    "Done", "Job", "JobItem", "Progress", "Work", "begin_prepared", "drop_prepared", "items_of", "job_kind", "job_of", "jobs_of",
    "prepare_job", "progress_of", "report_of", "retry_failed", "run_jobs", "start_job", "stop_job",
]
