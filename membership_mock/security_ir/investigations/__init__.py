"""The AI investigation of a case: its actions, when they take place, and the customer's feedback.

The family here follows cases with the hooks of `CaseFamily`, and does not know attachments.
"""
