"""People and organisations: who acts, how they sign in, who holds which role. A noun package beside the layers.

Anybody may import these names; the pages and API of it are in `app/routes/`. It knows no procedure's roles.
"""
from app.people.accounts import (
    act_for, begin_sign_in, change_password, end_everybodys_sign_ins, is_suspect, issue_token, last_sign_in, note_wrong_from, prove, revoke_token, sign_in, sign_in_with_code, sign_out,
    signed_in, token_holder, unlock,
)
from app.people.actors import (
    SYSTEM, Actor, actor_of, actor_with_id, organisation_party, person_party, pools_of, reference_of,
)
from app.people.administration import (
    create_organisation, create_person, end_all_sign_ins, load_demo, rename_person, reset_password, set_active, set_roles,
)
from app.people.directory import codes_of_organisations, name_of, organisations_of, organisations_of_kind, party_of, people_with_role
from app.people.memberships import is_admin_of, menus_of
from app.people.personnel import has_document, holders_of_document, units_listing
from app.people.profiles import Profile, correct_identity, profile_of
from app.people.models import AccountEvent, ApiToken, Organisation, Person, RoleAssignment, SignIn, WrongPasswords

__all__ = [
    "SYSTEM", "AccountEvent", "Actor", "ApiToken", "Organisation", "Person", "Profile", "RoleAssignment", "SignIn",
    "WrongPasswords", "act_for", "actor_of", "actor_with_id", "begin_sign_in", "change_password", "codes_of_organisations", "correct_identity", "create_organisation", "create_person", "end_all_sign_ins", "end_everybodys_sign_ins", "is_admin_of", "is_suspect", "issue_token", "last_sign_in",
    "load_demo", "menus_of", "name_of", "note_wrong_from", "organisation_party", "organisations_of", "organisations_of_kind", "party_of", "people_with_role",
    "person_party", "pools_of", "profile_of", "prove", "reference_of", "rename_person", "reset_password", "revoke_token", "set_active", "set_roles", "sign_in", "sign_in_with_code",
    "sign_out", "signed_in", "token_holder", "has_document", "holders_of_document", "units_listing", "unlock",
]
