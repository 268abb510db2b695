"""Pages of accounts: registering, recovering, operators and their rights, change of administrator, the provider, all people.

`blueprints` is all that the shell needs.
"""
from app.routes.accounts import account, directory, handover, operators, proofs, provider, recovery, registration, viewings

blueprints = tuple(module.blueprint for module in (proofs, registration, recovery, operators, handover, provider, directory, account, viewings))
