"""Stand-ins of outside systems: HTTP services of their own for demonstrations and tests. The service never imports them."""
