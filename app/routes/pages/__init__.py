"""The pages: small modules of routes, one per place. `blueprints` is all that the shell needs.

A route loads, allows, does and answers in at most 15 lines; every page works without a script.
"""
from app.routes.pages import again, cases, desk, files, home, marking, mylist, notices, personnel, registers, releases, reports, resuming, rows, start, tasks, unit
from app.routes.pages.furniture import furniture

blueprints = (furniture, *(module.blueprint for module in (home, cases, mylist, again, tasks, marking, resuming, rows, files, start, desk, notices, reports, releases, registers, personnel, unit)))
