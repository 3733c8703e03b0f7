"""Flags of the neighbours that mean nothing in a chat, or cannot be had there, each with the reason."""

from __future__ import annotations

from bot.core.language.reader import Flag

NO_FILES = "There are no files in a chat: name the settings as flags, or `kubectl apply` the file."
NO_OTHER_PERSON = "Everybody acts as themselves here: ask the person to type it."
SOURCES = "A Build of Shipwright's says where the source is and how it is built: `--build NAME` runs it."
SIDECARS = "Knobot keeps the other containers of a Service as they are, and changes only the one that serves."
PLACES = "Where pods may run is for who runs the cluster to say; `kubectl edit ksvc` sets it where Knative allows it."

REFUSED = (
    Flag(("--secret-mount",), "NAME=/PATH", "", refused="Write it as kn does: `--mount /PATH=secret:NAME`."),
    Flag(("--config-map-mount",), "NAME=/PATH", "", refused="Write it as kn does: `--mount /PATH=cm:NAME`."),
    Flag(("--env-all-from-config-map",), "NAME", "", refused="Write it as kn does: `--env-from cm:NAME`."),
    Flag(("--env-all-from-secret",), "NAME", "", refused="Write it as kn does: `--env-from secret:NAME`."),
    Flag(("--security-context",), "strict", "", refused="Security contexts are kept as they are; `kubectl` sets them."),
    Flag(("--env-file",), "FILE", "", refused="There are no files in a chat: write `--env K=V` for each variable."),
    Flag(("--filename", "-f"), "FILE", "", refused=NO_FILES),
    Flag(
        ("--target",), "DIR", "", refused="Knobot writes to the cluster and to no files: use `kn --target` for those."
    ),
    Flag(("--as", "--as-group", "--as-uid"), "USER", "", refused=NO_OTHER_PERSON),
    Flag(("--container", "--containers"), "NAME", "", refused=SIDECARS),
    Flag(("--node-selector", "--node-affinity", "--toleration"), "KEY=VALUE", "", refused=PLACES),
    Flag(
        ("--kubeconfig", "--config", "--context"), "FILE", "", refused="`--cluster` names the clusters that Knobot has."
    ),
    Flag(
        ("--directory", "-d", "--git-url", "--git-revision", "--template", "--template-arg", "--template-env"),
        "VALUE",
        "",
        refused=SOURCES,
    ),
    Flag(("--template-kind", "--build-timeout"), "VALUE", "", refused=SOURCES),
    Flag(
        ("--generate-name",),
        None,
        "",
        refused="Choose a name: it is what everybody in the channel will call the Service.",
    ),
)

IGNORED = (
    Flag(("--no-wait", "--async"), None, "Knobot says at once what it has written, and follows it all the same", True),
    Flag(("--wait-window",), "2", "Knobot's cards are edited until they are true", True),
    Flag(("--watch-revision-ready",), None, "knctl's; Knobot always watches", True),
    Flag(("--watch-pod-logs", "--watch-pod-logs-indefinitely"), None, "knctl's; the card shows the last lines", True),
)
