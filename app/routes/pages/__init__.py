"""The pages: small modules of routes, one per place. `blueprints` is all that the shell needs.

A route loads, allows, does and answers in at most 15 lines; every page works without a script.
"""
from app.routes.pages import again, bulk, batches, cases, desk, files, home, jobs, marking, mylist, notices, openings, overview, personnel, phrases, pools, registers, releases, reports, resuming, rows, start, tablesheets, tasks, unit, voting
from app.routes.pages.furniture import furniture

blueprints = (furniture, *(module.blueprint for module in (home, cases, batches, tablesheets, mylist, again, tasks, marking, resuming, rows, files, start, desk, bulk, jobs, phrases, notices, reports, releases, registers, pools, openings, overview, personnel, unit, voting)))
