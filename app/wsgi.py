"""The web process: `gunicorn app.wsgi:application`. Makes the app and hangs the worker's doorbell on it."""
from app import create_app
from app.audit.replays.golden import ensure_sample_replays
from app.backups.tending import look_at_start
from app.worker import make_celery, use_doorbell

application = create_app()
look_at_start(application)
ensure_sample_replays(application)  # a version that decides otherwise than before serves nobody
use_doorbell(application, make_celery(application))
