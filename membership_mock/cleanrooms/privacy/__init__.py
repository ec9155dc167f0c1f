"""Privacy budgets: how often tables may be used, and how much answers may reveal."""
