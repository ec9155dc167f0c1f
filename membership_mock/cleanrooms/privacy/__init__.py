"""Privacy budgets: how often tables may be used, and how much the answers may give away."""
