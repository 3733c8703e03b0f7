"""What kn and knctl know and Knobot does not, each with what to do instead: no line of theirs ends in "unknown".

Their documents are the source: docs/cmd of knative/client and of cppforlife/knctl. Flags of single commands stand with
the verbs that they belong to.
"""

from __future__ import annotations

from bot.core.language.reader import Flag

_EVENTING = "Knobot looks after Knative Serving; for Eventing there is `kn`."
_SECRETS = "`kubectl create secret` makes one; `deploy SERVICE --env-secret K=SECRET/KEY` uses it."
_ROUTES = "A Service has its Route; `rollout` splits its traffic, `tag` gives Revisions addresses of their own."
_BUILDS = "Shipwright builds images: `deploy SERVICE --build BUILD` starts one of its Builds."
_TERMINAL = "That belongs to a terminal: use `kn` itself."

WORDS: dict[str, str] = {
    "service export": "`status SERVICE -o yaml` shows a Service as it is.",
    "service import": "There are no files in a chat: `kubectl apply -f` takes one.",
    "service wait": "Knobot reports every change until it is true; `status SERVICE` shows how far a Service is.",
    "service open": "`url SERVICE` shows the address; a click opens it.",
    "route create": _ROUTES,
    "route delete": _ROUTES,
    "route annotate": "The Service passes its annotations on to its Route: `annotate SERVICE KEY=VALUE`.",
    "container": "Sidecars are described in files: `kubectl apply -f` takes one, and every deploy keeps them.",
    "secret": _SECRETS,
    "basic-auth-secret": _SECRETS,
    "ssh-auth-secret": _SECRETS,
    "service-account": "`kubectl create serviceaccount` makes one; `deploy SERVICE --service-account NAME` uses it.",
    "namespace": "`kubectl create namespace` makes one; Knobot's configuration says which channel stands for it.",
    "build": _BUILDS,
    "uninstall": "Knative is taken away by `kubectl delete` of its release manifests.",
    "source": _EVENTING,
    "broker": _EVENTING,
    "trigger": _EVENTING,
    "channel": _EVENTING,
    "subscription": _EVENTING,
    "eventtype": _EVENTING,
    "version": "`knobot --version` tells it where Knobot runs, and `knobot check` how it finds the clusters.",
    "plugin": _TERMINAL,
    "completion": _TERMINAL,
    "config": "Knobot's configuration is a file that its team keeps: config/knobot.yaml.",
    "options": "Every flag is told by `help VERB`.",
}
"""A word, or two, that begins a line of theirs → what to do instead."""

SWAPPED = frozenset({"list", "show", "create", "delete"})
"""knctl once put the verb before the noun: `list services`, `create domain`."""
NOUNS = {
    spelling: noun
    for noun in ("service", "revision", "route", "domain", "pod", "build", "namespace", "ingress")
    for spelling in (noun, f"{noun}es" if noun.endswith("s") else f"{noun}s")
}
"""Its nouns, in the singular and in the plural → in the singular."""

_CLUSTERS = "Knobot's configuration names the clusters: `--cluster NAME` chooses one."

ANYWHERE: tuple[Flag, ...] = (
    Flag(("--no-color", "--tty", "--non-interactive", "--no-headers", "--log-http"), None, "", ignored=True),
    Flag(("--show-managed-fields", "--allow-missing-template-keys", "--verbose", "-v"), None, "", ignored=True),
    Flag(("--kubeconfig", "--kubeconfig-context", "--context"), "FILE", "", refused=_CLUSTERS),
    Flag(("--config", "--plugin-dir"), "FILE", "", refused="Knobot's team keeps its configuration."),
    Flag(("--as", "--as-group", "--as-uid"), "NAME", "", refused="You act as who you are in Slack: see `whoami`."),
    Flag(
        ("--json", "--column", "--output", "-o", "--template"),
        "FORMAT",
        "",
        refused="Answers are made to be read here; `kubectl get ksvc -o json` gives all of it.",
    ),
)
"""Flags that their commands have in common; a verb's own flags of these names take their place."""
