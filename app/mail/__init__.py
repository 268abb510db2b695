"""E-mail: what is to go out, who wants it, and bringing it to a mail server. A noun package beside the layers.

Whoever has something to say calls `write` inside their transaction; the worker sends it after the commit. Knows no procedure.
"""
from app.mail.journal import keep_back_sent
from app.mail.kinds import DUTY, KINDS
from app.mail.models import Mail, MailChoice
from app.mail.preferences import choices_of, choose, wants
from app.mail.sending import send_waiting
from app.mail.tending import sending_stands_still, try_again
from app.mail.writing import is_on, write

__all__ = ["DUTY", "KINDS", "Mail", "MailChoice", "choices_of", "choose", "is_on", "keep_back_sent", "send_waiting", "sending_stands_still", "try_again", "wants", "write"]
