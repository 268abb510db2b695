"""A stand-in of the province's identity provider: `python -m app.sandbox.identity --port 8011`.

Not part of the service and never imported by it. OpenID Connect, code flow with PKCE, on Authlib's server side; its people are
invented and need no password: one chooses who one is. It keeps everything in memory.
"""
from __future__ import annotations

import argparse
import logging
import os
import secrets
import time
from pathlib import Path

from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import AuthorizationCodeMixin, ClientMixin, OAuth2Error
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core.grants import OpenIDCode
from flask import Flask, abort, jsonify, render_template, request
from joserfc.jwk import RSAKey
from werkzeug.serving import make_server

TEMPLATES = Path(__file__).with_name("templates")
KEY_ID = "sandbox"
# Invented people; the first one has the document of a demo account of the service, so that both meet in one.
PEOPLE = {
    "p1": {"name": "李雷", "document_type": "111", "document_number": "440305198806140018", "phone_number": "13800138000", "email": "lilei@example.cn"},
    "p2": {"name": "高云", "document_type": "111", "document_number": "440304198703150022", "phone_number": "13900139002", "email": "gaoyun@example.cn"},
    "p3": {"name": "买买提·艾力", "document_type": "111", "document_number": "650102199102030017", "phone_number": "13900139003", "email": ""},
    "u1": {"name": "何静", "document_type": "111", "document_number": "440305199209090029", "phone_number": "13900139011", "email": "hejing@example.cn",
           "organisation_name": "深圳市艾克米精密机械有限公司", "organisation_code": "D2143569-X"},
}


class Client(ClientMixin):
    """The one client."""

    def __init__(self, client_id: str, secret: str):
        self.client_id, self.secret = client_id, secret

    def get_client_id(self):
        return self.client_id

    def get_default_redirect_uri(self):
        return None

    def get_allowed_scope(self, scope):
        return " ".join(word for word in (scope or "").split() if word in ("openid", "profile"))

    def check_redirect_uri(self, redirect_uri):
        return redirect_uri.endswith("/sign-in/provider/back")

    def check_client_secret(self, client_secret):
        return secrets.compare_digest(client_secret, self.secret)

    def check_endpoint_auth_method(self, method, endpoint):
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type):
        return response_type == "code"

    def check_grant_type(self, grant_type):
        return grant_type == "authorization_code"


class Code(AuthorizationCodeMixin):
    """A code on its way to the client: once, for two minutes."""

    def __init__(self, request, user: str):
        data = request.payload.data
        self.redirect_uri, self.scope, self.nonce = request.payload.redirect_uri, request.payload.scope, data.get("nonce")
        self.code_challenge, self.code_challenge_method = data.get("code_challenge"), data.get("code_challenge_method")
        self.user, self.at = user, time.time()

    def get_redirect_uri(self):
        return self.redirect_uri

    def get_scope(self):
        return self.scope

    def get_nonce(self):
        return self.nonce

    def get_auth_time(self):
        return int(self.at)

    def get_acr(self):
        return None

    def get_amr(self):
        return None


def create_provider(issuer: str, client_id: str = "pingshen", secret: str = "sandbox-secret") -> Flask:
    """The provider as an app. `issuer`: its own address, without a slash at the end."""
    app = Flask("identity", template_folder=str(TEMPLATES), static_folder=None)
    app.secret_key = secrets.token_hex(16)
    app.json.ensure_ascii = False
    key = RSAKey.generate_key(2048, {"kid": KEY_ID, "use": "sig", "alg": "RS256"}, auto_kid=False)
    client = Client(client_id, secret)
    server = AuthorizationServer(app, query_client=lambda name: client if name == client_id else None, save_token=lambda *_: None)
    server.register_grant(_grant_class({}), [CodeChallenge(required=True), _id_tokens(issuer, key)])
    _register_pages(app, server, issuer, key)
    return app


def _grant_class(codes: dict[str, Code]):
    class Grant(AuthorizationCodeGrant):
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]

        def save_authorization_code(self, code, request):
            codes[code] = Code(request, request.user)

        def query_authorization_code(self, code, client):
            found = codes.get(code)
            return found if found and time.time() - found.at < 120 else None

        def delete_authorization_code(self, authorization_code):
            for name in [name for name, code in codes.items() if code is authorization_code]:
                del codes[name]

        def authenticate_user(self, authorization_code):
            return authorization_code.user

    return Grant


def _id_tokens(issuer: str, key: RSAKey) -> OpenIDCode:
    class IdTokens(OpenIDCode):
        def exists_nonce(self, nonce, request):
            return False

        def resolve_client_private_key(self, client):
            return key

        def get_encode_header(self, client):
            return {"alg": "RS256", "kid": KEY_ID}

        def get_client_claims(self, client):
            return {"iss": issuer, "aud": [client.get_client_id()]}

        def generate_user_info(self, user, scope):
            return {"sub": user, **PEOPLE[user]}

    return IdTokens(require_nonce=True)


def _register_pages(app: Flask, server: AuthorizationServer, issuer: str, key: RSAKey) -> None:
    @app.get("/.well-known/openid-configuration")
    def configuration():
        return jsonify(
            issuer=issuer, authorization_endpoint=f"{issuer}/authorize", token_endpoint=f"{issuer}/token", jwks_uri=f"{issuer}/keys",
            response_types_supported=["code"], subject_types_supported=["public"], id_token_signing_alg_values_supported=["RS256"],
            code_challenge_methods_supported=["S256"])

    @app.get("/keys")
    def keys():
        return jsonify(keys=[key.as_dict(private=False)])

    @app.route("/authorize", methods=["GET", "POST"])
    def authorize():
        try:
            grant = server.get_consent_grant(end_user=None)
        except OAuth2Error as error:
            return jsonify(dict(error.get_body())), 400
        if request.method == "GET":
            return render_template("identity.html", people=PEOPLE)
        chosen = request.form.get("person", "")
        return server.create_authorization_response(grant=grant, grant_user=chosen if chosen in PEOPLE else abort(400))

    @app.post("/token")
    def token():
        return server.create_token_response()

    @app.get("/health")
    def health():
        return jsonify(status="ok")


def main() -> None:
    """Serves until it is stopped."""
    parser = argparse.ArgumentParser(description="Sandbox of an identity provider")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8011)
    options = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    os.environ.setdefault("AUTHLIB_INSECURE_TRANSPORT", "1")  # this machine alone
    app = create_provider(f"http://{options.host}:{options.port}", os.environ.get("PINGSHEN_OIDC_CLIENT_ID", "pingshen"),
                          os.environ.get("PINGSHEN_OIDC_CLIENT_SECRET", "sandbox-secret"))
    make_server(options.host, options.port, app, threaded=True).serve_forever()


if __name__ == "__main__":
    main()
