"""Creates and deletes the resources of a stack, and rolls back as CloudFormation does."""

from __future__ import annotations

from membership_mock.engine.moto.cloudformation.stack_change import (
    FAILURES,
    StackChange,
    failed_to_delete,
    reason_of,
)
from membership_mock.engine.moto.cloudformation.templates import in_order, resources_of


class Provisioning(StackChange):
    """Creates or deletes a stack."""

    def create(self) -> None:
        """Create every resource; if one fails, delete those that were created."""
        stack = self._stack
        stack.status = "CREATE_IN_PROGRESS"
        stack.tags = {**self._request.stack_set_tags, **stack.tags}
        resources = self._wanted(resources_of(stack.template_dict))
        self._map._resource_json_map = {}
        self._map.tags.update(
            {
                "aws:cloudformation:stack-name": stack.name,
                "aws:cloudformation:stack-id": stack.stack_id,
            }
        )
        for name in in_order(resources):
            try:
                self._create(name, resources[name])
            except BaseException as failure:  # noqa: PERF203  the first failure is the last
                kind = resources[name]["Type"]
                self._mistaken = not isinstance(failure, FAILURES)
                self._event(name, kind, "CREATE_FAILED", reason_of(failure), self._id(name))
                self._give_up(f"The following resource(s) failed to create: [{name}]. ")
                if self._mistaken:  # the test author has to see it
                    raise
                return
        if refused := self._refused_outputs():
            self._give_up(refused)
            return
        self._register_exports()
        stack.description = stack.template_dict.get("Description")
        if all(each.is_created() for each in self._held.values()):
            stack.mark_creation_complete()

    def _give_up(self, reason: str) -> None:
        """Delete what has been created, unless the caller wants to keep it."""
        if self._request.on_failure == "DO_NOTHING":
            self._set("CREATE_FAILED", reason)
            self._show_nothing()
            return
        delete = self._request.on_failure == "DELETE"
        word = "DELETE" if delete else "ROLLBACK"
        self._set(
            f"{word}_IN_PROGRESS",
            reason + ("Delete" if delete else "Rollback") + " requested by user.",
        )
        failed = self._delete_all(on_create=True)
        self._set(f"{word}_FAILED" if failed else f"{word}_COMPLETE", failed_to_delete(failed))

    def delete(self) -> None:
        """Delete every resource; what cannot be deleted stays, and the stack with it."""
        self._set("DELETE_IN_PROGRESS", "User Initiated")
        failed = self._delete_all()
        self._set("DELETE_FAILED" if failed else "DELETE_COMPLETE", failed_to_delete(failed))
