"""What those are shown who look at a cluster: which module shows which answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from bot.blocks import (
    curl,
    domains,
    events,
    ingress,
    inspecting,
    logs,
    manifest,
    revision,
    revisions,
    routes,
    services,
    status,
)
from bot.core.answers import (
    Addresses,
    Comparison,
    CurlReport,
    DomainTable,
    EventTable,
    HistoryTable,
    IngressTable,
    LogChunk,
    LogLines,
    LogThread,
    PodTable,
    RevisionStatus,
    RevisionTable,
    Rights,
    RouteTable,
    ServiceManifest,
    ServiceStatus,
    ServiceTable,
)

if TYPE_CHECKING:
    from bot.blocks.message import Message
    from bot.core.answers import Looked


def looked(answer: Looked, command: str) -> Message:
    """Return the message that says `answer`; `command` is the slash command's name as people type it."""
    match answer:
        case ServiceTable():
            return services.services(answer, command)
        case ServiceStatus():
            return status.status(answer, command)
        case ServiceManifest():
            return manifest.manifest(answer)
        case RevisionStatus():
            return revision.revision(answer)
        case RevisionTable():
            return revisions.revisions(answer, command)
        case RouteTable():
            return routes.routes(answer, command)
        case Addresses():
            return routes.addresses(answer)
        case CurlReport():
            return curl.curl(answer)
        case DomainTable():
            return domains.domains(answer, command)
        case IngressTable():
            return ingress.ingress(answer, command)
        case PodTable():
            return inspecting.pods(answer)
        case LogLines():
            return logs.last(answer)
        case LogThread():
            return logs.thread(answer)
        case LogChunk():
            return logs.chunk(answer)
        case EventTable():
            return events.events(answer)
        case Comparison():
            return inspecting.comparison(answer)
        case HistoryTable():
            return inspecting.history(answer, command)
        case Rights():
            return inspecting.rights(answer)
        case _:
            assert_never(answer)
