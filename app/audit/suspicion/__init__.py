"""What is unusual in a case: order, hands, posts, times. Each finding says where and why, and accuses nobody."""
from app.audit.suspicion.kinds import KINDS, SEVERITIES, Finding, Kind
from app.audit.suspicion.keeping import cases_with, dismiss, findings_of, look_at_case, take_up_again, watch, watch_patterns

__all__ = ["KINDS", "SEVERITIES", "Finding", "Kind", "cases_with", "dismiss", "findings_of", "look_at_case", "take_up_again", "watch", "watch_patterns"]
