"""The roles of the service itself; all others belong to procedures. Anybody may import it."""

SYSTEM_ROLES = {"administrator": "系统管理员", "analyst": "流程分析员", "auditor": "审计员", "cashier": "财务人员"}  # code -> name
SYSTEM_ROLES_EN = {"administrator": "Administrator of the service", "analyst": "Process analyst", "auditor": "Auditor", "cashier": "Finance"}
