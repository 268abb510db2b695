"""审计: the pages of the auditors' desk, one module per place. `blueprints` is all that the shell needs."""
from app.routes.audit import backups, insight, packs, player, proof, replays, retention, samples, search, suspicion, viewings

blueprints = tuple(module.blueprint for module in (search, player, replays, suspicion, insight, packs, proof, viewings, retention, backups))
