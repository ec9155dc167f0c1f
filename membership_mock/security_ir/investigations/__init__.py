"""The AI investigation of a case: its actions, when they take place, and the customer's feedback.

The family here follows cases by the hooks of `CaseFamily`. Attachments are not known here.
"""
