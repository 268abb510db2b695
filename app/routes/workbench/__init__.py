"""流程设计: the pages of the analysts' workbench, one module per place. `blueprints` is all that the shell needs."""
from app.routes.workbench import catalogue, changes, content, diagrams, files, findings, forms, moves, playing, publishing, reports, scenarios, whatif

blueprints = tuple(module.blueprint for module in (
    catalogue, content, files, diagrams, forms, reports, findings, playing, scenarios, changes, publishing, moves, whatif))
