"""The web process: `gunicorn app.wsgi:application`. Makes the app and hangs the worker's doorbell on it."""
from app import create_app
from app.worker import make_celery, use_doorbell

application = create_app()
use_doorbell(application, make_celery(application))
