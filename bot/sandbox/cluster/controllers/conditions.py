"""Conditions as Knative keeps them: marking one part of an object decides what `Ready` says about the whole.

The rules are those of Knative's own condition sets: a part that failed beats one that is unknown, the last mark
speaks, and lastTransitionTime moves only when something else about the condition moved.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.sandbox.cluster.objects import timestamp

if TYPE_CHECKING:
    from bot.sandbox.cluster.kinds import JSON

TRUE, FALSE, UNKNOWN = "True", "False", "Unknown"
READY = "Ready"


def condition_of(obj: JSON | None, name: str = READY) -> JSON:
    """One condition of an object; an object that has none yet is Unknown."""
    listed = ((obj or {}).get("status") or {}).get("conditions") or []
    return next((condition for condition in listed if condition["type"] == name), {"type": name, "status": UNKNOWN})


def status_of(obj: JSON | None, name: str = READY) -> str:
    return str(condition_of(obj, name)["status"])


def observed(obj: JSON) -> bool:
    """Whether the controller of an object has seen its present generation."""
    return bool((obj.get("status") or {}).get("observedGeneration") == obj["metadata"]["generation"])


def dated(conditions: list[JSON], before: list[JSON]) -> list[JSON]:
    """Sorted by type; a condition that says the same as before keeps its time."""
    old = {condition["type"]: condition for condition in before}
    result = []
    for condition in sorted(conditions, key=lambda each: str(each["type"])):
        said = {field: value for field, value in condition.items() if field != "lastTransitionTime"}
        last = old.get(condition["type"], {})
        same = said == {field: value for field, value in last.items() if field != "lastTransitionTime"}
        result.append({"lastTransitionTime": last["lastTransitionTime"] if same else timestamp(), **said})
    return result


class Conditions:
    """The conditions of one object while its controller works on it."""

    def __init__(self, obj: JSON, dependents: tuple[str, ...]) -> None:
        self._before: list[JSON] = (obj.get("status") or {}).get("conditions") or []
        self._dependents = dependents
        self._now = {name: {"type": name, "status": UNKNOWN} for name in (*dependents, READY)}
        self._now |= {condition["type"]: condition for condition in self._before}

    def status(self, name: str) -> str:
        return str(self._now[name]["status"])

    def mark(self, name: str, status: str, reason: str = "", message: str = "") -> None:
        """Set one dependent condition and let `Ready` follow."""
        self._set(name, status, reason, message)
        match status:
            case "True":
                self._recompute()
            case "False":
                self._set(READY, FALSE, reason, message)
            case _:
                if any(self.status(dependent) == FALSE for dependent in self._dependents):
                    return
                self._set(READY, UNKNOWN, reason, message)

    def propagate(self, name: str, source: JSON) -> None:
        """Say of a part what the part says of itself."""
        self.mark(name, source["status"], source.get("reason", ""), source.get("message", ""))

    def listed(self) -> list[JSON]:
        return dated(list(self._now.values()), self._before)

    def _recompute(self) -> None:
        for wanted in (FALSE, UNKNOWN):
            for dependent in self._dependents:
                found = self._now[dependent]
                if found["status"] == wanted:
                    self._set(READY, wanted, found.get("reason", ""), found.get("message", ""))
                    return
        self._set(READY, TRUE, "", "")

    def _set(self, name: str, status: str, reason: str, message: str) -> None:
        said = {"reason": reason, "message": message}
        self._now[name] = {"status": status, "type": name, **{field: text for field, text in said.items() if text}}
