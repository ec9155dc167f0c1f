"""The operations on the delegated administrator and on its settings for new accounts.

Both are stored in ``relationships``. Choosing central configuration starts the rollout, so this
folder imports ``central_configuration``, and not the other way round.
"""
