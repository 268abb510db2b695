"""People and organisations: who acts, how they sign in, who holds which role. A noun package beside the layers.

Anybody may import these names; the pages and API of it are in `app/routes/`. It knows no procedure's roles.
"""
from app.people.accounts import (
    act_for, change_password, issue_token, prove, revoke_token, sign_in, sign_out, signed_in, token_holder, unlock,
)
from app.people.actors import (
    SYSTEM, Actor, actor_of, actor_with_id, organisation_party, person_party, pools_of, reference_of,
)
from app.people.administration import (
    create_organisation, create_person, load_demo, rename_person, reset_password, set_active, set_roles,
)
from app.people.directory import codes_of_organisations, name_of, organisations_of, organisations_of_kind, party_of, people_with_role
from app.people.personnel import units_listing
from app.people.models import AccountEvent, ApiToken, Organisation, Person, RoleAssignment, SignIn, WrongPasswords

__all__ = [
    "SYSTEM", "AccountEvent", "Actor", "ApiToken", "Organisation", "Person", "RoleAssignment", "SignIn",
    "WrongPasswords", "act_for", "actor_of", "actor_with_id", "change_password", "codes_of_organisations", "create_organisation", "create_person", "issue_token",
    "load_demo", "name_of", "organisation_party", "organisations_of", "organisations_of_kind", "party_of", "people_with_role",
    "person_party", "pools_of", "prove", "reference_of", "rename_person", "reset_password", "revoke_token", "set_active", "set_roles", "sign_in",
    "sign_out", "signed_in", "token_holder", "units_listing", "unlock",
]
