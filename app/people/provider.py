"""The client of the identity provider: OpenID Connect, code flow with PKCE, state and nonce (S1-021, S1-028, S1-042, X-04).

Nothing here knows a request or an account. What it hands on is `Vouched`: what the provider says, its signature checked.
"""
from __future__ import annotations

from dataclasses import dataclass

import httpx
from authlib.common.security import generate_token
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from flask_babel import gettext as _
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from app.errors import ProviderFailed

SCOPE = "openid profile"
ALGORITHMS = ("RS256", "ES256")
TIMEOUT = 10.0  # seconds
LEEWAY = 60  # seconds that the provider's clock may go wrong


@dataclass(frozen=True)
class Journey:
    """What must come back unchanged: kept in the browser's session between leaving and returning."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Vouched:
    """Whom the provider vouches for. `organisation_code` is empty for a natural person."""

    issuer: str
    subject: str
    name: str
    id_type: str
    id_number: str
    phone: str
    email: str
    organisation: str
    organisation_code: str


def new_journey() -> Journey:
    """Fresh secrets of one sign-in."""
    return Journey(generate_token(32), generate_token(32), generate_token(64))


def address_to_go(settings, journey: Journey, back: str) -> str:
    """The provider's address to which the browser is sent. Raises ProviderFailed."""
    endpoint = _metadata(settings["OIDC_ISSUER"])["authorization_endpoint"]
    return prepare_grant_uri(
        endpoint, settings["OIDC_CLIENT_ID"], "code", redirect_uri=back, scope=SCOPE, state=journey.state, nonce=journey.nonce,
        code_challenge=create_s256_code_challenge(journey.verifier), code_challenge_method="S256")


def whom(settings, journey: Journey, *, state: str, code: str, back: str) -> Vouched:
    """Exchanges the code and checks what the provider signed. Raises ProviderFailed."""
    if not state or state != journey.state:
        raise ProviderFailed(why=_("返回的信息与本次登录不符"))
    issuer = settings["OIDC_ISSUER"]
    metadata = _metadata(issuer)
    try:
        token = _token(settings, metadata["token_endpoint"], code, journey.verifier, back)
        keys = KeySet.import_key_set(_get(metadata["jwks_uri"]))
        claims = jwt.decode(str(token.get("id_token", "")), keys, algorithms=list(ALGORITHMS)).claims
        jwt.JWTClaimsRegistry(
            leeway=LEEWAY, iss={"essential": True, "value": issuer}, aud={"essential": True, "value": settings["OIDC_CLIENT_ID"]},
            nonce={"essential": True, "value": journey.nonce}, sub={"essential": True}, exp={"essential": True}).validate(claims)
    except (JoseError, httpx.HTTPError, ValueError, KeyError) as error:
        raise ProviderFailed(why=_("认证结果无法核验")) from error
    return _vouched(issuer, claims)


def _vouched(issuer: str, claims: dict) -> Vouched:
    # Names of the claims as agreed with the provider; `name`, `phone_number`, `email` are those of OpenID Connect.
    def text(key: str) -> str:
        return str(claims.get(key) or "").strip()

    return Vouched(
        issuer, text("sub"), text("name"), text("document_type") or "111", text("document_number"), text("phone_number"), text("email"),
        text("organisation_name"), text("organisation_code"))


def _token(settings, endpoint: str, code: str, verifier: str, back: str) -> dict:
    # By hand: Authlib's client for httpx is announced to go away.
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": back, "code_verifier": verifier}
    answer = httpx.post(endpoint, data=form, auth=(settings["OIDC_CLIENT_ID"], settings["OIDC_CLIENT_SECRET"]), timeout=TIMEOUT, trust_env=False)
    return answer.raise_for_status().json()


def _metadata(issuer: str) -> dict:
    found = _get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise ProviderFailed(why=_("认证平台的设置不符"))
    return found


def _get(url: str) -> dict:
    try:
        return httpx.get(url, timeout=TIMEOUT, trust_env=False).raise_for_status().json()
    except (httpx.HTTPError, ValueError) as error:
        raise ProviderFailed(why=_("暂时连不上认证平台")) from error
